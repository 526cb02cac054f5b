"""What documents in the wild say and no specification allows, or hardly: what becomes of each.

Every row is written here after a quirk that test data of other projects have; the expected values
are literals. Arrays have no chunks, so their voxels are the fill value.
"""

import json
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import zarr
from tests.volumes.documents import PATH
from zarr.core.buffer import cpu
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.errors import NbRemoteError


@dataclass(frozen=True, kw_only=True)
class Opens:
    """The first layer as it has to come out."""

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    voxel_nm_xyz: tuple[float, float, float] = (1.0, 1.0, 1.0)
    levels: int = 1
    note: str = ""
    """Words that one of its notes holds."""
    layers: tuple[str, ...] = ()
    """Names of all layers, where there is more than one."""
    value: float = 0
    """What every voxel is."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The words of which each has to be in the refusal."""

    words: tuple[str, ...]


def zarr2(shape, **changed):
    document = {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(shape),
        "dtype": "<u2",
        "order": "C",
        "compressor": None,
        "filters": None,
        "fill_value": 0,
    }
    return document | changed


def zarr3(shape, codecs, **changed):
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shape)}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": codecs,
    }
    return document | changed


def n5(dimensions, **more):
    document = {
        "dimensions": list(dimensions),
        "blockSize": list(dimensions),
        "dataType": "uint16",
        "compression": {"type": "raw"},
    }
    return document | more


def group3(**ome):
    return {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}}


def axes(names, **more):
    return [{"name": name, "type": "space", "unit": "micrometer"} | more for name in names]


def datasets(*steps):
    return [{"path": str(n), "coordinateTransformations": list(one)} for n, one in enumerate(steps)]


def scale(*numbers):
    return {"type": "scale", "scale": list(numbers)}


def image(entry, *arrays):
    """OME-Zarr 0.4 with one level for each array document."""
    found = {".zattrs": {"multiscales": [{"version": "0.4"} | entry]}}
    return found | {f"{n}/.zarray": one for n, one in enumerate(arrays)}


YX = ("y", "x")
MICROMETERS = (1000.0, 1000.0, 1000.0)

BYTES = [{"name": "bytes", "configuration": {"endian": "little"}}]
IMAGE06 = {
    "coordinateSystems": [{"name": "physical", "axes": axes("yx")}],
    "datasets": datasets([scale(4, 4) | {"input": "0", "output": "physical"}]),
}

TABLE = {
    "X/.zarray": zarr2((8, 9)),
    "obs/_index/.zarray": zarr2((8,), dtype="|O", filters=[{"id": "vlen-utf8"}]),
    "uns/title/.zarray": zarr2((), dtype="<U8", fill_value=""),
}

