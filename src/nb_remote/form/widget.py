"""The form as a widget: traits for people, messages for its page."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from dataclasses import asdict
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from ipywidgets import widget_serialization

from nb_remote.dataset import Dataset
from nb_remote.explore import Patience
from nb_remote.form.assembled import Assembled
from nb_remote.form.incoming import parse_message
from nb_remote.form.previewed import view_of
from nb_remote.form.protocol import FormMessage, FormState
from nb_remote.form.python_name import name_in_notebook
from nb_remote.form.session import FormSession
from nb_remote.form.waiting import refuse_to_wait_in_vain, wait_for_trait
from nb_remote.form.what import given
from nb_remote.location.given import GivenCredentials
from nb_remote.threads import io_loop
from nb_remote.widget import view as view_module
from nb_remote.widget.kernel_comm import answer_on_the_asking_subshell

log = logging.getLogger("nb_remote.form")

_STATIC = Path(view_module.__file__).parent / "static"


class AddRemoteDataset(anywidget.AnyWidget):
    """A form that makes a dataset of remote volumes: add layers, look at them, import.

    Shows what lies at each address and how that is known, or what was tried and why it is nothing
    that can be read; beside it the live canvas and the WEBKNOSSOS JSON. Every property of a layer
    can be corrected or confirmed, in its card or in the JSON. *Import* freezes `dataset`. Nothing
    is written anywhere.

    Parameters
    ----------
    *addresses
        Added at once, as if they had been pasted; see `nb_remote.open` for what is understood. A
        `pathlib.Path` opens what lies on this machine, which nothing pasted does.
    credentials
        For `addresses`, as `nb_remote.open` takes them.
    trusted_hosts
        As for `nb_remote.open`: hosts that are not public, to which data may lead.
    name
        What to call the dataset; by default what the first address suggests.
    timeout
        Seconds until a server that does not answer is given up; by default 8 without a byte.

    Raises
    ------
    InvalidAddress
        One of `addresses` is not an address that can be read.

    Attributes
    ----------
    dataset : Dataset or None
        The imported dataset; None until *Import* is pressed. ``await form.imported()`` waits for
        it in a cell. Can be observed: ``form.observe(print, "dataset")``. Observers are called in a
        thread of their own.
    name : str
        The dataset's name as the person or Python set it.

    Examples
    --------
    >>> form = nb_remote.AddRemoteDataset()  # doctest: +SKIP
    >>> form  # doctest: +SKIP
    >>> form.dataset  # after Import  # doctest: +SKIP
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    _kind = traitlets.Unicode("form").tag(sync=True)
    _comm_id = traitlets.Unicode("").tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    _json = traitlets.Unicode("").tag(sync=True)
    _code = traitlets.Unicode("").tag(sync=True)
    _view = traitlets.Instance(view_module.View, allow_none=True).tag(
        sync=True, **widget_serialization
    )
    dataset = traitlets.Instance(Dataset, allow_none=True, read_only=True)
    name = traitlets.Unicode("")

    def __init__(
        self,
        *addresses: str | PathLike[str],
        credentials: GivenCredentials = None,
        trusted_hosts: Iterable[str] = (),
        name: str = "",
        timeout: float | None = None,
    ) -> None:
        parsed = given(addresses, credentials)
        self._assembled: Assembled | None = None
        self._session = FormSession(self, Patience.of(timeout, trusted_hosts))
        # Complete before the comm opens, so that the page never sees half a state.
        super().__init__(_state=asdict(self._session.state()))
        self.on_msg(self._on_message)
        self.name = name
        if parsed:
            io_loop().call_soon_threadsafe(self._session.begin, parsed)

    async def imported(self, timeout: float | None = None) -> Dataset:  # noqa: ASYNC109  (people write it so)
        """Wait until *Import* is pressed, and return the dataset: ``ds = await form.imported()``.

        A cell that waits so leaves the form working, in JupyterLab 4.4 and ipykernel 7 or newer.

        Parameters
        ----------
        timeout
            Seconds after which to give up; by default never.

        Raises
        ------
        TimeoutError
            Nothing was imported within `timeout` seconds.
        NbRemoteError
            The kernel hears the form only between cells.
        """
        if self.dataset is None:
            refuse_to_wait_in_vain()
        try:
            dataset = await wait_for_trait(self, "dataset", timeout)
        except TimeoutError:
            raise TimeoutError(
                f"nothing was imported within {timeout:g} s: press Import in the form, then run "
                "this cell again"
            ) from None
        assert isinstance(dataset, Dataset)  # noqa: S101  (as the trait is declared)
        return dataset

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore state that the page sends: it has messages instead."""
        if sync_data:
            log.warning("the form's page may not set %s", ", ".join(map(repr, sync_data)))

    def close(self) -> None:
        """Close the form: nothing is looked at any more, and its canvas ends."""
        session = getattr(self, "_session", None)
        if session is not None and not io_loop().is_closed():
            io_loop().call_soon_threadsafe(session.close)
        if self._view is not None:
            self._view.close()
        super().close()

    @traitlets.observe("comm")
    def _new_comm(self, change: traitlets.Bunch) -> None:
        answer_on_the_asking_subshell(change.new)
        if change.new is not None:
            # The page asks for a subshell of this comm's own by this name.
            self._comm_id = change.new.comm_id

    @traitlets.observe("name")
    def _renamed(self, change: traitlets.Bunch) -> None:
        io_loop().call_soon_threadsafe(self._session.rename, change.new)

    # The session calls these on the IO loop.

    def show(self, state: FormState) -> None:
        """Show a state."""
        self._state = asdict(state)

    def show_dataset(self, assembled: Assembled | None) -> None:
        """Show a dataset that is not imported yet."""
        before = self._view
        self._view = None if assembled is None else view_of(assembled, before, self._assembled)
        if before is not None and before is not self._view:
            before.close()
        self._assembled = assembled
        self._json = "" if assembled is None else assembled.dataset.datasource.json()
        self._code = "" if assembled is None else assembled.dataset.python()

    def finish(self, dataset: Dataset) -> Awaitable[None]:
        """Hand the dataset to Python, away from the loop: observers may take their time."""
        return asyncio.to_thread(self._finish, dataset)

    def _finish(self, dataset: Dataset) -> None:
        self.name = dataset.name
        self.set_trait("dataset", dataset)

    @traitlets.observe("dataset")
    def _has_imported(self, _change: traitlets.Bunch) -> None:
        # Made with the class, so this observer comes before anybody's own and the page need not
        # wait for those.
        line = f"ds = {name_in_notebook(self, 'form')}.dataset"
        io_loop().call_soon_threadsafe(self._session.finished, line)

    # The shell calls this on its own thread, where it must return at once.

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        try:
            message = parse_message(content)
        except ValueError as error:
            log.warning("a message of the form's page was refused: %s", error)
            return
        # The loop goes on in this context, so that answers belong to the request.
        io_loop().call_soon_threadsafe(self._take, message)

    def _take(self, message: FormMessage) -> None:
        try:
            self._session.take(message)
        except Exception as error:  # noqa: BLE001  (the loop would swallow it)
            self._session.failed(message.rid, error)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401  (anywidget has its own types)
        """Show the form; where no kernel runs, say what it was."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/html": self._fallback()}, metadata

    def _fallback(self) -> str:
        entries = self._state.get("entries", ())
        rows = "".join(f"<li><code>{escape(entry['where'])}</code></li>" for entry in entries)
        return (
            "<p><b>nb-remote: add a remote dataset.</b> This form needs a running kernel: "
            f"run its cell again.</p>{f'<ul>{rows}</ul>' if rows else ''}"
        )

    def __repr__(self) -> str:
        if self.dataset is None:
            return "<AddRemoteDataset: nothing imported yet>"
        return f"<AddRemoteDataset: imported {self.dataset.name!r}>"
