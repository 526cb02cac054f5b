"""What a datasource may never hold: credentials, and addresses that carry some."""

import re

JsonPath = tuple[str | int, ...]
"""Keys and indices that lead to a part of a document."""

_CREDENTIALS = frozenset(
    {
        *("credential", "credentials", "credentialid", "credentialidentifier"),
        *("credentialsecret", "accesskeyid", "secretaccesskey", "sessiontoken", "authtoken"),
        *("accesstoken", "apikey", "password", "secret"),
    }
)
"""Keys, without case and separators, whose values are secrets or the names of secrets."""
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*://)(?:[^/?#]*@)?(?P<rest>[^?#]*)")


def without_secrets(value: object) -> tuple[object, tuple[tuple[JsonPath, str], ...]]:
    """Return a JSON value without credentials, and where some were, one sentence each."""
    found: list[tuple[JsonPath, str]] = []
    return _cleaned(value, (), found), tuple(found)


def bare_address(text: str) -> str:
    """Return an address without user name, query and fragment; other text as it is."""
    match = _ADDRESS.match(text)
    return f"{match['scheme']}{match['rest']}" if match else text


def _cleaned(value: object, path: JsonPath, found: list[tuple[JsonPath, str]]) -> object:
    if isinstance(value, dict):
        kept: dict[str, object] = {}
        for key, one in value.items():
            if _is_credential(key):
                if one is not None:
                    text = "credentials are not kept: pass them to nb_remote.open"
                    found.append(((*path, key), text))
                continue
            kept[key] = _cleaned(one, (*path, key), found)
        return kept
    if isinstance(value, list | tuple):
        return [_cleaned(one, (*path, n), found) for n, one in enumerate(value)]
    if isinstance(value, str) and "://" in value and (bare := bare_address(value)) != value:
        text = "the user name or the query of an address is not kept: it may be a secret"
        found.append((path, text))
        return bare
    return value


def _is_credential(key: object) -> bool:
    return isinstance(key, str) and re.sub(r"[_\-\s]", "", key).casefold() in _CREDENTIALS
