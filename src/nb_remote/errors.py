"""The errors nb-remote raises: one class per cause, each with fields.

Every message says what happened, where, and what to try. Text that reaches an
error is redacted first (`nb_remote.redact`), so a message can be shown anywhere.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from nb_remote.redact import redact
from nb_remote.short_traceback import short_traceback


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInfo:
    """What a page may show of an error: never a traceback, never a secret."""

    code: str
    """Short, stable name of the cause, for example ``not-found``."""
    text: str
    """What happened, in one sentence."""
    where: str
    """The address or object it happened at; empty when it has none."""
    hint: str
    """What to try; empty when there is nothing to advise."""


class NbRemoteError(Exception):
    """Base of every error raised by nb-remote on purpose.

    Parameters
    ----------
    text
        What happened, one sentence.
    where
        The address, object or field it happened at. Redacted here.
    hint
        What the person can try.
    """

    code: ClassVar[str] = "error"
    default_hint: ClassVar[str] = ""

    transient: bool = False
    """Whether the same request may succeed a moment later; the retry policy acts on it."""
    retry_after_s: float | None = None
    """Seconds that the server asks to wait before the next try, or None."""

    def __init__(self, text: str, *, where: str = "", hint: str = "") -> None:
        self.text = redact(text)
        self.where = redact(where)
        self.hint = redact(hint) or self.default_hint
        super().__init__(self.text)

    def __str__(self) -> str:
        parts = [self.text]
        if self.where:
            parts.append(f"at {self.where}")
        sentence = " ".join(parts).rstrip(".") + "."
        return f"{sentence} {self.hint}".rstrip()

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.text, self.where, self.hint, self._extra()))

    def _render_traceback_(self) -> list[str]:
        """Show the message where it is seen: IPython asks for this instead of its own traceback."""
        return short_traceback(self)

    def alone(self) -> Self:
        """Return a copy without traceback, and without what led to it.

        `copy.copy` keeps both once dask has registered its own way to copy exceptions.
        """
        one = type(self).__new__(type(self))
        one.args = self.args
        one.__dict__.update({k: v for k, v in self.__dict__.items() if k != "__notes__"})
        return one

    def as_transient(self, *, retry_after_s: float | None = None) -> Self:
        """Mark this error as one that may pass, and return it."""
        self.transient = True
        self.retry_after_s = retry_after_s
        return self

    def _extra(self) -> dict[str, object]:
        known = {"text", "where", "hint"}
        return {key: value for key, value in self.__dict__.items() if key not in known}

    @property
    def info(self) -> ErrorInfo:
        """The fields a page may show."""
        return ErrorInfo(code=self.code, text=self.text, where=self.where, hint=self.hint)


def _rebuild(
    cls: type[NbRemoteError], text: str, where: str, hint: str, extra: dict[str, object]
) -> NbRemoteError:
    error = cls.__new__(cls)
    NbRemoteError.__init__(error, text, where=where, hint=hint)
    error.__dict__.update(extra)
    return error


class InvalidAddress(NbRemoteError, ValueError):
    """The pasted text is not an address nb-remote can read from."""

    code = "invalid-address"


class NotFound(NbRemoteError, LookupError):
    """The server answered that the object does not exist (404)."""

    code = "not-found"
    default_hint = "Check the address for typing mistakes."


class AccessDenied(NbRemoteError, PermissionError):
    """The server refuses to show the object (401, 403)."""

    code = "access-denied"
    default_hint = "The data may be private, or the address may point beside it."


class BadCredentials(NbRemoteError, ValueError):
    """Credentials can't be used as they were given, so no server was asked with them."""

    code = "bad-credentials"


class CredentialsRefused(AccessDenied):
    """The server does not accept who asks, whatever the object: wrong or expired credentials."""

    default_hint = "Check the credentials."


class Unreachable(NbRemoteError, ConnectionError):
    """No connection: name unknown, connection refused or broken, TLS failure."""

    code = "unreachable"
    default_hint = "Check the host name and your network connection."


class UnknownHost(Unreachable):
    """No address is known for the name of the host."""


class NotConnected(Unreachable):
    """The host was found, but takes no connection."""


class NotProtected(Unreachable):
    """There is a connection, but TLS does not come about on it."""


class TimedOut(NbRemoteError, TimeoutError):
    """The server did not answer within the deadline."""

    code = "timed-out"
    default_hint = "The server may be overloaded; try again, or pass a larger timeout."


class Throttled(NbRemoteError, ConnectionError):
    """The server asks to slow down (429), and went on asking."""

    code = "throttled"
    default_hint = "Wait a little and try again."


class ServerFailed(NbRemoteError, ConnectionError):
    """The server failed (5xx), or answered against the protocol."""

    code = "server-failed"
    default_hint = "This is the server's fault; try again later."


class TooLarge(NbRemoteError, ValueError):
    """Something is larger than what may be fetched or allocated for it."""

    code = "too-large"


class BadMetadata(NbRemoteError, ValueError):
    """A metadata document is broken or says something impossible.

    Parameters
    ----------
    field
        Dotted path of the field in the document, or empty for the whole document.
    """

    code = "bad-metadata"

    def __init__(self, text: str, *, where: str = "", field: str = "", hint: str = "") -> None:
        super().__init__(text, where=where, hint=hint)
        self.field = field


class InvalidCorrection(NbRemoteError, ValueError):
    """A value that a person gave for a property can't be used; nothing was changed.

    Parameters
    ----------
    field
        Name of the property, as in `Dataset.corrected`.
    """

    code = "invalid-correction"

    def __init__(self, text: str, *, where: str = "", field: str = "", hint: str = "") -> None:
        super().__init__(text, where=where, hint=hint)
        self.field = field


class UnsupportedCodec(NbRemoteError, ValueError):
    """Chunks are stored with a codec that is not on the allow-list.

    Parameters
    ----------
    codec
        The codec's name as the metadata gives it.
    """

    code = "unsupported-codec"

    def __init__(self, text: str, *, where: str = "", codec: str = "", hint: str = "") -> None:
        super().__init__(text, where=where, hint=hint)
        self.codec = codec


class CorruptChunk(NbRemoteError, ValueError):
    """A chunk was fetched but its bytes do not decode to the promised voxels.

    Parameters
    ----------
    chunk
        Grid index of the chunk, in the stored axis order; empty when unknown.
    """

    code = "corrupt-chunk"
    default_hint = "The object is damaged or truncated on the server."

    def __init__(
        self, text: str, *, where: str = "", chunk: tuple[int, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(text, where=where, hint=hint)
        self.chunk = chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """One format's reason for not being what lies at an address. Data, not an exception."""

    format: str
    """Name of the format that was tried."""
    looked_at: tuple[str, ...]
    """Keys that were asked for, relative to the address."""
    reason: str
    """Why it is not this format, in one sentence."""


class NotRecognised(NbRemoteError, ValueError):
    """Nothing readable lies at the address; `trail` says per format why not."""

    code = "not-recognised"

    def __init__(
        self, text: str, *, where: str = "", trail: tuple[Declined, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(text, where=where, hint=hint)
        self.trail = trail

    def __str__(self) -> str:
        lines = [super().__str__()]
        lines += [
            f"  {d.format}: {d.reason} (looked at {', '.join(d.looked_at)})" for d in self.trail
        ]
        return "\n".join(lines)
