"""BigDataViewer's XML file: which views there are, how large and where; and in which container.

Format: SpimData of https://github.com/bigdataviewer/spimdata, as BigDataViewer, BigStitcher and
MoBIE write it. The file is a stranger's: no document type, no entities, bounded in bytes and tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

from nb_remote.dialects.n5_values import Numbers
from nb_remote.dialects.values import shown
from nb_remote.errors import BadMetadata

MOST_BYTES = 16 * 2**20
"""A project of a thousand views with five transforms each has 1 MiB."""
MOST_TAGS = 500_000
MOST_TIMEPOINTS = 10_000
_IDENTITY = np.eye(4)
_PATTERN = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9})(?:\s*:\s*(\d{1,9}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class BdvSetup:
    """A view setup: one image per time point."""

    number: int
    """Its ``id``, which names its folder."""
    name: str
    """Empty when it has none."""
    voxel_size: Numbers | None
    """Along x, y, z in `unit`; None when not given."""
    unit: str
    affine: Numbers | None
    """Voxel centres to the world at the first time point, 3 rows of 4; None if not registered."""
    moves: bool
    """Whether it is registered differently at other time points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BdvImage:
    """Where a Zarr loader finds a view: an OME-Zarr image in the container."""

    setup: int
    timepoint: int
    path: str
    """Relative to the container, as the file says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BdvProject:
    """What a BigDataViewer file says of the images."""

    file: str
    """Address of the file, for messages."""
    loader: str
    """Format of the images, as ``bdv.n5``."""
    base: str
    """Folder that paths are relative to, relative to the file's."""
    paths: tuple[tuple[str, str], ...]
    """The loader's elements with text: name and text, as ``("n5", "dataset.n5")``."""
    images: tuple[BdvImage, ...]
    """Of Zarr loaders that list them."""
    setups: tuple[BdvSetup, ...]
    timepoints: tuple[int, ...]
    """Ids in order; at least one."""

    def setup(self, number: int) -> BdvSetup | None:
        """Return a setup by its id; None where the file knows none."""
        return next((one for one in self.setups if one.number == number), None)


def parse_project(raw: bytes, *, where: str) -> BdvProject | None:
    """Translate a BigDataViewer file; None where this is XML of something else, or none at all.

    Raises
    ------
    BadMetadata
        It is one, but can't be understood, or asks for what XML should not.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "<SpimData" not in text:
        return None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadMetadata("the XML declares a document type, which is not followed", where=where)
    if text.count("<") > MOST_TAGS:
        raise BadMetadata(f"the XML has more than {MOST_TAGS} tags", where=where)
    try:
        # Without a document type there are no entities, neither outside ones nor nested ones.
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise BadMetadata(f"this is no XML that can be read ({error})", where=where) from None
    loader = root.find("SequenceDescription/ImageLoader")
    timepoints = _timepoints(root.find("SequenceDescription/Timepoints"), where)
    registrations = _registrations(root)
    return BdvProject(
        file=where,
        loader=shown(loader.get("format")) if loader is not None else "",
        base=_text(root, "BasePath"),
        paths=tuple((one.tag, (one.text or "").strip()) for one in loader)
        if loader is not None
        else (),
        images=tuple(_images(loader)) if loader is not None else (),
        setups=tuple(_setups(root, registrations, timepoints)),
        timepoints=timepoints,
    )


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _number(text: str | None) -> int | None:
    cleaned = (text or "").strip()
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 10 else None


def _numbers(text: str, count: int) -> Numbers | None:
    try:
        values = tuple(float(one) for one in text.split())
    except ValueError:
        return None
    return values if len(values) == count and np.isfinite(values).all() else None


def _images(loader: ET.Element) -> Iterator[BdvImage]:
    for one in loader.iterfind("zgroups/zgroup"):
        setup = _number(one.get("setup"))
        timepoint = _number(one.get("tp") or one.get("timepoint"))
        path = one.get("path") or _text(one, "path")
        if setup is not None and timepoint is not None and path:
            yield BdvImage(setup=setup, timepoint=timepoint, path=path)


def _setups(
    root: ET.Element,
    registrations: dict[int, dict[int, Numbers | None]],
    timepoints: tuple[int, ...],
) -> Iterator[BdvSetup]:
    for one in root.iterfind("SequenceDescription/ViewSetups/ViewSetup"):
        number = _number(one.findtext("id"))
        if number is None:
            continue
        sizes = _numbers(_text(one, "voxelSize/size"), 3)
        affines = registrations.get(number, {})
        first = affines.get(timepoints[0])
        yield BdvSetup(
            number=number,
            name=shown(_text(one, "name")),
            voxel_size=sizes if sizes is not None and min(sizes) > 0 else None,
            unit=shown(_text(one, "voxelSize/unit")),
            affine=first,
            moves=any(affine not in (None, first) for affine in affines.values()),
        )


def _registrations(root: ET.Element) -> dict[int, dict[int, Numbers | None]]:
    """Setup → time point → the product of its transforms: the last one is applied first."""
    found: dict[int, dict[int, Numbers | None]] = {}
    for view in root.iterfind("ViewRegistrations/ViewRegistration"):
        setup, at = _number(view.get("setup")), _number(view.get("timepoint"))
        if setup is None or at is None:
            continue
        model = _IDENTITY.copy()
        for transform in view.iterfind("ViewTransform"):
            values = _numbers(_text(transform, "affine"), 12)
            if values is not None:
                with np.errstate(over="ignore", invalid="ignore"):
                    model @= [*np.reshape(values, (3, 4)), _IDENTITY[3]]
        whole = tuple(float(n) for n in model[:3].ravel())
        found.setdefault(setup, {})[at] = whole if np.isfinite(whole).all() else None
    return found


def _timepoints(element: ET.Element | None, where: str) -> tuple[int, ...]:
    """Ids of time points: a range, a pattern such as ``0-10:2``, or a list."""
    if element is None:
        return (0,)
    first, last = _number(element.findtext("first")), _number(element.findtext("last"))
    spans = [(first, last, 1)] if first is not None and last is not None else []
    for part in _text(element, "integerpattern").split(","):
        found = _PATTERN.fullmatch(part.strip())
        if found is not None:
            begin, end, step = (int(n) if n else None for n in found.groups())
            spans.append((begin or 0, end if end is not None else begin or 0, step or 1))
    listed = (_number(one.findtext("id")) for one in element.iterfind("Timepoint"))
    spans += [(one, one, 1) for one in listed if one is not None]
    if sum(max(0, (end - begin) // step + 1) for begin, end, step in spans) > MOST_TIMEPOINTS:
        raise BadMetadata(f"there are more than {MOST_TIMEPOINTS} time points", where=where)
    found_ids = {n for begin, end, step in spans for n in range(begin, end + 1, step)}
    return tuple(sorted(found_ids)) or (0,)
