"""The one place that hides secrets in text that may be shown, logged or saved.

Query strings and user names in addresses go as a whole (a presigned URL *is* a
secret), and so do the values of headers and parameters that usually carry one.
Secrets that were handed over explicitly are remembered, and hidden wherever
they turn up.
"""

import re
import threading

MASK = "***"

_URL = re.compile(
    # Quotes, angle brackets and white space end an address in running text; an
    # apostrophe doesn't, because it may stand inside a query.
    r"""(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?//(?P<rest>[^\s"<>`]+)"""
)
_USERINFO = re.compile(r"(?<![\w/@*])[^\s/:@\"'<>]+:[^\s/@\"'<>]+@(?=[\w\[])")
_HEADER = re.compile(
    r"""(?i)(?P<name>(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token"""
    r"""|x-amz-security-token)(?P<sep>["']?\s*[:=]\s*)[^\r\n]+"""
)
_BEARER = re.compile(r"(?i)\b(?P<scheme>bearer|basic)\s+(?=\S*\d|\S{20})[A-Za-z0-9._~+/=-]{6,}")
_PARAMETER = re.compile(
    r"""(?i)(?P<name>[\w.-]*(?:token|secret|password|passwd|signature|credential|api_?key"""
    r"""|access_?key(?:_?id)?|x-amz-\w+|\bsig))=(?P<value>[^\s&"'<>]+)"""
)

# More secrets than one session holds; the bound keeps a long-lived kernel that
# renews tokens from collecting them for ever.
_MOST_SECRETS = 256
# Shorter ones would turn words of ordinary messages into stars.
_SHORTEST_SECRET = 6
# What is cut out may bring together what stood around it; real text settles in two.
_MOST_PASSES = 8


class _Secrets:
    """What was handed over explicitly. Any thread may add; readers see a whole tuple."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_age: dict[str, None] = {}
        self.longest_first: tuple[str, ...] = ()


_secrets = _Secrets()


def remember_secret(value: str) -> None:
    """Hide `value` in every text that is redacted from now on.

    Values shorter than six characters are not remembered. The oldest are
    forgotten beyond 256.
    """
    if len(value) < _SHORTEST_SECRET:
        return
    with _secrets.lock:
        _secrets.by_age.pop(value, None)
        _secrets.by_age[value] = None
        while len(_secrets.by_age) > _MOST_SECRETS:
            del _secrets.by_age[next(iter(_secrets.by_age))]
        _secrets.longest_first = tuple(sorted(_secrets.by_age, key=len, reverse=True))


def redact(text: str) -> str:
    """Return `text` without secrets. Redacting twice changes nothing."""
    for _ in range(_MOST_PASSES):
        before, text = text, _one_pass(text)
        if text == before:
            break
    return text


def _one_pass(text: str) -> str:
    for secret in _secrets.longest_first:
        if secret in text:
            text = text.replace(secret, MASK)
    if "//" in text:
        text = _URL.sub(_bare_url, text)
    if "@" in text:
        text = _USERINFO.sub(f"{MASK}@", text)
    text = _HEADER.sub(rf"\g<name>\g<sep>{MASK}", text)
    text = _BEARER.sub(rf"\g<scheme> {MASK}", text)
    if "=" in text:
        text = _PARAMETER.sub(rf"\g<name>={MASK}", text)
    return text


def _bare_url(found: re.Match[str]) -> str:
    """Drop userinfo and query; keep the fragment away too, links carry whole states in it."""
    rest = re.split(r"[?#]", found["rest"], maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    return f"{found['scheme'] or ''}//{host}{slash}{path}"
