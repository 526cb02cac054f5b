"""The rows of the table on formats: the one volume, arranged as each of them arranges volumes."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.formats.one_volume import (
    LEVELS,
    N5_LEVELS,
    OME,
    PRECOMPUTED,
    Case,
    Meaning,
    json_bytes,
    multiscales,
    n5,
    precomputed,
    pyramid_xyzc,
    pyramid_zyx,
    zarr2,
    zarr3,
)
from tests.formats.zarr_cases import GZIP2, plain

Cases = dict[str, Callable[[], Case]]

FACTORS = [[1, 1, 1], [2, 2, 2]]
XYZ = ("x", "y", "z")


def _zarr2(dtype: str = "uint16") -> Case:
    """The image with a compressor: without any, cloud-volume reads none."""
    return zarr2(pyramid_zyx(dtype), compressor=GZIP2)


def _with(case: Case, documents: dict[str, Any], **changes: Any) -> Case:
    """The same arrays with other documents around them."""
    added = {
        key: one if isinstance(one, bytes) else json_bytes(one) for key, one in documents.items()
    }
    return replace(case, objects=case.objects | added, **changes)


def _below(case: Case, folder: str, documents: dict[str, Any]) -> Case:
    """The same image in a folder of something larger."""
    moved = {f"{folder}/{key}": one for key, one in case.objects.items()}
    paths = tuple(f"{folder}/{path}" for path in case.paths)
    return _with(replace(case, objects=moved, paths=paths), documents)


def _ome_by_shapes(version: str, axes: Any) -> Case:
    """OME-Zarr before 0.4, which says nothing of sizes: levels are told by their shapes."""
    case = _zarr2()
    objects = {}
    for key, one in case.objects.items():
        level, _, name = key.partition("/")
        if name == ".zarray":
            document = json.loads(one)
            for field in ("shape", "chunks"):
                document[field] = [1, 1, *document[field]]
            objects[key] = json_bytes(document)
        elif name:
            objects[f"{level}/0/0/{name}"] = one
    said = {
        "version": version,
        "datasets": [{"path": path} for path in LEVELS],
        **({"axes": axes} if axes else {}),
    }
    objects |= {".zgroup": b'{"zarr_format": 2}', ".zattrs": json_bytes({"multiscales": [said]})}
    return replace(
        case,
        objects=objects,
        levels=tuple(one[None, None] for one in case.levels),
        meaning=replace(
            OME,
            axes=("t", "c", "z", "y", "x"),
            box_xyz=((0, 0, 0), (13, 11, 7)),
            voxel_size_nm_xyz=(1.0, 1.0, 1.0),
        ),
    )


def _ome06() -> Case:
    """Coordinate systems instead of axes (RFC 5)."""
    said = multiscales(None)
    axes = said.pop("axes")
    for one in said["datasets"]:
        steps = one["coordinateTransformations"]
        one["coordinateTransformations"] = [
            {
                "type": "sequence",
                "input": one["path"],
                "output": "physical",
                "transformations": steps,
            }
        ]
    entry = said | {"coordinateSystems": [{"name": "physical", "axes": axes}]}
    ome = {"version": "0.6", "multiscales": [entry]}
    return _with(zarr3(pyramid_zyx()), {"zarr.json": _group3({"ome": ome})})


def _group3(attributes: Any, **more: Any) -> dict[str, Any]:
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes, **more}


def _consolidated2() -> Case:
    case = plain(_zarr2())
    meta = {".zgroup": {"zarr_format": 2}, "em/.zarray": json.loads(case.objects[".zarray"])}
    consolidated = {"zarr_consolidated_format": 1, "metadata": meta}
    documents = {".zmetadata": consolidated, ".zgroup": {"zarr_format": 2}}
    return replace(_below(case, "em", documents), paths=("em",))


def _consolidated3() -> Case:
    case = plain(zarr3(pyramid_zyx()))
    meta = {"em": json.loads(case.objects["zarr.json"])}
    consolidated = {"kind": "inline", "must_understand": False, "metadata": meta}
    documents = {"zarr.json": _group3({}, consolidated_metadata=consolidated)}
    return replace(_below(case, "em", documents), paths=("em",))


def _labels() -> Case:
    """An image whose only label image is what is looked at."""
    case = _zarr2("uint32")
    attributes = json.loads(case.objects[".zattrs"])
    return _below(
        case,
        "labels/cells",
        {
            **case.objects,
            "labels/.zattrs": {"labels": ["cells"]},
            "labels/cells/.zattrs": attributes | {"image-label": {"version": "0.4"}},
        },
    )


def _n5(group: Any, levels: tuple[Any, Any] = ({}, {}), **changes: Any) -> Case:
    """The pyramid with other attributes of the group (None: without any) and of each level."""
    case = n5()
    objects = {key: one for key, one in case.objects.items() if key != "attributes.json"}
    if group is not None:
        objects["attributes.json"] = json_bytes(group)
    for path, more in zip(N5_LEVELS, levels, strict=True):
        key = f"{path}/attributes.json"
        objects[key] = json_bytes(json.loads(objects[key]) | more)
    return replace(case, objects=objects, **changes)


UNSAID = Meaning(axes=XYZ, box_xyz=((0, 0, 0), (13, 11, 7)), voxel_size_nm_xyz=(1.0, 1.0, 1.0))
SIZE = {"pixelResolution": {"unit": "nm", "dimensions": [4, 8, 40]}}


def _cosem() -> Case:
    """`translate` is the centre of voxel 0, as in OME-Zarr; axes from the slowest."""
    transforms = [
        {
            "axes": ["z", "y", "x"],
            "scale": [40.0 * n, 8.0 * n, 4.0 * n],
            "translate": [400.0 + 20 * (n - 1), 80.0 + 4 * (n - 1), 40.0 + 2 * (n - 1)],
            "units": ["nm"] * 3,
        }
        for n in (1, 2)
    ]
    listed = [{"path": p, "transform": t} for p, t in zip(N5_LEVELS, transforms, strict=True)]
    levels = ({"transform": transforms[0]}, {"transform": transforms[1]})
    meaning = replace(OME, axes=XYZ)
    return _n5({"multiscales": [{"datasets": listed}]}, levels, meaning=meaning)


def _paintera() -> Case:
    levels = ({}, {"downsamplingFactors": [2, 2, 2]})
    space = {"multiScale": True, "resolution": [4, 8, 40], "offset": [40, 80, 400]}
    # `offset` is the corner, in nanometres.
    meaning = Meaning(axes=XYZ, box_xyz=((10, 10, 10), (23, 21, 17)))
    case = _n5(space, levels, meaning=meaning)
    return _below(case, "data", {"attributes.json": {"painteraData": {"type": "raw"}}})


def _setup() -> Case:
    """A view of BigDataViewer's N5: factors at the setup, one folder above the levels."""
    case = _n5({"multiScale": True, "resolution": [4, 8, 40]})
    return _below(
        case,
        "setup0/timepoint0",
        {
            "attributes.json": {"n5": "2.0.0"},
            "setup0/attributes.json": {"downsamplingFactors": FACTORS, "dataType": "uint16"},
        },
    )


