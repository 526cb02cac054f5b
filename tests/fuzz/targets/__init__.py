"""All that is fuzzed, by name."""

from tests.fuzz.target import Target
from tests.fuzz.targets.archives import ARCHIVES
from tests.fuzz.targets.chunks import CHUNKS
from tests.fuzz.targets.codecs import CODECS
from tests.fuzz.targets.documents import DOCUMENTS
from tests.fuzz.targets.encodings import ENCODINGS
from tests.fuzz.targets.indexes import INDEXES
from tests.fuzz.targets.listings import LISTINGS
from tests.fuzz.targets.pictures import PICTURES
from tests.fuzz.targets.shaped import SHAPED
from tests.fuzz.targets.texts import TEXTS

_ALL = (
    *(CODECS, SHAPED, PICTURES, ENCODINGS),
    *(CHUNKS, INDEXES, ARCHIVES),
    *(DOCUMENTS, LISTINGS, TEXTS),
)
TARGETS: dict[str, Target] = {target.name: target for some in _ALL for target in some}
