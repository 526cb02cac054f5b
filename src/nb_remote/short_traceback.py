"""An error as a notebook shows it: the person's own lines, and what to do."""

import traceback
from pathlib import Path
from types import TracebackType

from nb_remote.redact import redact

_PACKAGE = str(Path(__file__).parent)
_RED, _PLAIN = "\x1b[31m", "\x1b[39m"


def short_traceback(error: BaseException) -> list[str]:
    """Return lines for IPython: the way to the call of nb-remote, then the message.

    The way through nb-remote tells a person nothing and pushes the message out of sight. It stays
    on the exception (``error.__traceback__``) for whoever debugs nb-remote.
    """
    lines = [f"{_RED}{type(error).__name__}{_PLAIN}: {error}"]
    own = [_shown(frame) for frame in _own_frames(error.__traceback__)]
    return [*own, "", *lines] if own else lines


def _own_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    own: list[traceback.FrameSummary] = []
    for frame in traceback.extract_tb(trace):
        if frame.filename.startswith(_PACKAGE):
            break
        # The shell that runs the cell stands before the person's first line.
        if "IPython" not in Path(frame.filename).parts:
            own.append(frame)
    return own


def _shown(frame: traceback.FrameSummary) -> str:
    in_cell = "ipykernel_" in frame.filename or frame.filename.startswith("<ipython")
    where = "this cell" if in_cell else frame.filename
    # A line that calls with an address may hold a token, and this is saved with the notebook.
    return f"{where}, line {frame.lineno}: {redact(frame.line or '')}"
