import pytest
from tests.volumes.documents import PATH, files

import nb_remote


@pytest.fixture
def open_documents(serve):
    """``open_documents(image)`` serves documents and opens them; ``.server`` has the record."""

    def open_(image, **options):
        open_.server = serve(files(image))
        return nb_remote.open(open_.server.url_of(PATH), **options)

    return open_
