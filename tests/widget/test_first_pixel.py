"""From an address to the first pixel: how many round trips after each other, and what is asked."""

import pytest
from tests.explore.test_requests import PROBES
from tests.explore.waves import explore_in_waves
from tests.volumes.ome_zarr import VOLUMES, write
from tests.widget.page import Page

from nb_remote.dataset import Dataset


def chunks_of(written, level, prefix=""):
    """Every chunk of a level, as written."""
    folder = f"{written.path}/{prefix}{level}/"
    names = [key for key in written.files if key.startswith(folder) and "/.z" not in key]
    return {key.removeprefix(f"{written.path}/") for key in names}


@pytest.mark.parametrize("name", ["czyx", "zyx"])
def test_the_first_pixel_takes_four_round_trips_at_most(serve, name):
    written = write(name)
    server = serve(written.files)
    levels = {f"{n}/.zarray" for n in range(len(written.levels))}
    coarsest = len(written.levels) - 1
    waves = [PROBES, levels, chunks_of(written, coarsest)]
    if written.labels:
        label_levels = {f"labels/cells/{n}/.zarray" for n in range(len(written.labels["cells"]))}
        waves = [PROBES, levels | {"labels/cells/.zattrs"}, label_levels, waves[2]]
    source, found = explore_in_waves(server.url_of(written.path), *waves)
    page = Page(Dataset(tuple((layer, source) for layer in found.layers)))
    assert len(waves) <= 4

    # every channel of the coarsest level, as a view of all of it wants them
    channels = VOLUMES[name].shape[0] if "c" in VOLUMES[name].axes else 1
    slices = written.levels[coarsest].shape[VOLUMES[name].axes.index("z")]
    page.want(*((0, coarsest, 0, c, at, 0, 0) for c in range(channels) for at in range(slices)))
    page.until(lambda: len(page.tiles()) == channels * slices)

    asked = [path.removeprefix(f"{written.path}/") for path in server.paths()]
    assert sorted(asked) == sorted(set().union(*waves))
