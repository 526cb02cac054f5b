"""What was checked of an address, what was found, and what to try."""

from dataclasses import dataclass
from typing import Literal

from nb_remote.diagnosis.report_html import diagnosis_html

Outcome = Literal["ok", "warning", "failed", "skipped"]
"""``warning``: it can be read all the same. ``skipped``: it could not be known, or need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was checked."""

    name: str
    """What was checked: ``address``, ``name``, ``connection``, ``tls``, ``server``, ``access``,
    ``bucket``, ``formats``, ``nearby``, ``ranges``, ``chunk``, ``missing`` or ``speed``."""
    outcome: Outcome
    found: str
    """What was found, in words."""
    code: str = ""
    """Short, stable name of the cause where it failed, for example ``credentials-needed``."""
    hint: str = ""
    """What to try; empty where there is nothing to advise."""
    details: tuple[str, ...] = ()
    """More of what was found, one line each: why it is no known format, or the layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What `nb_remote.diagnose` found out. Holds no secret."""

    address: str
    """What was asked, as it may be shown."""
    steps: tuple[Step, ...]
    """In the order in which one needs the other."""

    @property
    def failed(self) -> Step | None:
        """The first step that failed; None where the data can be read."""
        return next((one for one in self.steps if one.outcome == "failed"), None)

    @property
    def ok(self) -> bool:
        """Whether the data can be read."""
        return self.failed is None

    @property
    def code(self) -> str:
        """``ok``, or the short, stable name of the cause."""
        return "ok" if self.failed is None else self.failed.code

    @property
    def verdict(self) -> str:
        """The outcome in one sentence."""
        if self.failed is not None:
            return self.failed.found
        odd = [one.found for one in self.steps if one.outcome == "warning"]
        return "; ".join(["it can be read", *odd])

    @property
    def hints(self) -> tuple[str, ...]:
        """What to try, most important first."""
        first = () if self.failed is None else (self.failed.hint,)
        others = tuple(one.hint for one in self.steps)
        return tuple(dict.fromkeys(one for one in (*first, *others) if one))

    def step(self, name: str) -> Step:
        """Return a step by its name.

        Raises
        ------
        KeyError
            It does not belong to such an address.
        """
        for one in self.steps:
            if one.name == name:
                return one
        raise KeyError(name)

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        lines = [f"{self.address}: {self.verdict}" if self.address else self.verdict]
        for one in self.steps:
            lines.append(f"  {one.outcome:8}{one.name:12}{one.found}")
            lines += [f"  {'':20}{detail}" for detail in one.details]
        lines += [f"{'What to try:' if n == 0 else '':13}{one}" for n, one in enumerate(self.hints)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return diagnosis_html(self)
