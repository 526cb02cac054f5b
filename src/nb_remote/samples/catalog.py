"""The samples there are: what each shows, what it needs, and whom to cite."""

import difflib
import importlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar

from nb_remote.samples import procedural

REVISION = 1
"""Counts up when a writer changes what it writes, so that older copies are left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One dataset that can be served from an installed package."""

    name: str
    """Name in `nb_remote.samples.url`; its module in this package has the same."""
    package: str
    """Distribution that carries the data."""
    citation: str
    """Where the data come from and how to cite them."""

    @property
    def address(self) -> str:
        """Where the image lies below the address of the server."""
        return f"{self.name}.zarr"

    @property
    def place(self) -> str:
        """Where the image lies below the cache folder; another place for other data or writers.

        Raises
        ------
        ModuleNotFoundError
            If the package that carries the data is not installed.
        """
        try:
            return f"{self.package}-{version(self.package)}-r{REVISION}/{self.name}.zarr"
        except PackageNotFoundError:
            raise ModuleNotFoundError(
                f"The sample {self.name!r} is read from the package {self.package}, which is not "
                'installed. Install it with: pip install "nb-remote[demo]"',
                name=self.package,
            ) from None

    def write(self, folder: Path) -> None:
        """Write the sample as a new OME-Zarr folder."""
        importlib.import_module(f"nb_remote.samples.{self.name}").write(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A dataset that is computed by the server while it is read; nothing is written."""

    size: int = procedural.LARGEST
    """Voxels along each side."""
    name: ClassVar[str] = "procedural"
    citation: ClassVar[str] = (
        "Procedural tissue, computed by nb_remote.samples.tissue from the coordinates of each "
        "voxel: no measurement, and nothing to cite.\n"
        "Licence: that of nb-remote."
    )

    @property
    def address(self) -> str:
        """Where the image lies below the address of the server."""
        return procedural.address(self.size)


SAMPLES = (
    Sample(
        name="brain",
        package="nilearn",
        citation=(
            "MNI ICBM 152 (2009, release a) nonlinear symmetric T1 template, skull-stripped, 1 mm, "
            "with its grey- and white-matter maps, as carried by the package nilearn "
            "(nilearn.datasets.load_mni152_template and its siblings, files "
            "mni_icbm152_*_tal_nlin_sym_09a_converted.nii.gz; "
            "http://www.bic.mni.mcgill.ca/ServicesAtlases/ICBM152NLin2009). The tissue labels are "
            "derived here from these maps.\n"
            "Cite: Fonov V., Evans A. C., Botteron K., Almli C. R., McKinstry R. C., Collins D. L. "
            "and the Brain Development Cooperative Group: Unbiased average age-appropriate atlases "
            "for pediatric studies. NeuroImage 54(1), 313-327 (2011); "
            "Fonov V. S., Evans A. C., McKinstry R. C., Almli C. R., Collins D. L.: Unbiased "
            "nonlinear average age-appropriate brain templates from birth to adulthood. "
            "NeuroImage 47, Supplement 1, S102 (2009).\n"
            "Licence: nilearn's description of the template says 'unknown'."
        ),
    ),
    Sample(
        name="histology",
        package="scikit-image",
        citation=(
            "Immunohistochemical staining (DAB) of colonic glands, showing the expression of the "
            "FHL2 protein, with hematoxylin counterstaining, as carried by the package "
            "scikit-image (skimage.data.immunohistochemistry, file ihc.png).\n"
            "Acquired at the Center for Microscopy And Molecular Imaging (CMMI).\n"
            "Licence: no known copyright restrictions, as scikit-image's documentation says."
        ),
    ),
)


def names() -> tuple[str, ...]:
    """Names of all samples, written and computed."""
    return (*(sample.name for sample in SAMPLES), Computed.name)


def find(name: str) -> Sample | Computed:
    """Return the sample called `name`; a name that does not exist lists those that do."""
    if name == Computed.name:
        return Computed()
    return find_written(name)


def find_written(name: str) -> Sample:
    """Return a sample that is written to a folder."""
    for sample in SAMPLES:
        if sample.name == name:
            return sample
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"There is no sample {name!r}; there are {', '.join(names())}.{hint}")
