"""A dataset as an HTML table for notebooks: every value carries its origin."""

from html import escape
from typing import TYPE_CHECKING

from nb_remote.errors import NbRemoteError
from nb_remote.summary import Fact, dataset_title, layer_facts, layer_notes

if TYPE_CHECKING:
    from nb_remote.dataset import Dataset
    from nb_remote.layer import Layer

# JupyterLab's variables with fallbacks, so that the table reads in light, dark and elsewhere.
_STYLE = """
.nbr-table{border-collapse:collapse;margin:0;font-size:var(--jp-ui-font-size1,13px);
color:var(--jp-ui-font-color1,inherit)}
.nbr-table caption{caption-side:top;text-align:left;padding:2px 0 6px;white-space:nowrap}
.nbr-table th,.nbr-table td{text-align:left!important;vertical-align:top;padding:3px 14px 3px 0;
border:0;background:none!important;font-weight:normal}
.nbr-table thead th{font-weight:600;border-bottom:1px solid var(--jp-border-color2,#8886)}
.nbr-table tbody tr+tr td,.nbr-table tbody tr+tr th{
border-top:1px solid var(--jp-border-color3,#8883)}
.nbr-table tbody th{color:var(--jp-ui-font-color2,inherit);white-space:nowrap}
.nbr-origin{display:inline-block;font-size:10px;line-height:14px;padding:0 5px;margin-left:6px;
border-radius:7px;border:1px solid currentColor;opacity:.75;vertical-align:1px}
.nbr-origin-metadata{border-color:transparent;padding:0;opacity:.6}
.nbr-origin-assumed{color:var(--jp-warn-color1,#b26a00);opacity:1}
.nbr-origin-sampled,.nbr-origin-name{color:var(--jp-info-color1,#1976a8);opacity:1}
.nbr-origin-user{color:var(--jp-success-color1,#2e7d32);opacity:1}
.nbr-problem{color:var(--jp-error-color1,#c62828)}
.nbr-note{color:var(--jp-ui-font-color2,inherit);font-size:12px}
.nbr-url{color:var(--jp-ui-font-color2,inherit);font-family:var(--jp-code-font-family,monospace);
font-size:12px;overflow-wrap:anywhere}
.nbr-scroll{overflow-x:auto}
"""


def dataset_html(dataset: "Dataset") -> str:
    """Return the table: a column per layer, a row per property; everything is escaped."""
    layers = dataset.layers
    facts = [{fact.label: fact for fact in layer_facts(layer)} for layer in layers]
    labels = list(dict.fromkeys(label for column in facts for label in column))
    head = "".join(f'<th scope="col">{escape(layer.name)}</th>' for layer in layers)
    rows = [_row(label, [column.get(label) for column in facts]) for label in labels]
    rows.append(_cells("address", [_address(layer) for layer in layers]))
    notes = [layer_notes(layer) for layer in layers]
    if any(notes):
        rows.append(_cells("notes", [_notes(one) for one in notes]))
    if any(layer.problem for layer in layers):
        rows.append(_cells("can't be read", [_problem(layer.problem) for layer in layers]))
    below = "".join(
        f"<p><b>{escape(one.name)}</b> can't be used: {_problem(one.problem)}</p>"
        for one in dataset.broken
    )
    below += "".join(f"<p>Not opened: {_problem(error)}</p>" for error in dataset.failures)
    return (
        f"<style>{_STYLE}</style>"
        f'<div class="nbr-scroll"><table class="nbr-table">{_caption(dataset)}'
        f'<thead><tr><th scope="col">Layer</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{below}"
    )


def _caption(dataset: "Dataset") -> str:
    if not dataset.name:
        return ""
    origin = dataset.inferred_name.origin
    badge = f'<span class="nbr-origin nbr-origin-{origin}">{origin}</span>'
    return f"<caption>{escape(dataset_title(dataset))}{badge}</caption>"


def _row(label: str, facts: list[Fact | None]) -> str:
    return _cells(label, ["" if fact is None else _value(fact) for fact in facts])


def _cells(label: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>'


def _value(fact: Fact) -> str:
    title = f' title="{escape(fact.note, quote=True)}"' if fact.note else ""
    badge = f'<span class="nbr-origin nbr-origin-{fact.origin}"{title}>{fact.origin}</span>'
    return f"{escape(fact.value)}{badge}"


def _address(layer: "Layer") -> str:
    address = layer.source.location.display(layer.inferred.path)
    return f'<span class="nbr-url">{escape(address)}</span>'


def _notes(notes: tuple[str, ...]) -> str:
    return "".join(f'<div class="nbr-note">{escape(note)}</div>' for note in notes)


def _problem(problem: NbRemoteError | None) -> str:
    return "" if problem is None else f'<span class="nbr-problem">{escape(str(problem))}</span>'
