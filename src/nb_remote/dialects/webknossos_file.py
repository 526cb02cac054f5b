"""A datasource in a file of any name: its address leads to the file, not to a folder."""

from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.webknossos import WebknossosDataset
from nb_remote.errors import BadMetadata, NbRemoteError
from nb_remote.location.location import Location
from nb_remote.store.base import Store
from nb_remote.store.json_document import WEB_PAGE, read_json

_ENDING = ".json"


def is_json_file(location: Location) -> bool:
    """Whether an address looks like that of a JSON file; those in zip files are not looked for."""
    return location.path.lower().endswith(_ENDING) and location.zip_path is None


async def datasource_in(store: Store, name: str) -> Documents | None:
    """Return the documents of a folder whose datasource has another name than usual.

    Parameters
    ----------
    store
        The folder.
    name
        Of the file in it.

    Returns
    -------
    Documents | None
        For `explore_file`; None where there is no such file, or it is something else.

    Raises
    ------
    BadMetadata
        It is a file, but no JSON.
    """
    try:
        document = await read_json(store, name)
    except BadMetadata as problem:
        if problem.text == WEB_PAGE:  # some servers answer so for whatever is asked for
            return None
        raise
    except NbRemoteError:  # what lies at the address itself says more
        return None
    if not isinstance(document, dict) or "dataLayers" not in document:
        return None
    return Documents(store=store, found={name: document})


async def explore_file(documents: Documents) -> Found | None:
    """Return what a datasource of any name describes."""
    (name,) = documents.found
    found = await WebknossosDataset(probes=(name,)).explore(documents)
    return found if isinstance(found, Found) else None
