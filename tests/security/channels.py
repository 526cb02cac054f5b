"""Everything by which something leaves the kernel."""

import io
import json
import logging
import pickle
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict
from typing import Any

import cloudpickle
import nbformat
from ipywidgets.embed import dependency_state
from tests.security.kinds import Planted

import nb_remote as nbr
from nb_remote import cli
from nb_remote.errors import NbRemoteError
from nb_remote.location.parse import parse_address

# none that may pass: what is said after more tries is said after one
FAULTS = ("401", "404", "login200", "garbage", "redirloop")


def shown(case: Planted) -> str:
    """What a cell shows of every object that a person gets hold of."""
    dataset = case.open()
    layer = dataset.layers[0]
    level = layer.levels[0]
    objects: list[Any] = [
        *(dataset, layer, level, layer.inferred, layer.source, layer.source.store),
        *(layer.source.meter, layer.source.location, dataset.datasource, dataset.space),
        *(case.credentials, level.layout, level.dask(), level.dask().name, dataset.view()),
    ]
    with suppress(NbRemoteError):
        objects += [parse_address(case.address), parse_address(case.address).credentials]
    texts = [form(one) for one in objects for form in (repr, str, format)]
    texts += [one._repr_html_() for one in objects if hasattr(one, "_repr_html_")]
    texts += [repr(one._repr_mimebundle_()) for one in objects if hasattr(one, "_repr_mimebundle_")]
    return "\n".join(texts)


def exported(case: Planted) -> str:
    """The JSON for WEBKNOSSOS, from the dataset and from the form."""
    with _form(case) as form:
        return f"{case.open().datasource.json()} {form._json}"


def page(case: Planted) -> str:
    """What the page is told: the traits of view and form, and everything sent beside them."""
    sent: list[Any] = []
    view = case.open().view()
    with _form(case) as form:
        for widget in (view, form):
            widget.send = lambda content, buffers=None: sent.append((content, buffers))
        view._handle_custom_msg({"kind": "unheard of", "rid": 1}, [])
        form._handle_custom_msg({"kind": "add", "rid": 1, "address": "nonsense"}, [])
        states = [_state(view), _state(form), asdict(form._session.state()), sent]
        return repr(states)


def notebook(case: Planted) -> str:
    """A notebook that is saved with view and form, and the state of their widgets."""
    view = case.open().view()
    with _form(case) as form:
        outputs = [
            nbformat.v4.new_output("display_data", data=_data_of(one._repr_mimebundle_()))
            for one in (view, form)
        ]
        document = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("view", outputs=outputs)]
        )
        state = dependency_state([view, form], drop_defaults=False)
        for one in state.values():  # the bundle, which is the same for all
            one["state"].pop("_esm", None)
            one["state"].pop("_css", None)
        document.metadata["widgets"] = {
            "application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2}
        }
        return json.dumps(document, default=repr)


def errors(case: Planted) -> str:
    """What is shown of failures: message, traceback, IPython's own form, pickled for a worker."""
    texts = []
    level = case.open().layers[0].levels[0]
    failing = [(fault, reads) for fault in FAULTS for reads in (case.open, lambda: level[0])]
    for fault, reads in [*failing, ("hang", lambda: case.open(timeout=0.2))]:
        case.server.fail("*", fault)
        try:
            reads()
        except NbRemoteError as error:
            texts += [str(error), repr(error), repr(error.info), repr(error.__dict__)]
            texts += traceback.format_exception(error)
            texts += error._render_traceback_()
            texts.append(repr(pickle.dumps(error)))
        case.server.heal()
    return "\n".join(texts)


def logs(case: Planted) -> str:
    """What every logger says at its most talkative, while all goes well and while it fails."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.Formatter("%(name)s %(pathname)s %(message)s %(args)r"))
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] != "faker"]
    loggers = [logging.root, *map(logging.getLogger, names)]
    levels = [one.level for one in loggers]
    logging.root.addHandler(handler)
    try:
        for one in loggers:
            one.setLevel(logging.DEBUG)
        logging.getLogger("test").debug("listening")
        _use(case)
    finally:
        logging.root.removeHandler(handler)
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
    assert "listening" in told.getvalue()
    return told.getvalue()


def warned(case: Planted) -> str:
    """Warnings of Python."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _use(case)
    return "\n".join(str(one.message) for one in caught)


def printed(case: Planted) -> str:
    """What is written to the terminal, also by ``nb-remote inspect``."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        _use(case)
        for words in ([], ["--json"]):
            cli.main(["inspect", case.address, *words])
        case.server.fail("*", "403")
        cli.main(["inspect", case.address])
        case.server.heal()
    return out.getvalue() + err.getvalue()


def diagnosed(case: Planted) -> str:
    """What a diagnosis says, of what opens and of what doesn't."""
    texts = []
    for fault in ("", "401", "login200"):
        if fault:
            case.server.fail("*", fault)
        found = nbr.diagnose(case.address, credentials=case.credentials)
        texts += [repr(found), str(found), found._repr_html_()]
        case.server.heal()
    return "\n".join(texts)


def pickled(case: Planted) -> bytes:
    """What is sent to other processes: objects, and the graphs that dask computes there."""
    dataset = case.open()
    layer = dataset.layers[0]
    level = layer.levels[0]
    things = [dataset, layer, level, layer.source, case.credentials, level.dask(),
              level.dask().__dask_graph__(), layer.source.location, dataset.datasource]  # fmt: skip
    parts = []
    for thing in things:
        for dumps in (pickle.dumps, cloudpickle.dumps):
            try:
                parts.append(dumps(thing))
            except Exception as refused:  # noqa: BLE001  (whatever it says is looked through, too)
                parts.append(repr(refused).encode())
    return b"\n".join(parts)


CHANNELS: dict[str, Callable[[Planted], str | bytes]] = {
    one.__name__: one
    for one in (shown, exported, page, notebook, errors, logs, warned, printed, diagnosed, pickled)
}


class _form:  # noqa: N801  (used as a function)
    """A form that has found the volume and imported it."""

    def __init__(self, case: Planted) -> None:
        self._form = nbr.AddRemoteDataset(case.address, credentials=case.credentials)

    def __enter__(self) -> Any:
        from tests.form.conftest import FormPage

        page = FormPage(self._form)
        page.until(lambda: page.statuses == ["found"])
        return self._form

    def __exit__(self, *_: object) -> None:
        self._form.close()


def _use(case: Planted) -> None:
    dataset = case.open()
    dataset.layers[0].levels[0][0]
    dataset.view().close()
    for fault in ("401", "login200", "garbage"):
        case.server.fail("*", fault)
        with suppress(NbRemoteError):
            case.open()
        case.server.heal()


def _state(widget: Any) -> dict[str, Any]:
    state = {name: getattr(widget, name) for name in widget.trait_names() if name != "comm"}
    return {name: value for name, value in state.items() if name not in ("_esm", "_css", "log")}


def _data_of(bundle: Any) -> dict[str, Any]:
    return dict(bundle[0] if isinstance(bundle, tuple) else bundle)
