"""A diagnosis as an HTML table for notebooks. Everything is escaped."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nb_remote.diagnosis.report import Diagnosis, Step

# JupyterLab's variables with fallbacks, as in `nb_remote.summary_html`.
_STYLE = """
.nbr-diagnosis{border-collapse:collapse;margin:4px 0;font-size:var(--jp-ui-font-size1,13px);
color:var(--jp-ui-font-color1,inherit)}
.nbr-diagnosis th,.nbr-diagnosis td{text-align:left!important;vertical-align:top;
padding:3px 14px 3px 0;border:0;background:none!important;font-weight:normal;
overflow-wrap:anywhere}
.nbr-diagnosis tr+tr>*{border-top:1px solid var(--jp-border-color3,#8883)}
.nbr-step-ok{color:var(--jp-success-color1,#2e7d32)}
.nbr-step-warning{color:var(--jp-warn-color1,#b26a00)}
.nbr-step-failed{color:var(--jp-error-color1,#c62828)}
.nbr-step-skipped,.nbr-step-detail{color:var(--jp-ui-font-color2,inherit)}
.nbr-step-detail{font-size:12px}
"""


def diagnosis_html(diagnosis: "Diagnosis") -> str:
    """Return the verdict, a row per step, and what to try."""
    state = "ok" if diagnosis.ok else "failed"
    rows = "".join(_row(one) for one in diagnosis.steps)
    hints = "".join(f"<li>{escape(one)}</li>" for one in diagnosis.hints)
    tries = f"<p>What to try:</p><ul>{hints}</ul>" if hints else ""
    return (
        f"<style>{_STYLE}</style>"
        f'<p>{escape(diagnosis.address or "this address")}: <b class="nbr-step-{state}">'
        f"{escape(diagnosis.verdict)}</b></p>"
        f'<table class="nbr-diagnosis"><tbody>{rows}</tbody></table>{tries}'
    )


def _row(step: "Step") -> str:
    details = "".join(f'<div class="nbr-step-detail">{escape(one)}</div>' for one in step.details)
    return (
        f'<tr><th scope="row">{escape(step.name)}</th>'
        f'<td class="nbr-step-{step.outcome}">{step.outcome}</td>'
        f"<td>{escape(step.found)}{details}</td></tr>"
    )