QUIRKS = {
    # The conformance suite of OME-NGFF counts this as valid: its schema can't compare lengths.
    "a scale of fewer numbers than axes is left out and said": (
        image({"axes": axes("tyx"), "datasets": datasets([scale(0.13, 0.13)])}, zarr2((3, 8, 9))),
        Opens(
            shape=(3, 8, 9),
            axes=("t", "y", "x"),
            voxel_nm_xyz=MICROMETERS,
            note="the scale of level '0' is left out: it has 2 numbers for 3 axes",
        ),
    ),
    "a level of another type is left out": (
        image(
            {"axes": axes("yx"), "datasets": datasets([scale(1, 1)], [scale(2, 2)])},
            zarr2((8, 8)),
            zarr2((4, 4), dtype="<f4"),
        ),
        Opens(
            shape=(8, 8),
            axes=YX,
            voxel_nm_xyz=MICROMETERS,
            note="level '1' is left out: it holds float32, the first one uint16",
        ),
    ),
    "levels in either byte order are of one type": (
        image(
            {"axes": axes("yx"), "datasets": datasets([scale(1, 1)], [scale(2, 2)])},
            zarr2((8, 8)),
            zarr2((4, 4), dtype=">u2"),
        ),
        Opens(shape=(8, 8), axes=YX, voxel_nm_xyz=MICROMETERS, levels=2),
    ),
    "an empty list of axes names none": (
        image({"axes": [], "datasets": datasets([scale(1, 1)])}, zarr2((8, 9))),
        Opens(shape=(8, 9), axes=YX, note="the metadata name no axes"),
    ),
    "drafts call the unit units": (
        image(
            {
                "axes": [{"name": one, "type": "space", "units": "micrometer"} for one in "yx"],
                "datasets": datasets([scale(0.5, 0.5)]),
            },
            zarr2((8, 9)),
        ),
        Opens(shape=(8, 9), axes=YX, voxel_nm_xyz=(500.0, 500.0, 1000.0)),
    ),
    "a broken transformation of the whole image is named where it stands": (
        image(
            {
                "axes": axes("yx"),
                "datasets": datasets([scale(1, 1)]),
                "coordinateTransformations": [scale("invalid")],
            },
            zarr2((8, 9)),
        ),
        Refused(words=("multiscales[0].coordinateTransformations", "without finite numbers")),
    ),
    "multiscales of another convention are said not to be those of OME-Zarr": (
        {
            "zarr.json": {
                "zarr_format": 3,
                "node_type": "group",
                "attributes": {"multiscales": {"layout": [{"asset": "ar"}]}},
            }
        },
        Refused(words=("no list of images", "not OME-Zarr's")),
    ),
    "a translation of fewer numbers than the scale is left out": (
        image(
            {
                "axes": axes("yx"),
                "datasets": datasets([scale(2, 3), {"type": "translation", "translation": [1]}]),
            },
            zarr2((8, 9)),
        ),
        Opens(
            shape=(8, 9),
            axes=YX,
            voxel_nm_xyz=(3000.0, 2000.0, 1000.0),
            note="a translation of multiscales[0].datasets[0] is left out",
        ),
    ),
    "ImageJ's N5 plugin writes sizes and counts": (
        {
            "attributes.json": n5(
                (9, 8, 2, 3),
                pixelWidth=0.5,
                pixelHeight=0.25,
                pixelDepth=2.0,
                pixelUnit="um",
                numChannels=2,
                numSlices=3,
                numFrames=1,
            )
        },
        Opens(shape=(9, 8, 2, 3), axes=("x", "y", "c", "z"), voxel_nm_xyz=(500.0, 250.0, 2000.0)),
    ),
    "one unit in N5 is that of all axes": (
        {"attributes.json": n5((9, 8, 7), resolution=[3, 2, 1], units="um")},
        Opens(shape=(9, 8, 7), axes=("x", "y", "z"), voxel_nm_xyz=(3000.0, 2000.0, 1000.0)),
    ),
    "levels of Paintera beside their attributes": (
        {
            "attributes.json": {"painteraData": {"type": "raw"}, "resolution": [4, 4, 40]},
            "s0/attributes.json": n5((9, 8, 7)),
            "s1/attributes.json": n5((5, 4, 7), downsamplingFactors=[2, 2, 1]),
        },
        Opens(shape=(9, 8, 7), axes=("x", "y", "z"), voxel_nm_xyz=(4.0, 4.0, 40.0), levels=2),
    ),
    "a pointer of Git LFS is said to be one": (
        {".zattrs": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"},
        Refused(words=("a pointer of Git LFS",)),
    ),
    "a pointer of git-annex is said to be one": (
        {"zarr.json": b".git/annex/objects/X4/Kv/MD5E-s9--0.json/MD5E-s9--0.json"},
        Refused(words=("a pointer of git-annex",)),
    ),
    # A voxel of the stored shape (x, z, y) is 2 × 4 × 3 µm; the image's own axes are z, y, x.
    "mapped axes are those that are stored": (
        {
            "zarr.json": group3(
                multiscales=[
                    {
                        "coordinateSystems": [{"name": "physical", "axes": axes("zyx")}],
                        "datasets": datasets(
                            [
                                {
                                    "type": "sequence",
                                    "transformations": [
                                        {"type": "mapAxis", "mapAxis": [1, 2, 0]},
                                        scale(4, 3, 2),
                                    ],
                                    "input": "0",
                                    "output": "physical",
                                }
                            ]
                        ),
                    }
                ]
            ),
            "0/zarr.json": zarr3((9, 7, 8), BYTES),
        },
        Opens(shape=(9, 7, 8), axes=("x", "z", "y"), voxel_nm_xyz=(2000.0, 3000.0, 4000.0)),
    ),
    "levels that map their axes differently are no pyramid": (
        image(
            {
                "axes": axes("yx"),
                "datasets": datasets([{"type": "mapAxis", "mapAxis": [1, 0]}], [scale(2, 2)]),
            },
            zarr2((8, 9)),
            zarr2((4, 4)),
        ),
        Refused(words=("the levels of multiscales[0] map their axes differently",)),
    ),
    "a mapping of other axes than there are is left out": (
        image(
            {
                "axes": axes("zyx"),
                "datasets": datasets([scale(4, 3, 2), {"type": "mapAxis", "mapAxis": [1, 0]}]),
            },
            zarr2((7, 8, 9)),
        ),
        Opens(
            shape=(7, 8, 9),
            axes=("z", "y", "x"),
            voxel_nm_xyz=(2000.0, 3000.0, 4000.0),
            note="a mapping of 2 axes is left out: there are 3",
        ),
    ),
    "names and dates of tables beside an array have not failed": (
        TABLE | {".zmetadata": {"metadata": TABLE}},
        Opens(
            shape=(8, 9),
            axes=YX,
            layers=("X",),
            note="not drawn: obs/_index (1-D, no numbers), uns/title (a scalar, no numbers)",
        ),
    ),
    "a scene shows its images where they are by themselves": (
        {
            "zarr.json": group3(
                version="0.6",
                scene={
                    "coordinateTransformations": [
                        scale(2, 2) | {"input": {"path": one}, "output": {"name": "world"}}
                        for one in ("ct", "dose")
                    ]
                },
            ),
            "ct/zarr.json": group3(multiscales=[{"name": "CT"} | IMAGE06]),
            "ct/0/zarr.json": zarr3((8, 9), BYTES),
            "dose/zarr.json": group3(multiscales=[IMAGE06]),
            "dose/0/zarr.json": zarr3((4, 5), BYTES),
        },
        Opens(
            shape=(8, 9),
            axes=YX,
            voxel_nm_xyz=(4000.0, 4000.0, 1000.0),
            layers=("CT", "image-dose"),
            note="how the images of the scene lie to each other is not used",
        ),
    ),
    # The test data of ome-zarr-models had it so, first with texts and later with objects.
    "a scene of the drafts shows its images": (
        {
            "zarr.json": group3(
                version="0.6",
                coordinateSystems=[{"name": "world", "axes": axes("xy")}],
                coordinateTransformations=[
                    {"type": "translation", "translation": [0, 0], "output": "world"}
                    | {"input": one}
                    for one in ("/tile_0", {"path": "tile_1", "name": "physical"})
                ],
            ),
            "tile_0/zarr.json": group3(multiscales=[{"name": "a"} | IMAGE06]),
            "tile_0/0/zarr.json": zarr3((8, 9), BYTES),
            "tile_1/zarr.json": group3(multiscales=[{"name": "b"} | IMAGE06]),
            "tile_1/0/zarr.json": zarr3((8, 9), BYTES),
        },
        Opens(
            shape=(8, 9),
            axes=YX,
            voxel_nm_xyz=(4000.0, 4000.0, 1000.0),
            layers=("a", "b"),
            note="how the images of the scene lie to each other is not used",
        ),
    ),
    "a scene without images is said to be one": (
        {"zarr.json": group3(version="0.6", scene={"coordinateTransformations": []})},
        Refused(words=("a scene that names no images",)),
    ),
    "a collection of the drafts is named": (
        {"zarr.json": group3(type="collection", nodes=[{"type": "multiscale", "path": "image"}])},
        Refused(words=("a collection as drafts of OME-Zarr arrange it", "by its own address")),
    ),
    "an image of the drafts is named": (
        {"zarr.json": group3(multiscale={"levels": [{"path": "s0"}]})},
        Refused(words=("a multiscale as drafts of OME-Zarr arrange it", "…/s0")),
    ),
    "an empty list of multiscales is said to be empty": (
        {".zattrs": {"multiscales": []}},
        Refused(words=("'multiscales' lists no images",)),
    ),
}


@pytest.mark.parametrize(
    "mappings",
    [[[1, 2, 0], [1, 0]], [[0, 0, 1]], [[3, 1, 0]], [[]], ["zyx"], [[True, False, 2]], [[1.0, 0]]],
)
def test_a_mapping_of_axes_that_is_none_is_left_out(serve, mappings):
    steps = [{"type": "mapAxis", "mapAxis": one} for one in mappings] + [scale(4, 3, 2)]
    entry = {"axes": axes("zyx"), "datasets": datasets(steps)}
    found = image(entry, zarr2((7, 8, 9)))
    server = serve({f"{PATH}/{key}": json.dumps(one).encode() for key, one in found.items()})
    layer = nb_remote.open(server.url_of(PATH)).layers[0]
    assert "a coordinate transformation of type 'mapAxis' is left out" in layer.notes
    expected = ("x", "z", "y") if len(mappings) > 1 else ("z", "y", "x")
    assert layer.axes == expected


BDV_FILE = """<SpimData version="0.2"><BasePath type="relative">.</BasePath><SequenceDescription>
<ViewSetups><ViewSetup><id>0</id><name>Setup0</name><size>9 8 7</size></ViewSetup></ViewSetups>
<Timepoints type="range"><first>0</first><last>0</last></Timepoints>
<ImageLoader format="%s">%s</ImageLoader></SequenceDescription></SpimData>"""


@pytest.mark.parametrize("bucket", [False, True])
def test_files_of_mobie_lead_to_their_ome_zarr(serve, tmp_path, bucket):
    entry = {"axes": axes("zyx"), "datasets": datasets([scale(3, 2, 1)])}
    for key, one in image(entry, zarr2((7, 8, 9))).items():
        document = tmp_path / "b/v.ome.zarr" / key
        document.parent.mkdir(parents=True, exist_ok=True)
        document.write_text(json.dumps(one))
    server = serve(tmp_path)
    place = f"<ServiceEndpoint>{server.url}</ServiceEndpoint><BucketName>b</BucketName>"
    inside = (
        f"<Key>v.ome.zarr</Key>{place}" if bucket else '<zarr type="relative">v.ome.zarr</zarr>'
    )
    text = BDV_FILE % ("ome.zarr.s3" if bucket else "ome.zarr", inside)
    (tmp_path / "b/v.xml").write_text(text)
    layer = nb_remote.open(server.url_of("b/v.xml")).layers[0]
    assert (layer.shape, layer.voxel_size_nm_xyz) == ((7, 8, 9), (1000.0, 2000.0, 3000.0))


@pytest.mark.parametrize("place", ["start", "end"])
@pytest.mark.parametrize("checked", [1, 2])
def test_checksums_behind_whole_shards_are_stepped_over(serve, place, checked):
    voxels = np.arange(15 * 18, dtype="uint16").reshape(15, 18)
    codecs = [
        {
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": [4, 4],
                "codecs": [*BYTES, {"name": "gzip", "configuration": {"level": 1}}],
                "index_codecs": [*BYTES, {"name": "crc32c"}],
                "index_location": place,
            },
        },
        *[{"name": "crc32c"}] * checked,
    ]
    document = zarr3((15, 18), codecs)
    document["chunk_grid"]["configuration"]["chunk_shape"] = [8, 8]
    objects = {"zarr.json": cpu.Buffer.from_bytes(json.dumps(document).encode())}
    store = MemoryStore(objects)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr-python warns that it can't read parts of these
        zarr.open_array(store, mode="r+")[...] = voxels
    server = serve({f"{PATH}/{key}": one.to_bytes() for key, one in objects.items()})
    np.testing.assert_array_equal(nb_remote.open(server.url_of(PATH)).layers[0][...], voxels)


@pytest.mark.parametrize(("found", "expected"), QUIRKS.values(), ids=QUIRKS.keys())
def test_a_quirk_comes_out_as_expected(serve, found, expected):
    server = serve(
        {
            f"{PATH}/{key}": one if isinstance(one, bytes) else json.dumps(one).encode()
            for key, one in found.items()
        }
    )
    if isinstance(expected, Refused):
        with pytest.raises(NbRemoteError) as refusal:
            nb_remote.open(server.url_of(PATH))
        for words in expected.words:
            assert words in str(refusal.value)
        return
    dataset = nb_remote.open(server.url_of(PATH))
    layer = dataset.layers[0]
    if expected.layers:
        assert tuple(dataset) == expected.layers
    assert (layer.shape, layer.axes) == (expected.shape, expected.axes)
    assert layer.voxel_size_nm_xyz == pytest.approx(expected.voxel_nm_xyz)
    assert len(layer.levels) == expected.levels
    assert expected.note in " | ".join(layer.notes)
    np.testing.assert_array_equal(layer[...], np.full(expected.shape, expected.value))
