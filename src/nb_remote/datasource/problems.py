"""What is wrong with a datasource, each problem with its path and its place in the text."""

from dataclasses import dataclass, replace

from nb_remote.errors import BadMetadata
from nb_remote.redact import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a JSON document, or worth knowing of it, and where in the text."""

    path: str
    """For example ``dataLayers[0].boundingBox.width``; empty for the whole document."""
    line: int
    """From 1; 0 where the document was no text."""
    column: int
    """From 1; 0 where the document was no text."""
    text: str
    """One sentence."""

    def __str__(self) -> str:
        at = f"line {self.line}, column {self.column}" if self.line else ""
        where = f"{at} ({self.path})" if at and self.path else at or self.path
        return f"{where}: {self.text}" if where else self.text


class BadDatasource(BadMetadata):
    """A WEBKNOSSOS datasource that can't be used as it is written.

    Parameters
    ----------
    problems
        All that is wrong with it, in the order of the text; at least one.
    """

    code = "bad-datasource"

    def __init__(self, problems: tuple[Problem, ...], *, where: str = "", hint: str = "") -> None:
        problems = tuple(replace(one, text=redact(one.text)) for one in problems)
        super().__init__(str(problems[0]), where=where, field=problems[0].path, hint=hint)
        self.problems = problems

    def __str__(self) -> str:
        more = [f"  {one}" for one in self.problems[1:]]
        return "\n".join([super().__str__(), *more])
