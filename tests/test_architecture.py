"""The shape of the code: which way imports go, who may do I/O, how long a file may grow."""

import ast
from pathlib import Path

import pytest

import nb_remote

SOURCE = Path(__file__).resolve().parent.parent / "src" / "nb_remote"

# The order in which data travels. A module imports from its own line and the lines before it.
LAYERS = (
    (
        "__version__",
        "redact",
        "short_traceback",
        "errors",
        "nesting",
        "priority",
        "switching",
        "batches",
        "sharing",
        "threads",
    ),
    ("location",),
    ("store",),
    ("codecs",),
    ("chunks",),
    ("containers",),
    ("dialects",),
    ("infer",),
    ("datasource",),
    ("recipe",),
    ("arrays", "layer"),
    ("tiles",),
    ("to_neuroglancer",),
    ("dataset", "summary", "summary_html"),
    ("widget",),
    ("explore",),
    ("diagnosis",),
    ("form",),
    ("samples",),
    ("cli_credentials", "cli", "__init__"),
)

# (importer, imported): steps against that order, each with its reason
AGAINST_THE_ORDER = {
    ("tiles", "widget.protocol"): "the scene and the messages are a document that tiles fill in",
    ("dataset", "widget.view"): "`Dataset.view()` makes the widget, once it is called",
}

# Only these may touch the network; others ask a store.
NETWORK = {"aiohttp", "fsspec", "gcsfs", "http", "requests", "s3fs", "socket", "urllib.request"}
MAY_USE_NETWORK = ("store", "samples")

LONG_LINES = 300
LONGEST_LINES = 500
LONG_MODULES: dict[str, str] = {}  # path below nb_remote: why it is in one piece

PUBLIC_API = {
    "AccessDenied",
    "AddRemoteDataset",
    "BadCredentials",
    "BadDatasource",
    "BadMetadata",
    "BasicAuth",
    "BearerToken",
    "CorruptChunk",
    "DataSource",
    "Dataset",
    "Diagnosis",
    "GcsCredentials",
    "HttpHeaders",
    "InvalidAddress",
    "InvalidCorrection",
    "Layer",
    "NbRemoteError",
    "NeuroglancerState",
    "NotFound",
    "NotRecognised",
    "ProvidedCredentials",
    "S3Credentials",
    "ServerFailed",
    "Throttled",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "UnsupportedCodec",
    "diagnose",
    "open",
    "register_credentials",
    "samples",
}


def modules():
    return sorted(SOURCE.rglob("*.py"))


def place(path):
    """Return the dotted name of a module below nb_remote, packages as their own name."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def statements(node):
    """Yield what a module runs, in functions too; names for annotations alone are not run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from statements(child)


def imports(path):
    """Yield the full names that a module imports, wherever in the file it does."""
    package = ["nb_remote", *path.relative_to(SOURCE).parts[:-1]]
    for node in statements(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{source}.{name.name}" for name in node.names)


def rank(name):
    top = name.split(".")[0]
    for number, layer in enumerate(LAYERS):
        if top in layer:
            return number
    raise AssertionError(f"{top} has no place in LAYERS: say where in the order it stands")


def is_allowed(importer, imported):
    known = (importer.split(".")[0], ".".join(imported.split(".")[:2]))
    return rank(imported) <= rank(importer) or known in AGAINST_THE_ORDER


def test_imports_go_one_way():
    wrong = [
        f"{place(path)} imports {name}"
        for path in modules()
        for name in imports(path)
        if name.split(".")[0] == "nb_remote"
        and not is_allowed(place(path), name.removeprefix("nb_remote").lstrip(".") or "__init__")
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_store_reaches_the_network():
    wrong = [
        f"{place(path)} imports {name}"
        for path in modules()
        if place(path).split(".")[0] not in MAY_USE_NETWORK
        for name in imports(path)
        if any(name == library or name.startswith(f"{library}.") for library in NETWORK)
    ]
    assert not wrong, "\n".join(wrong)


def test_modules_stay_readable():
    lengths = {
        str(path.relative_to(SOURCE)): len(path.read_text().splitlines()) for path in modules()
    }
    long = {name for name, lines in lengths.items() if lines > LONG_LINES}
    assert not {name for name in long if lengths[name] > LONGEST_LINES}
    assert not long - set(LONG_MODULES), "cut it, or say in LONG_MODULES why it is in one piece"
    assert not set(LONG_MODULES) - long, "short again: take it out of LONG_MODULES"


def test_public_api():
    assert set(nb_remote.__all__) == PUBLIC_API
    assert [name for name in nb_remote.__all__ if not hasattr(nb_remote, name)] == []


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("chunks.reader", "codecs.base", True),
        ("codecs.zstd", "chunks.reader", False),
        ("store.base", "store.http", True),
        ("tiles.scheduler", "widget.protocol.Want", True),
        ("tiles.scheduler", "widget.canvas", False),
        ("arrays.dask", "widget.protocol", False),
        ("cli", "__init__.open", True),
        ("widget.form", "explore", False),
    ],
)
def test_the_order_check_itself(importer, imported, allowed):
    assert is_allowed(importer, imported) is allowed
