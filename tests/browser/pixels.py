"""Reads a canvas back and says which voxel value each point should show.

Independent of the front end: only the documented meaning of the traits is used. `position` is the
point at the centre of the canvas, `zoom` the CSS pixels per voxel along the finest axis.
"""

import numpy as np

_READ = """canvas => {
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d');
    context.drawImage(canvas, 0, 0);
    const data = context.getImageData(0, 0, copy.width, copy.height).data;
    let text = '';
    for (let i = 0; i < data.length; i += 32768)
        text += String.fromCharCode(...data.subarray(i, i + 32768));
    return [copy.width, copy.height, canvas.clientWidth, canvas.clientHeight, btoa(text)];
}"""


class Picture:
    """What a canvas shows: RGB, and its size in CSS pixels."""

    def __init__(self, canvas):
        import base64

        width, height, css_width, css_height, data = canvas.evaluate(_READ)
        rgba = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)
        self.rgb = rgba[..., :3].astype(int)
        self.css_size = (css_width, css_height)
        self.ratio = (width / css_width, height / css_height)

    def at_voxels(self, shape_yx, position_xy, zoom_xy, factor_xy=(1, 1), offset_xy=(0, 0)):
        """Return the RGB at the centre of every voxel of a plane, shape (y, x, 3).

        All of them must lie on the canvas.
        """
        columns = self._pixels(0, shape_yx[1], position_xy, zoom_xy, factor_xy, offset_xy)
        rows = self._pixels(1, shape_yx[0], position_xy, zoom_xy, factor_xy, offset_xy)
        assert columns.min() >= 0, "the plane leaves the canvas on the left"
        assert rows.min() >= 0, "the plane leaves the canvas at the top"
        return self.rgb[np.ix_(rows, columns)]

    def _pixels(self, axis, count, position, zoom, factor, offset):
        centres = (np.arange(count) + 0.5) * factor[axis] + offset[axis]
        css = self.css_size[axis] / 2 + (centres - position[axis]) * zoom[axis]
        return np.floor(css * self.ratio[axis]).astype(int)


def gray(voxels, limits):
    """Return the gray value that contrast limits give, shape of `voxels`."""
    low, high = limits
    return np.clip((voxels.astype(np.float64) - low) / (high - low) * 255, 0, 255)


def same_gray(rgb, voxels, limits):
    """Whether every voxel shows its own gray, to within rounding."""
    wanted = gray(voxels, limits)[..., np.newaxis]
    return rgb.shape[:2] == voxels.shape and bool((np.abs(rgb - wanted) <= 1).all())


def share_alike(rgb, voxels, limits):
    """Return the share of voxels that show the gray of `voxels` (0 to 1)."""
    wanted = gray(voxels, limits)[..., np.newaxis]
    return float((np.abs(rgb - wanted) <= 1).all(axis=-1).mean())
