"""A property of a layer is corrected, confirmed or taken back."""

from nb_remote.errors import InvalidCorrection
from nb_remote.form.assembled import Assembled
from nb_remote.form.editable import without
from nb_remote.form.entries import Entry
from nb_remote.form.messages import CorrectMessage
from nb_remote.form.refused import Refused
from nb_remote.form.typed import correction_typed
from nb_remote.infer.correction import Correction
from nb_remote.layer import Layer


def correct(entry: Entry, message: CorrectMessage, assembled: Assembled | None) -> None:
    """Do what a person said of one property.

    Raises
    ------
    Refused
        It can't be so; the layer stays as it is.
    """
    number = message.layer
    layer = None if assembled is None else assembled.layer((entry.number, number))
    if layer is None or assembled is None:
        raise Refused(InvalidCorrection("this layer can't be read, or is gone"), "layer")
    said = entry.correction(number)
    try:
        if not message.value:
            entry.correct(number, without(said, message.field, message.channel))
            return
        _refuse_name_of_another(layer, message, assembled)
        more = correction_typed(layer, message.field, message.channel, message.value)
        entry.correct(number, _still_fitting(said, more).then(more))
    except InvalidCorrection as problem:
        raise Refused(problem, "layer", entry.number) from None


def _refuse_name_of_another(layer: Layer, message: CorrectMessage, assembled: Assembled) -> None:
    name = message.value[0].strip() if message.field == "name" else ""
    broken = [one.name for one in assembled.dataset.broken]
    others = [one.name for one in assembled.dataset.layers if one is not layer]
    if name and name in (*others, *broken):
        raise InvalidCorrection(f"another layer is called {name!r} already", field="name")


def _still_fitting(said: Correction, more: Correction) -> Correction:
    """Return what was said before without that which another category or other axes leave void."""
    void: tuple[str, ...] = ()
    if more.category is not None:
        image = ("contrast_limits", "colors", "visible", "inverted", "is_rgb")
        void = ("largest_segment_id",) if more.category == "color" else image
    if more.axes is not None and more.axes != said.axes:
        void = ("bounding_box", "translation_xyz", "mags", "contrast_limits", "colors", "is_rgb")
    return Correction(**{name: one for name, one in said.given.items() if name not in void})
