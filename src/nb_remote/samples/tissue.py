"""Procedural tissue: what a voxel shows and which cell it belongs to, from its coordinates alone.

Looks like an electron micrograph of neuropil at 8 nm: processes with dark membranes and
mitochondria between round somata with nuclei, crossed by blood vessels. Cells of the neuropil are
the Voronoi cells of a body-centred cubic lattice in space that is warped by smooth noise (truncated
octahedra, the shape foam takes): the nearest lattice point and the distance to the membrane
have closed forms there, which keeps a chunk of 64³ voxels at 10 to 30 ms (measured).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nb_remote.samples.bands import Box, Floats, field, mix
from nb_remote.samples.somata import Somata, somata

CELL_ZYX = (110.0, 72.0, 72.0)
"""Lattice constant in voxels: processes are a bit longer along z."""
_WARP = ((320, 0.40), (100, 0.09))
"""Warp of the lattice, in lattice constants; stronger, and cells begin to fold over."""
_MEMBRANE = 0.015
"""Half a membrane with what sticks to it, in lattice constants: about 1 voxel."""
_VESSEL, _WALL = 0.0024, 0.0032
"""Square of the distance, in a plane of two fields, in which a vessel is open, and its wall."""

_SURELY_OUTSIDE = _WALL**0.5 + 1e-4
"""Of one of the two fields; more than float32 rounds away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neuropil:
    keys: npt.NDArray[np.uint64]
    """One number per cell, below 2^55."""
    wall: Floats
    """Distance to the nearest face of the cell, in lattice constants."""


def image(box: Box) -> npt.NDArray[np.uint8]:
    """Grey values, z y x; 0 is black."""
    cells = _neuropil(box)
    bodies = somata(box)
    grain, _ = field(box, 11, ((9, 4.0), (4, 3.0)))
    blobs, _ = field(box, 12, ((38, 1.0), (15, 0.3)))
    light, _ = field(box, 13, ((50_000, 14.0), (9_000, 9.0), (1_400, 4.0)))
    shade = (mix(cells.keys) >> np.uint64(56)).astype(np.float32) * np.float32(0.14)
    grey = shade + np.float32(142)
    grey += grain
    # mitochondria: dark blobs away from the membrane, with a darker rim
    deep = cells.wall > 0.06
    grey[deep & (blobs > 1.15)] -= np.float32(48)
    grey[deep & (blobs > 1.08) & (blobs < 1.22)] -= np.float32(22)
    # the membrane darkens over a voxel or so, as a blurred line does
    edge = np.clip((np.float32(2 * _MEMBRANE) - cells.wall) / np.float32(_MEMBRANE), 0, 1)
    grey -= edge * (grey - np.float32(70))
    if bodies is not None:
        _draw_somata(grey, bodies, grain, blobs)
    grey += light
    vessel = _vessels(box)
    if vessel is not None:
        grey[vessel < _WALL] = 96
        grey[vessel < _VESSEL] = 214
    grey += _film(box)
    grey8: npt.NDArray[np.uint8] = np.clip(grey, 0, 255).astype(np.uint8)
    return grey8


def labels(box: Box) -> npt.NDArray[np.uint64]:
    """Cell ids, z y x; 0 inside vessels."""
    keys = _neuropil(box).keys
    bodies = somata(box)
    if bodies is not None:
        keys = np.where(bodies.depth < 1, bodies.keys, keys)
    ids = mix(keys)
    vessel = _vessels(box)
    if vessel is not None:
        ids[vessel < _WALL] = 0
    return ids


def _neuropil(box: Box) -> _Neuropil:
    near, away = [], []
    for axis, size in enumerate(CELL_ZYX):
        place, _ = field(box, 1 + axis, _WARP)
        place += (box.axis(axis) / size).astype(np.float32)
        whole = np.rint(place)
        place -= whole
        near.append(whole)
        away.append(place)
    # The lattice is that of the whole numbers and that of the halves. u: distance to the nearest
    # whole one along each axis; the nearest half one is 0.5 - u away. So Σu² > Σ(0.5 - u)²
    # exactly where Σu > 0.75, and that plane is the face between the two.
    u = [np.abs(one) for one in away]
    total = u[0] + u[1] + u[2]
    half = total > np.float32(0.75)
    wall = np.where(
        half,
        np.minimum(np.minimum(u[0], u[1]), u[2]),
        np.float32(0.5) - np.maximum(np.maximum(u[0], u[1]), u[2]),
    )
    np.minimum(wall, np.abs(total - np.float32(0.75)) * np.float32(3**-0.5), out=wall)
    keys = np.zeros(box.shape, np.uint64)
    for whole, offset in zip(near, away, strict=True):
        # doubled coordinates; 64 keeps what the warp moves below 0 positive
        twice = (whole * 2 + np.where(offset < 0, -1, 1).astype(np.float32) * half + 64).astype(
            np.int32
        )
        keys <<= np.uint64(18)
        keys |= twice.astype(np.uint64)
    return _Neuropil(keys=keys, wall=wall)


def _draw_somata(grey: Floats, bodies: Somata, grain: Floats, blobs: Floats) -> None:
    inside, depth = bodies.depth < 1, bodies.depth
    grey[inside] = (np.float32(150) + grain - np.float32(40) * (blobs > 0.95))[inside]
    nucleus = depth < 0.42
    grey[nucleus] = (np.float32(172) + grain - np.float32(26) * (blobs > 0.35))[nucleus]
    grey[np.abs(depth - np.float32(0.42)) < bodies.rim] = 84
    grey[inside & (depth > 1 - 2 * bodies.rim)] = 62


def _vessels(box: Box) -> Floats | None:
    """Square of the distance to the axis of a vessel, or None where there is surely none.

    Two smooth fields vanish together along lines in space; these are the vessels.
    """
    octaves = ((7_000, 0.5), (1_500, 0.03))
    square: Floats | None = None
    for seed in (21, 22):
        values, (low, high) = field(box, seed, octaves)
        if max(low, -high) > _SURELY_OUTSIDE:
            return None
        values *= values
        square = values if square is None else np.add(square, values, out=square)
    return square


def _film(box: Box) -> Floats:
    """Noise of the detector: another value for every voxel, -12 to 12, bell-shaped."""
    z, y, x = (mix(box.axis(n).astype(np.uint64) + np.uint64((n + 1) << 20)) for n in range(3))
    bits = (z + y).astype(np.uint32) + x.astype(np.uint32)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0x2C1B3C6D)
    bits ^= bits >> np.uint32(12)
    bits *= np.uint32(0x297A2D39)
    bits ^= bits >> np.uint32(15)
    both = (bits & np.uint32(0xFFFF)).astype(np.float32) + (bits >> np.uint32(16)).astype(
        np.float32
    )
    return both * np.float32(12 / 65536) - np.float32(12)
