"""The picture of the page is looked at before it goes into a notebook."""

import struct
import zlib

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from tests.browser.volumes import shuffled, write_ome_zarr

import nb_remote as nbr
from nb_remote.widget.protocol import MAX_SNAPSHOT_BYTES, SnapshotMessage
from nb_remote.widget.snapshot import MAX_SIDE, Snapshots, png_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data=b""):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width=3, height=2, *, more=b""):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\1\2\3" * 2)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + more + chunk(b"IEND")


def message(**fields):
    given = {
        "position": (1.5, 2.5, 3.5),
        "plane": "xz",
        "layers": (0, 1),
        "failed": 0,
        "width": 640,
    }
    return SnapshotMessage(kind="snapshot", view="v", **given | fields)


@pytest.fixture
def shell():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def test_the_size_of_a_picture_is_read_from_its_header():
    assert png_size(png(640, 480)) == (640, 480)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNATURE,
        b"GIF89a" + bytes(100),
        b"<svg onload='alert(1)'/>" + bytes(100),
        png(0, 5),
        png(5, MAX_SIDE + 1),
        png(2**32 - 1, 2**32 - 1),
        png()[:-1],
        png()[:-12],
        png() + b"<script>",
        png().replace(b"\0\0\0\x0dIHDR", b"\0\0\0\x0eIHDR"),
        SIGNATURE + chunk(b"IDAT", bytes(40)) + chunk(b"IEND"),
        png().replace(b"IDAT", b"IEND"),
        png(more=struct.pack(">I", 2**32 - 1) + b"IDAT"),
        png(more=chunk(b"IDAT", bytes(MAX_SNAPSHOT_BYTES))),
    ],
)
def test_what_is_not_a_small_whole_png_is_refused(data):
    with pytest.raises(ValueError, match="picture"):
        png_size(data)


def shown(snapshots, *sent):
    """Return the outputs after a display and messages of the page."""
    widget = {"text/plain": "<View>", "application/vnd.jupyter.widget-view+json": {}}
    with capture_output() as captured:
        snapshots.display("m1", (widget, {}))
        for content, buffers in sent:
            snapshots.keep(content, buffers)
    return captured.outputs


@pytest.mark.usefixtures("shell")
def test_a_picture_goes_into_the_second_output_as_html_and_png():
    outputs = shown(Snapshots(["em", "cells"]), (message(), [memoryview(png())]))
    assert len(outputs) == 3
    widget, empty, picture = outputs
    assert widget.data["text/plain"] == "<View>"
    assert set(empty.data) == {"text/html"}
    assert picture.update
    assert picture.transient["display_id"] == empty.transient["display_id"]
    html = picture.data["text/html"]
    assert f"data:image/png;base64,{picture.data['image/png']}" in html
    assert "em, cells: xz plane around voxel x 1, y 2, z 3." in html
    assert 'width="640"' in html


@pytest.mark.usefixtures("shell")
def test_refused_and_unchanged_pictures_change_nothing():
    good = (message(), [png()])
    bad = [(message(), []), (message(), [png(), png()]), (message(), [b"no"])]
    assert len(shown(Snapshots(["em", "cells"]), *bad, good, good)) == 3


@pytest.mark.usefixtures("shell")
def test_a_view_shown_again_has_its_picture_at_once_and_both_follow():
    snapshots = Snapshots(["em"])
    shown(snapshots, (message(), [png()]))
    outputs = shown(snapshots, (message(failed=2), [png()]))
    assert "image/png" in outputs[1].data
    assert [output.update for output in outputs] == [False, False, True, True]
    assert "2 tiles could not be read" in outputs[3].data["text/html"]


@pytest.mark.usefixtures("shell")
def test_the_caption_is_text_without_secrets():
    names = ["<img src=x onerror=alert(1)>", "https://me:hunter22@host/a?token=abcdefgh"]
    html = shown(Snapshots(names), (message(layers=(0, 1, 7)), [png()]))[2].data["text/html"]
    assert "<img src=x" not in html
    assert "hunter22" not in html
    assert "abcdefgh" not in html


def test_without_an_output_nothing_is_kept(caplog):
    Snapshots(["em"]).keep(message(), [png()])
    assert "refused" in caplog.text


@pytest.mark.usefixtures("shell")
def test_a_view_tells_the_page_when_it_is_the_output_of_a_cell(serve):
    view = nbr.open(serve(write_ome_zarr([shuffled((2, 3, 4), "uint8")], "zyx")).url).view()
    assert not view._snapshots_kept
    with capture_output() as captured:
        view._ipython_display_()
    assert view._snapshots_kept
    assert captured.outputs[0].data["text/plain"] == repr(view)
    assert view.model_id in captured.outputs[1].data["text/html"]
