"""Secrets of every kind are looked for in all that leaves the kernel, and would be found."""

import base64
import gzip
import logging
import pickle
import warnings
from contextlib import ExitStack

import pytest
from tests.security.channels import CHANNELS
from tests.security.kinds import KINDS, Planted, plant
from tests.security.scanner import leaked
from traitlets import Unicode

from nb_remote import ProvidedCredentials, register_credentials
from nb_remote.dataset import Dataset
from nb_remote.datasource.model import DataSource
from nb_remote.diagnosis.report import Diagnosis
from nb_remote.errors import NbRemoteError
from nb_remote.location.credentials import BearerToken
from nb_remote.widget.view import View


@pytest.fixture
def start():
    """``start(server)`` runs a server until the test ends."""
    with ExitStack() as stack:
        yield stack.enter_context


@pytest.mark.parametrize("kind", KINDS)
def test_the_secret_opens_the_volume_and_is_sent(start, kind):
    case = plant(kind, start)
    assert list(case.open()) == ["v"]
    sent = repr([(one.query, one.headers, one.body) for one in case.server.requests])
    sent += repr([base64.b64decode(one.headers.get("authorization", "").partition("Basic ")[2])
                  for one in case.server.requests])  # fmt: skip
    # a secret key of S3 and the key of an account only sign
    assert leaked(sent, case.secrets)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_leaves_the_kernel_holds_a_secret(start, kind, channel):
    case = plant(kind, start)
    assert leaked(CHANNELS[channel](case), case.secrets) == []


GIVEN = [kind for kind in KINDS if "address" not in kind]
"""Kinds that are passed as credentials: a person may choose to share these."""


@pytest.mark.parametrize("kind", GIVEN)
def test_a_secret_is_pickled_by_explicit_choice_and_by_that_alone(start, kind):
    case = plant(kind, start)
    secrets = case.secrets[:1] if kind == "gcs service account" else case.secrets
    assert leaked(CHANNELS["pickled"](case), case.secrets) == []
    case.credentials = case.credentials.shared_with_workers()
    assert leaked(CHANNELS["pickled"](case), secrets) == list(secrets)
    for thing in (case.open().layers[0].source, case.open().layers[0].levels[0].dask()):
        assert leaked(pickle.dumps(thing), secrets) == list(secrets)


@pytest.mark.parametrize("channel", [one for one in CHANNELS if one != "pickled"])
@pytest.mark.parametrize("kind", GIVEN)
def test_what_a_person_shares_with_workers_is_in_nothing_else(start, kind, channel):
    case = plant(kind, start)
    case.credentials = case.credentials.shared_with_workers()
    assert leaked(CHANNELS[channel](case), case.secrets) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", GIVEN)
def test_what_a_provider_gives_is_in_nothing_that_leaves_the_kernel(start, kind, channel):
    case = plant(kind, start)
    given, name = case.credentials, f"{kind}, {channel}"
    register_credentials(name, lambda: given)
    case.credentials = ProvidedCredentials(name)
    assert list(case.open()) == ["v"]
    assert leaked(CHANNELS[channel](case), case.secrets) == []


def _in_traits_of_the_view(patch, word):
    first = View.__init__

    def init(view, *args, **traits):
        first(view, *args, **traits)
        view.add_traits(leak=Unicode(word).tag(sync=True))
        view.keys = [*view.keys, "leak"]

    patch.setattr(View, "__init__", init)


def _before_opening(patch, leak):
    healthy = Planted.open

    def opened(case, **options):
        leak()
        return healthy(case, **options)

    patch.setattr(Planted, "open", opened)


LEAKS = {
    "shown": lambda patch, word: patch.setattr(Dataset, "__repr__", lambda _: f"<Dataset {word}>"),
    "exported": lambda patch, word: patch.setattr(
        DataSource, "json", lambda _: f'{{"path": "{word}"}}'
    ),
    "page": _in_traits_of_the_view,
    "notebook": _in_traits_of_the_view,
    "errors": lambda patch, word: patch.setattr(
        NbRemoteError, "__str__", lambda error: f"{error.text} {word}"
    ),
    "logs": lambda patch, word: _before_opening(
        patch, lambda: logging.getLogger("aiohttp.client").debug("sent %s", word)
    ),
    "warned": lambda patch, word: _before_opening(patch, lambda: warnings.warn(word, stacklevel=1)),
    "printed": lambda patch, word: _before_opening(patch, lambda: print(word)),
    "diagnosed": lambda patch, word: patch.setattr(
        Diagnosis, "__repr__", lambda _: f"<Diagnosis {word}>"
    ),
    "pickled": lambda patch, _: patch.setattr(
        BearerToken, "__reduce_ex__", lambda self, _: (BearerToken, (self.token,))
    ),
}


def test_there_is_a_control_for_every_channel():
    assert LEAKS.keys() == CHANNELS.keys()


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_leak_in_any_channel_is_found(start, monkeypatch, channel):
    case = plant("bearer", start)
    LEAKS[channel](monkeypatch, case.secrets[0])
    assert leaked(CHANNELS[channel](case), case.secrets) == list(case.secrets)


@pytest.mark.parametrize(
    "written",
    [
        lambda word: word,
        lambda word: f"x{word}y".encode(),
        lambda word: base64.b64encode(f"me:{word}".encode()),
        lambda word: base64.b64encode(f"a:{word}".encode()),
        lambda word: base64.urlsafe_b64encode(word.encode()),
        lambda word: word.encode().hex(),
        lambda word: pickle.dumps({"a": word}),
        lambda word: gzip.compress(word.encode()),
        lambda word: base64.b64encode(gzip.compress(word.encode())),
        lambda word: word.replace("/", "%2F").replace("+", "%2B"),
    ],
)
def test_a_secret_is_found_however_it_is_written(written):
    word = "s3cret/with+signs-0123456789"
    assert leaked(written(word), [word]) == [word]
    assert leaked(written("something-else-altogether-42"), [word]) == []
