"""How a dataset was made, as Python text that makes it again: without any secret in it.

Nothing secret is kept for it either: addresses and credentials are put into words when the dataset
is made. What is secret becomes a question (`getpass`) that is asked when the text is run.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any
from urllib.parse import unquote

from nb_remote.infer.correction import PER_CHANNEL_FIELDS, Correction
from nb_remote.location.credentials import (
    Anonymous,
    BasicAuth,
    BearerToken,
    Credentials,
    HttpHeaders,
)
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.location import Location
from nb_remote.location.provided import ProvidedCredentials
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.redact import redact


@dataclass(frozen=True, slots=True)
class Recipe:
    """An expression that gives a dataset."""

    text: str
    """The call of `nb_remote.open`, and what was called on it: one line each."""
    notes: tuple[str, ...] = ()
    """What was left out of it, one sentence each."""

    def then(self, call: str, notes: Iterable[str] = ()) -> "Recipe":
        """Return it with one more call."""
        return Recipe(f"{self.text}\n{call}", (*self.notes, *notes))

    def layer(self, name: str) -> "Recipe":
        """Return the expression of one of its layers."""
        return self.then(f"[{name!r}]")

    def inline(self) -> str:
        """Return it as one argument."""
        return self.text.replace("\n", "")

    def python(self) -> str:
        """Return the whole text, with imports."""
        imports = [name for name in ("getpass", "pathlib") if f"{name}." in self.text]
        first, *rest = self.text.split("\n")
        lines = [*(f"import {name}" for name in imports), *([""] if imports else [])]
        lines += ["import nb_remote as nbr", ""]
        lines += [f"# {note}" for note in dict.fromkeys(self.notes)]
        if not rest:
            return "\n".join([*lines, f"ds = {first}", ""])
        body = (f"    {line}" for line in (first, *rest))
        return "\n".join([*lines, "ds = (", *body, ")", ""])


def joined_recipe(recipes: Sequence[Recipe | None]) -> Recipe | None:
    """Write `Dataset.joined` of the first with the others; None where one of them is not known."""
    known = [one for one in recipes if one is not None]
    if len(known) < len(recipes):
        return None
    first, *others = known
    notes = [note for one in others for note in one.notes]
    return first.then(f".joined({', '.join(one.inline() for one in others)})", notes)


def call(method: str, *args: object, **fields: object) -> str:
    """Write the call of a method with plain values."""
    given = [*map(repr, args), *(f"{name}={value!r}" for name, value in fields.items())]
    return f".{method}({', '.join(given)})"


def correction_call(layer_name: str, correction: Correction) -> str:
    """Write `Dataset.corrected`."""
    fields = {
        name: dict(value) if name in PER_CHANNEL_FIELDS else value
        for name, value in correction.given.items()
    }
    return call("corrected", layer_name, **fields)


def opened(
    places: Sequence[object],
    locations: Sequence[tuple[Location | None, Credentials | None]],
    given: object,
    **options: object,
) -> Recipe:
    """Write the call of `nb_remote.open`.

    Parameters
    ----------
    places
        As the person passed them.
    locations
        What each means, and the credentials it is asked with; None for what is no address, like a
        link or a document.
    given
        ``credentials`` as the person passed them, used where there is something else than
        addresses.
    **options
        Keywords that hold no secret; those that are empty are left out.
    """
    notes: list[str] = []
    arguments = [
        _place(place, location, notes)
        for place, (location, _) in zip(places, locations, strict=True)
    ]
    if all(location is not None for location, _ in locations):
        each = [
            _told(one, "" if location is None else location.display())
            for location, one in locations
        ]
    else:
        each = []
    if len(each) == 1 and each[0] != "None":
        arguments.append(f"credentials={each[0]}")
    elif any(one != "None" for one in each):
        arguments.append(f"credentials=[{', '.join(each)}]")
    elif not each and given is not None:
        arguments.append(f"credentials={_given(given)}")
    arguments += [f"{name}={value!r}" for name, value in options.items() if value]
    return Recipe(f"nbr.open({', '.join(arguments)})", tuple(notes))


def _place(place: object, location: Location | None, notes: list[str]) -> str:
    if isinstance(place, PathLike):
        return f"pathlib.Path({fspath(place)!r})"
    if location is None:
        return _document(place, notes)
    shown = location.display()
    if location.query:
        notes.append(f"the query of {shown} may be a token, so it is asked for")
        before, bar, inside = shown.partition("|")
        ask = f"{before + '?'!r} + {_ask(f'query of {before}')}"
        return f"{ask} + {bar + inside!r}" if bar else ask
    text = str(place).strip()
    if redact(text) == text:
        return repr(text)
    if "@" in text:
        notes.append(f"the user name and password of {shown} are asked for")
    return repr(shown)


def _document(place: object, notes: list[str]) -> str:
    """Write a link or a document, where none of its texts holds what may be secret."""
    to_dict = getattr(place, "to_dict", None)
    if to_dict is not None:
        place = json.dumps(to_dict(), ensure_ascii=False)
    elif isinstance(place, Mapping):
        place = json.dumps(place, ensure_ascii=False)
    text = str(place).strip()
    if all(redact(one) == one for one in _texts(text)):
        return repr(text)
    notes.append("a link or document names addresses with what may be secret, so it is asked for")
    return _ask("the link or document")


def _texts(text: str) -> Iterator[str]:
    """Yield every text of a JSON document or of a link that holds one."""
    before, mark, state = text.partition("#!")
    if mark:
        yield before
        for _ in range(2):
            state = unquote(state)
    try:
        document = json.loads(state if mark else text)
    except (ValueError, RecursionError):
        yield state if mark else text
        return
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one


def _given(credentials: object) -> str:
    """Write credentials that were given for more than addresses."""
    if isinstance(credentials, Mapping):
        pairs = (
            f"{redact(str(place))!r}: {_told(one, redact(str(place)))}"
            for place, one in credentials.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(credentials, list | tuple):
        return f"[{', '.join(_told(one, '') for one in credentials)}]"
    return _told(credentials, "")


def _told(credentials: object, where: str) -> str:
    """Write credentials: what is secret in them is asked for."""
    at = f" for {where}" if where else ""
    if credentials is None or isinstance(credentials, Anonymous):
        return "None"
    if isinstance(credentials, ProvidedCredentials):
        return f"nbr.ProvidedCredentials({credentials.name!r})"
    if isinstance(credentials, BearerToken):
        return _made("BearerToken", [_ask(f"token{at}")], credentials)
    if isinstance(credentials, BasicAuth):
        asked = [_ask(f"user name{at}"), _ask(f"password{at}")]
        return _made("BasicAuth", asked, credentials)
    if isinstance(credentials, HttpHeaders):
        values = (f"{name!r}: {_ask(f'{name}{at}')}" for name in credentials.values)
        return _made("HttpHeaders", [f"{{{', '.join(values)}}}"], credentials)
    if isinstance(credentials, S3Credentials):
        secrets = {"key": "access key id", "secret": "secret key", "token": "session token"}
        asked = [f"{n}={_ask(f'{w}{at}')}" for n, w in secrets.items() if getattr(credentials, n)]
        plain = ("profile", "endpoint", "region", "requester_pays")
        return _made("S3Credentials", asked, credentials, *plain)
    if isinstance(credentials, GcsCredentials):
        asked = [f"token={_ask(f'access token{at}')}"] if credentials.token else []
        if credentials.service_account is not None:
            asked = [f"service_account={_ask(f'path of the key file{at}')}"]
        return _made("GcsCredentials", asked, credentials, "requester_pays", "endpoint")
    return _ask(f"credentials{at}")


def _made(kind: str, asked: list[str], credentials: Any, *plain: str) -> str:  # noqa: ANN401
    """Write the call that makes credentials again, with what is not secret as it was given."""
    said = [
        f"{name}={getattr(credentials, name)!r}"
        for name in (*plain, "allow_plain_http")
        if getattr(credentials, name)
    ]
    default = ".default" if getattr(credentials, "from_environment", False) else ""
    return f"nbr.{kind}{default}({', '.join((*asked, *said))})"


def _ask(what: str) -> str:
    return f"getpass.getpass({redact(what) + ': '!r})"
