"""What the volumes show. Shapes are z y x."""

import numpy as np

SHAPE = (192, 1280, 1280)


def em_like(shape, seed=1):
    """Return uint8 voxels: smooth structure and camera noise, hardly compressible like real EM."""
    rng = np.random.default_rng(seed)
    z, y, x = (np.arange(n, dtype="f4") for n in shape)
    volume = np.empty(shape, "u1")
    for index in range(shape[0]):
        wave = np.sin(x / 17 + z[index] / 9)[None, :] * np.cos(y / 23 - z[index] / 11)[:, None]
        noise = rng.normal(0, 12, shape[1:]).astype("f4")
        volume[index] = np.clip(128 + 60 * wave + noise, 0, 255)
    return volume


def label_like(shape, seed=1):
    """Return uint64 voxels: cells of about 20 voxels with slanted borders and large ids."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, 2**62, [n // 16 + 3 for n in shape], dtype="u8")
    z, y, x = (np.arange(n, dtype="f4") for n in shape)
    volume = np.empty(shape, "u8")
    for index in range(shape[0]):
        bend_y = (y[:, None] + 5 * np.sin(x / 31 + z[index] / 13)[None, :]) / 20
        bend_x = (x[None, :] + 5 * np.cos(y / 29 - z[index] / 17)[:, None]) / 20
        volume[index] = ids[int(z[index] / 20), bend_y.astype("i4"), bend_x.astype("i4")]
    return volume
