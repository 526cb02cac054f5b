"""Images to try nb-remote on, without internet: read from installed packages, served locally.

>>> from nb_remote import samples
>>> samples.names()
('brain', 'histology', 'procedural')

`url` gives the address of a sample as an OME-Zarr on a small server of 127.0.0.1 that
runs in a process of its own and ends with this one. Nothing is downloaded: the images
come from packages that ``pip install "nb-remote[demo]"`` installs, and each is written
once into the user's cache folder. ``procedural`` is computed while it is read: tissue as in an
electron micrograph, 100 000³ voxels (10¹⁵) or fewer, with its cells as labels.
`cite` says where an image comes from.
"""

from nb_remote.samples import catalog, process

__all__ = ["cite", "names", "url"]


def url(name: str, *, size: int | None = None) -> str:
    """Address of a sample; its server is started on first use.

    Parameters
    ----------
    name
        One of `names`.
    size
        Only for ``procedural``: voxels along each side, up to 100 000, which is also the default.

    Raises
    ------
    ModuleNotFoundError
        If the package that carries the image is not installed.
    """
    sample = catalog.find(name)
    if size is not None:
        if not isinstance(sample, catalog.Computed):
            raise ValueError(f"only 'procedural' has a size to choose, {name!r} has its own")
        sample = catalog.Computed(size=size)
    return process.url(sample)


def names() -> tuple[str, ...]:
    """Names of the samples."""
    return catalog.names()


def cite(name: str) -> str:
    """Where a sample comes from, its licence, and how to cite it."""
    return catalog.find(name).citation
