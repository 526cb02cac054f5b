"""States of viewers before 2020 → the keys of today, with the same meaning."""

import math
from typing import Any

from nb_remote.location.neuroglancer.values import number, numbers

_NM = 1e-9
_SPACE = ("x", "y", "z")
_SIDE = 4
_TODAY = {
    "pointAnnotation": "annotation",
    "segmentation_with_graph": "segmentation",  # Seung lab's viewers
}
"""Types of layers that have another name today."""


def modern(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state in the keys of today: layers as a list of objects, no ``navigation``.

    What is not understood is kept as it is.
    """
    result = {key: value for key, value in state.items() if key != "navigation"}
    for key, value in _navigation(state.get("navigation")).items():
        result.setdefault(key, value)
    if "perspectiveZoom" in result:
        result.setdefault("projectionScale", result.pop("perspectiveZoom"))
    if "perspectiveOrientation" in result:
        result.setdefault("projectionOrientation", result.pop("perspectiveOrientation"))
    result["layers"] = _layers(state.get("layers"))
    return result


def _navigation(navigation: object) -> dict[str, Any]:
    """Voxel size and position in voxels or nanometres, orientation, nanometres per pixel."""
    if not isinstance(navigation, dict):
        return {}
    result: dict[str, Any] = {}
    pose = navigation.get("pose")
    pose = pose if isinstance(pose, dict) else {}
    place = pose.get("position")
    place = place if isinstance(place, dict) else {}
    size = numbers(place.get("voxelSize"))
    if size is not None and (len(size) != len(_SPACE) or min(size) <= 0):
        size = None
    if size is not None:
        result["dimensions"] = {name: [one, "nm"] for name, one in zip(_SPACE, size, strict=True)}
    voxels = numbers(place.get("voxelCoordinates"))
    spatial = numbers(place.get("spatialCoordinates"))
    if voxels is not None:
        result["position"] = list(voxels)
    elif spatial is not None and size is not None and len(spatial) == len(size):
        result["position"] = [a / b for a, b in zip(spatial, size, strict=True)]
    if "orientation" in pose:
        result["crossSectionOrientation"] = pose["orientation"]
    zoom = number(navigation.get("zoomFactor"))
    if zoom is not None and size is not None:
        result["crossSectionScale"] = zoom / min(size)
    return result


def _layers(layers: object) -> list[dict[str, Any]]:
    if isinstance(layers, dict):
        named = [
            {"name": name, **(one if isinstance(one, dict) else {"source": one})}
            for name, one in layers.items()
        ]
    elif isinstance(layers, list):
        named = [one if isinstance(one, dict) else {"source": one} for one in layers]
    else:
        named = []
    return [_layer(one) for one in named]


def _layer(layer: dict[str, Any]) -> dict[str, Any]:
    result = dict(layer)
    sources = _sources(result)
    further = [result.pop(key) for key in ("mesh", "skeletons") if text_in(result, key)]
    if "source" not in result and result.get("type") in ("annotation", "pointAnnotation"):
        sources = [{"url": "local://annotations"}]
    transform = _transform(result.get("transform"))
    if transform is not None:
        del result["transform"]
        sources = [{**one, "transform": one.get("transform", transform)} for one in sources]
    if further:
        # What is named beside the volume stands in for the parts it has itself.
        sources = [
            {**one, "subsources": {"default": True}, "enableDefaultSubsources": False}
            for one in sources
        ] + [{"url": one} for one in further]
    if (kind := _TODAY.get(str(result.get("type")))) is not None:
        result["type"] = kind
    if further or transform is not None or "source" not in result:
        result["source"] = sources
    return result


def text_in(layer: dict[str, Any], key: str) -> bool:
    """Whether a key holds an address."""
    return isinstance(layer.get(key), str) and bool(layer[key])


def _sources(layer: dict[str, Any]) -> list[dict[str, Any]]:
    source = layer.get("source")
    several = source if isinstance(source, list) else [] if source is None else [source]
    return [{"url": one} if isinstance(one, str) else one for one in several if is_source(one)]


def is_source(value: object) -> bool:
    """Whether a value is a source: an address, or an object with one."""
    return isinstance(value, str) or (isinstance(value, dict) and isinstance(value.get("url"), str))


def _transform(value: object) -> dict[str, Any] | None:
    """A layer's own transform, in nanometres: 16 numbers, 4 rows, or rotation and the like."""
    rows = _rows(value) or _moved(value)
    if rows is None:
        return None
    return {"outputDimensions": {name: [1, "nm"] for name in _SPACE}, "matrix": rows}


def _rows(value: object) -> list[list[float]] | None:
    if isinstance(value, list) and all(isinstance(one, list) for one in value):
        value = [number for row in value for number in row]
    flat = numbers(value)
    if flat is None or len(flat) not in (_SIDE * (_SIDE - 1), _SIDE * _SIDE):
        return None
    return [list(flat[n : n + _SIDE]) for n in range(0, _SIDE * (_SIDE - 1), _SIDE)]


def _moved(value: object) -> list[list[float]] | None:
    """Scale, then rotate by a quaternion (x y z w), then translate."""
    if not isinstance(value, dict) or not {"rotation", "translation", "scale"} & set(value):
        return None
    x, y, z, w = _sized(value.get("rotation"), (0.0, 0.0, 0.0, 1.0))
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not length:
        return None
    x, y, z, w = (one / length for one in (x, y, z, w))
    scale = _sized(value.get("scale"), (1.0, 1.0, 1.0))
    move = _sized(value.get("translation"), (0.0, 0.0, 0.0))
    turned = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return [
        [*(a * b for a, b in zip(row, scale, strict=True)), move[n]] for n, row in enumerate(turned)
    ]


def _sized(value: object, default: tuple[float, ...]) -> tuple[float, ...]:
    found = numbers(value)
    return found if found is not None and len(found) == len(default) else default