def _xml(loader: str) -> bytes:
    """One view that lies 10 voxels from the origin of its world along each axis."""
    return (
        '<SpimData version="0.2"><BasePath type="relative">.</BasePath><SequenceDescription>'
        f"{loader}<ViewSetups><ViewSetup><id>0</id><name>em</name><size>13 11 7</size><voxelSize>"
        "<unit>nm</unit><size>4 8 40</size></voxelSize></ViewSetup></ViewSetups>"
        '<Timepoints type="range"><first>0</first><last>0</last></Timepoints>'
        '</SequenceDescription><ViewRegistrations><ViewRegistration timepoint="0" setup="0">'
        '<ViewTransform type="affine"><affine>4 0 0 40 0 8 0 80 0 0 40 400</affine>'
        "</ViewTransform></ViewRegistration></ViewRegistrations></SpimData>"
    ).encode()


PLACED = Meaning(axes=XYZ, box_xyz=((10, 10, 10), (23, 21, 17)))


def _xml_of_n5() -> Case:
    loader = '<ImageLoader format="bdv.n5"><n5 type="relative">v.n5</n5></ImageLoader>'
    setup = _setup()
    case = _below(setup, "v.n5", {"dataset.xml": _xml(loader)})
    return replace(case, open_path="dataset.xml", meaning=PLACED, driver="")


def _xml_of_ome() -> Case:
    """MoBIE's tables name such files: one OME-Zarr image instead of an N5 container."""
    loader = (
        '<ImageLoader format="bdv.ome.zarr"><zarr type="relative">v.ome.zarr</zarr></ImageLoader>'
    )
    case = _below(_zarr2(), "v.ome.zarr", {"dataset.xml": _xml(loader)})
    return replace(case, open_path="dataset.xml", meaning=None, driver="")


