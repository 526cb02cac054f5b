"""Credentials by name: what may be registered, and what is said where nothing is."""

import pickle

import pytest

from nb_remote import ProvidedCredentials, register_credentials
from nb_remote.errors import BadCredentials, TimedOut
from nb_remote.location.credentials import BearerToken
from nb_remote.location.given import addresses_of, is_credentials
from nb_remote.location.provided import provider_of
from nb_remote.redact import redact


@pytest.fixture
def name(request):
    """A name of this test's own: what is registered stays for the whole process."""
    return request.node.name


def give():
    return BearerToken("provided-token-0123456789")


def test_it_holds_a_name_and_travels(name):
    described = ProvidedCredentials(name)
    assert pickle.loads(pickle.dumps(described)) == described
    assert repr(described) == f"ProvidedCredentials(name={name!r})"
    assert is_credentials(described)


@pytest.mark.parametrize("url", ["https://h/v", "http://h/v", "s3://b/v", "gs://b/v"])
def test_it_may_be_given_with_any_remote_address(url, name):
    (address,) = addresses_of([url], ProvidedCredentials(name))
    assert address.credentials == ProvidedCredentials(name)


def test_what_is_registered_last_counts(name):
    def other():
        return give()

    register_credentials(name, give)
    assert provider_of(name) is give
    register_credentials(name, other)
    assert provider_of(name) is other


def test_without_a_registration_the_name_and_the_line_to_run_are_said(name):
    with pytest.raises(BadCredentials) as caught:
        provider_of(name)
    said = str(caught.value)
    assert f"no provider of the credentials {name!r} is registered in this process" in said
    assert f"nb_remote.register_credentials({name!r}, provider)" in said
    assert "WorkerPlugin" in said


@pytest.mark.parametrize("wrong", ["", "a\nb", "x" * 101, None, 5])
def test_a_name_is_one_line(wrong):
    with pytest.raises(ValueError, match="one line"):
        ProvidedCredentials(wrong)
    with pytest.raises(ValueError, match="one line"):
        register_credentials(wrong, give)


def test_credentials_are_no_provider_and_are_not_shown(name):
    with pytest.raises(TypeError, match="lambda: credentials") as caught:
        register_credentials(name, give())
    assert "0123456789" not in str(caught.value)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """``package(module)`` installs a package that names its function ``give`` a provider."""

    def install(name, module):
        (tmp_path / "lab_credentials.py").write_text(module)
        info = tmp_path / "lab_credentials-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-credentials\nVersion: 1\n")
        entry = f"[nb_remote.credentials]\n{name} = lab_credentials:give\n"
        (info / "entry_points.txt").write_text(entry)
        monkeypatch.syspath_prepend(tmp_path)

    yield install
    import sys

    sys.modules.pop("lab_credentials", None)


def test_an_installed_package_may_name_a_provider(package, name):
    package(name, "import nb_remote\ndef give(): return nb_remote.BearerToken('of-a-package-1234')")
    assert provider_of(name)() == BearerToken("of-a-package-1234")
    register_credentials(name, give)
    assert provider_of(name) is give


def test_a_package_that_can_not_be_loaded_is_named_without_its_words(package, name):
    package(name, "raise RuntimeError('password hush-hush-0123456789')")
    with pytest.raises(BadCredentials, match=r"lab_credentials:give can't be loaded") as caught:
        provider_of(name)
    assert "hush" not in f"{caught.value} {caught.value.__cause__}"
    assert caught.value.__suppress_context__


def test_an_error_of_ours_is_passed_on(package, name):
    package(name, "import nb_remote\nraise nb_remote.TimedOut('the vault is closed')")
    with pytest.raises(TimedOut, match="the vault is closed"):
        provider_of(name)


def test_what_is_provided_is_hidden_in_texts():
    give()
    assert "0123456789" not in redact("the server said provided-token-0123456789")
