"""The dialects that are tried, in order."""

from nb_remote.dialects.base import Dialect
from nb_remote.dialects.n5_group import N5
from nb_remote.dialects.n5_guessed import N5Guessed
from nb_remote.dialects.ome import OmeZarr04, OmeZarr05
from nb_remote.dialects.plain_zarr2 import PlainZarr2, PlainZarr2Group
from nb_remote.dialects.plain_zarr3 import PlainZarr3, PlainZarr3Group
from nb_remote.dialects.precomputed import Precomputed
from nb_remote.dialects.webknossos import WebknossosDataset

# Those that read meaning stand before those that only see an array: an OME-Zarr level opened by
# itself is an array, but a group with multiscales is never just its arrays. Where something has the
# documents of both versions of Zarr, version 3 is the newer one, which zarr-python prefers, too.
DIALECTS: tuple[Dialect, ...] = (
    # Its file describes whole layers; a Zarr group beside it only holds their folders.
    WebknossosDataset(),
    OmeZarr05(),
    OmeZarr04(),
    PlainZarr3(),
    PlainZarr2(),
    Precomputed(),
    N5(),
    # A collection is the last resort: what lies at the address itself comes first.
    PlainZarr3Group(),
    PlainZarr2Group(),
    # Asks for names that may be there, which costs a round trip.
    N5Guessed(),
)
