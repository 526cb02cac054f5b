"""Real images to try nb-remote on, without internet: read from installed packages, served locally.

>>> from nb_remote import samples
>>> samples.names()
('brain', 'histology')

`url` gives the address of a sample as an OME-Zarr on a small server of 127.0.0.1 that
runs in a process of its own and ends with this one. Nothing is downloaded: the images
come from packages that ``pip install "nb-remote[demo]"`` installs, and each is written
once into the user's cache folder. `cite` says where an image comes from.
"""

from nb_remote.samples import catalog, process

__all__ = ["cite", "names", "url"]


def url(name: str) -> str:
    """Address of a sample; its server is started on first use.

    Parameters
    ----------
    name
        One of `names`.

    Raises
    ------
    ModuleNotFoundError
        If the package that carries the image is not installed.
    """
    return process.url(catalog.find(name))


def names() -> tuple[str, ...]:
    """Names of the samples."""
    return tuple(sample.name for sample in catalog.SAMPLES)


def cite(name: str) -> str:
    """Where a sample comes from, its licence, and how to cite it."""
    return catalog.find(name).citation
