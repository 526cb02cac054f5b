"""The shapes that values have all over ``zarr.json``: extension points and extents."""

from dataclasses import dataclass
from typing import cast

from nb_remote.containers.base import shortened
from nb_remote.errors import BadMetadata

Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An extension point: ``{"name": …, "configuration": {…}}``, or its name alone."""

    name: str
    config: Json


def parse_named(value: object, field: str, where: str) -> Named:
    """Translate an extension point.

    Raises
    ------
    BadMetadata
        It has no name, or something else than a name and a configuration.
    """
    if isinstance(value, str):
        return Named(name=value, config={})
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise BadMetadata(f"{field} has no name: {shortened(value)}", where=where, field=field)
    config = value.get("configuration")
    config = {} if config is None else config
    if not isinstance(config, dict):
        raise BadMetadata(
            f"the configuration of {shortened(value['name'])} is not an object",
            where=where,
            field=field,
        )
    return Named(name=value["name"], config=cast("Json", config))


def refuse_unknown(document: Json, known: frozenset[str], where: str) -> None:
    """Refuse fields that a reader has to understand and this one doesn't (the specification).

    Raises
    ------
    BadMetadata
        Names the field.
    """
    for field, value in document.items():
        harmless = isinstance(value, dict) and value.get("must_understand") is False
        if field not in known and not harmless:
            raise BadMetadata(
                f"the extension {shortened(field)} has to be understood and is not known here",
                where=where,
                field=field[:60],
            )