def _webknossos(data_format: str, case: Case, axes: str) -> Case:
    """A dataset of one layer, whose box begins where its file says."""
    start = (0, 0, 0)
    layer = {
        "name": "em",
        "category": "color",
        "boundingBox": {"topLeft": [0, 0, 0], "width": 13, "height": 11, "depth": 7},
        "dataFormat": data_format,
        "mags": [
            {
                "mag": [n, n, n],
                "path": f"./em/{path}",
                "axisOrder": {axis: place for place, axis in enumerate(axes)},
            }
            for n, path in zip((1, 2), case.paths, strict=True)
        ],
        "numChannels": 1,
        "elementClass": "uint16",
    }
    if data_format == "neuroglancerPrecomputed":
        start = PRECOMPUTED.box_xyz[0]
        layer["boundingBox"]["topLeft"] = list(start)
    document = {
        "id": {"name": "sample", "team": ""},
        "scale": {"factor": [4.0, 8.0, 40.0], "unit": "nanometer"},
        "dataLayers": [layer],
        "version": 1,
    }
    box = (start, tuple(a + n for a, n in zip(start, (13, 11, 7), strict=True)))
    moved = _below(case, "em", {"datasource-properties.json": document})
    return replace(
        moved,
        meaning=Meaning(axes=tuple(axes), box_xyz=box),
        driver="" if axes == "xyz" else case.driver,
    )


def _wkw() -> Case:
    case = _webknossos("wkw", _zarr2(), "zyx")
    return replace(case, says="WKW", levels=(), driver="")


def _series() -> dict[str, Any]:
    return {
        ".zattrs": {"bioformats2raw.layout": 3},
        ".zgroup": {"zarr_format": 2},
        "OME/.zattrs": {"series": ["0"]},
    }


PLATE = {"plate": {"version": "0.4", "wells": [{"path": "A/1"}]}}
WELL = {"well": {"images": [{"path": "0"}]}}

FORMATS: Cases = {
    "OME-Zarr 0.1": lambda: _ome_by_shapes("0.1", None),
    "OME-Zarr 0.2": lambda: _ome_by_shapes("0.2", None),
    "OME-Zarr 0.3": lambda: _ome_by_shapes("0.3", ["t", "c", "z", "y", "x"]),
    "OME-Zarr 0.4": _zarr2,
    "OME-Zarr 0.5": lambda: zarr3(pyramid_zyx()),
    "OME-Zarr 0.6": _ome06,
    "OME-Zarr: labels of an image": _labels,
    "OME-Zarr: plates": lambda: _below(_zarr2(), "A/1/0", {".zattrs": PLATE, "A/1/.zattrs": WELL}),
    "OME-Zarr: wells": lambda: _below(_zarr2(), "0", {".zattrs": WELL}),
    "OME-Zarr: series (`bioformats2raw.layout`)": lambda: _below(_zarr2(), "0", _series()),
    "Zarr v2 array": lambda: plain(_zarr2()),
    "Zarr v3 array": lambda: plain(zarr3(pyramid_zyx())),
    "Zarr v2 group, `.zmetadata`": _consolidated2,
    "Zarr v3 group, consolidated": _consolidated3,
    "precomputed": lambda: precomputed(pyramid_xyzc("uint16")),
    "N5: one dataset": lambda: replace(plain(_n5(None), XYZ), levels=n5().levels[:1], driver="n5"),
    "N5: Neuroglancer's attributes": n5,
    "N5: N5-Viewer": lambda: _n5(
        {"n5": "2.5.1"}, tuple({**SIZE, "downsamplingFactors": one} for one in FACTORS)
    ),
    "N5: COSEM / OpenOrganelle": _cosem,
    "N5: Paintera": _paintera,
    "N5: BigDataViewer": _setup,
    "N5: levels without attributes": lambda: _n5(None, meaning=UNSAID),
    "N5: OME's `multiscales`": lambda: _n5(
        {"multiscales": [_reversed(multiscales("0.4"))]}, meaning=replace(OME, axes=XYZ)
    ),
    "BigDataViewer's XML file of N5": _xml_of_n5,
    "BigDataViewer's XML file of OME-Zarr (MoBIE)": _xml_of_ome,
    "WEBKNOSSOS: `zarr` layers": lambda: _webknossos("zarr", _zarr2(), "zyx"),
    "WEBKNOSSOS: `zarr3` layers": lambda: _webknossos("zarr3", zarr3(pyramid_zyx()), "zyx"),
    "WEBKNOSSOS: `n5` layers": lambda: _webknossos("n5", n5(), "xyz"),
    "WEBKNOSSOS: `neuroglancerPrecomputed` layers": lambda: _webknossos(
        "neuroglancerPrecomputed", precomputed(pyramid_xyzc("uint16")), "xyz"
    ),
    "WEBKNOSSOS: `wkw` layers": _wkw,
}


def _reversed(entry: dict[str, Any]) -> dict[str, Any]:
    """OME's metadata with levels named as N5 names them."""
    datasets = [
        one | {"path": path} for one, path in zip(entry["datasets"], N5_LEVELS, strict=True)
    ]
    return entry | {"datasets": datasets}
