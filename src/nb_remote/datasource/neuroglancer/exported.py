"""What an export gives: the state, and what a viewer elsewhere won't show of it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

VIEWER = "https://neuroglancer-demo.appspot.com"
"""Built from the latest Neuroglancer, by its authors."""
# What `encodeURI` leaves, without ! ' ( ) * ; , as Neuroglancer writes it.
_SAFE = ":/?@&=+$#-_.~"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroglancerState:
    """A state of Neuroglancer, without any secret."""

    warnings: tuple[str, ...]
    """What a viewer in a browser can't reach or show of it, one sentence each."""
    text: str = field(repr=False)
    """The state as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Return the state as plain Python, for ``neuroglancer.ViewerState`` or a link."""
        state: dict[str, Any] = json.loads(self.text)
        return state

    def json(self, *, indent: int | None = 2) -> str:
        """Return the state as text."""
        return json.dumps(self.to_dict(), indent=indent)

    def link(self, base: str = VIEWER) -> str:
        """Return the link to a viewer that shows the state.

        Parameters
        ----------
        base
            Address of the viewer's page, without a fragment.
        """
        page = base.partition("#")[0]
        slash = "" if page.partition("://")[2].count("/") else "/"
        return f"{page}{slash}#!{quote(self.text, safe=_SAFE)}"
