"""The slice canvas: traits for people, messages for the page."""

import contextvars
import difflib
import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import traitlets

from nb_remote.dataset import Dataset
from nb_remote.datasource.neuroglancer.exported import VIEWER, NeuroglancerState
from nb_remote.datasource.neuroglancer.first_view import first_traits, laid_over
from nb_remote.errors import ErrorInfo
from nb_remote.infer.channels import Limits
from nb_remote.threads import decode_pool, io_loop
from nb_remote.to_neuroglancer import state_of
from nb_remote.widget.incoming import parse_message
from nb_remote.widget.kernel_comm import (
    answer_on_the_asking_subshell,
    look_for_overlooked_requests,
)
from nb_remote.widget.protocol import CloseMessage, SnapshotMessage, Stats, ViewMessage
from nb_remote.widget.scene import ContrastRanges, build_scene
from nb_remote.widget.snapshot import Snapshots
from nb_remote.widget.stream import Stream
from nb_remote.widget.view_traits import MERGED, NORMAL, PUBLIC, ViewTraits

log = logging.getLogger("nb_remote.widget")

_STATIC = Path(__file__).parent / "static"


class View(ViewTraits):
    """A canvas that shows slices of a dataset and streams them while you look.

    Every trait but `hovered` is two-way: setting it changes the view, and a gesture in the view
    sets it when it rests. Traits that are dicts always name every layer (or axis), and setting
    one changes only what it names: ``view.opacity = {"cells": 0.2}``. Changing such a dict in
    place is not noticed. Made by `Dataset.view`.

    Parameters
    ----------
    dataset
        What to show.
    **traits
        Initial values of the traits below.

    Attributes
    ----------
    position : tuple of float
        Point at the centre of the canvas, x y z in dataset voxels (corner based: voxel 3 spans
        3.0 to 4.0). It stays when the plane changes.
    zoom : float or None
        CSS pixels per voxel along the dataset's finest axis. None stands for the zoom at which the
        bounding box fits the canvas, and becomes it when the view is shown.
    plane : str
        ``"xy"``, ``"xz"`` or ``"yz"`` (z to the right, y down).
    slice : int
        Dataset voxel along the axis the plane is cut along (z for xy, y for xz, x for yz); the
        whole part of that part of `position`.
    contrast_limits : dict
        Image layer name → one ``(low, high)`` per channel; None until measured. May be set to a
        single ``(low, high)`` for the first image.
    visible : dict
        Layer name → whether it is drawn.
    opacity : dict
        Layer name → 0 (clear) to 1; segmentations begin at 0.4.
    channels : dict
        Image layer name → per channel whether it is drawn. One bool sets all channels.
    colors : dict
        Image layer name → ``"#rrggbb"`` per channel. One color, also as ``(red, green, blue)`` up
        to 255, sets all channels.
    inverted : dict
        Image layer name → per channel whether low values are bright.
    extra_axes : dict
        Axis name → index on it, for axes like time; layers that share an axis move together.
    selected_segments : dict
        Segmentation layer name → selected ids as exact ints. The others are dimmed while a layer
        has a selection; 0 is the background and can't be selected. ``()`` clears a layer's.
    hovered : Hovered or None
        Read-only: position and exact value per layer under a pointer that rests on the canvas.
    height : int
        Height of the canvas in CSS pixels.

    Raises
    ------
    TypeError
        A keyword that is no trait.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    _scene = traitlets.Dict().tag(sync=True)
    _comm_id = traitlets.Unicode("").tag(sync=True)
    _snapshots_kept = traitlets.Bool(False).tag(sync=True)
    _problem = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)

    def __init__(self, dataset: Dataset, **traits: Any) -> None:  # noqa: ANN401  (traitlets checks)
        _refuse_unknown(traits)
        # Front-end state arrives on another thread than the cell's.
        self._lock = threading.RLock()
        self._dataset = dataset
        self._kept = {}
        self._contrast_ranges: ContrastRanges = {}
        self._context = contextvars.copy_context()
        self._stream = Stream(dataset.layers, self._send_tiles, self._on_sampled)
        self._snapshots = Snapshots([layer.name for layer in dataset.layers])
        # Complete before the comm opens, so that the page never sees half a state.
        named = [(layer.name, layer.inferred) for layer in dataset.layers]
        given = laid_over(first_traits(named, dataset.space), traits)
        super().__init__(_scene=self._build_scene(), **_initial_traits(dataset, given))
        self.on_msg(self._on_message)

    @property
    def dataset(self) -> Dataset:
        """What is shown."""
        return self._dataset

    @property
    def statistics(self) -> Stats:
        """What was asked of servers and sent to the page since the view was made."""
        return self._stream.stats()

    def neuroglancer_state(self, base: str = VIEWER) -> NeuroglancerState:
        """Return the state of Neuroglancer that shows what this view shows.

        Parameters
        ----------
        base
            Page of the viewer that is to show it; what it can't reach depends on it.
        """
        shown = {name: getattr(self, name) for name in PUBLIC}
        dataset = self._dataset
        return state_of(dataset.layers, dataset.space, dataset.broken, shown, base)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Apply state that the page sent, one thread at a time."""
        with self._lock:
            super().set_state(sync_data)

    def close(self) -> None:
        """Close the widget; nothing is read for it any more."""
        # ipywidgets closes what is collected, even a view whose making failed.
        stream = getattr(self, "_stream", None)
        if stream is not None and not io_loop().is_closed():
            io_loop().call_soon_threadsafe(stream.close)
        super().close()

    def _build_scene(self) -> dict[str, Any]:
        return asdict(build_scene(self._dataset, self._contrast_ranges))

    @traitlets.observe("comm")
    def _new_comm(self, change: traitlets.Bunch) -> None:
        answer_on_the_asking_subshell(change.new)
        look_for_overlooked_requests()
        if change.new is not None:
            # The page asks for a subshell of this comm's own by this name.
            self._comm_id = change.new.comm_id

    def _on_message(self, _widget: object, content: object, buffers: list[memoryview]) -> None:
        """Hand over to the IO loop: this runs on the shell's thread and must return at once."""
        try:
            message = parse_message(content)
        except ValueError as error:
            log.warning("a message of the page was refused: %s", error)
            return
        if isinstance(message, SnapshotMessage):
            keep = contextvars.copy_context().run
            decode_pool().submit(keep, self._snapshots.keep, message, buffers)
            return
        # Answers go out in the context of the request they answer.
        self._context = contextvars.copy_context()
        io_loop().call_soon_threadsafe(self._take, message)

    def _take(self, message: ViewMessage | CloseMessage) -> None:
        try:
            self._stream.take(message)
        except Exception as error:  # the loop would swallow it, and the canvas would stay empty
            log.exception("a message of the page could not be served")
            self._problem = asdict(
                ErrorInfo(
                    code="internal",
                    text=f"nb-remote failed to serve the view: {type(error).__name__}",
                    where="",
                    hint="This is a fault of nb-remote; the kernel's log has the details.",
                )
            )

    def _ipython_display_(self) -> None:
        """Be the output of a cell: the canvas, and the picture that is saved of it."""
        self._snapshots_kept = True
        self._snapshots.display(self.model_id, self._repr_mimebundle_())

    def _send_tiles(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self._context.copy().run(self.send, content, buffers)

    def _on_sampled(self, layer: int, channel: int, measured: tuple[Limits, Limits] | None) -> None:
        if measured is None:
            return
        limits, ends = measured
        self._contrast_ranges[layer, channel] = ends
        self._context.copy().run(self._show_sampled, layer, channel, limits)

    def _show_sampled(self, layer: int, channel: int, limits: Limits) -> None:
        name = self._dataset.layers[layer].name
        with self._lock, self.hold_sync():
            channels = list(self.contrast_limits[name])
            # What the person set meanwhile stays.
            if channels[channel] is None:
                channels[channel] = limits
                self.contrast_limits = {name: channels}
            self._scene = self._build_scene()

    def __repr__(self) -> str:
        names = ", ".join(layer.name for layer in self._dataset.layers)
        return f"<View of {names} at {tuple(round(one, 1) for one in self.position)}>"


def _initial_traits(dataset: Dataset, given: Mapping[str, Any]) -> dict[str, Any]:
    lower, upper = dataset.bounding_box
    middle = [(a + b) / 2 for a, b in zip(lower, upper, strict=True)]
    axis = NORMAL.get(str(given.get("plane", "xy")), 2)  # a wrong one is refused by the trait
    middle[axis] = given.get("slice", math.floor(middle[axis])) + 0.5
    traits = {"position": tuple(middle), **{name: {} for name in MERGED}, **given}
    traits["slice"] = math.floor(traits["position"][axis])
    return traits


def _refuse_unknown(traits: Mapping[str, Any]) -> None:
    for name in traits:
        if name not in PUBLIC:
            near = difflib.get_close_matches(name, PUBLIC)
            known = ", ".join(near or PUBLIC)
            raise TypeError(f"a view has no {name!r}; did you mean {known}?")
