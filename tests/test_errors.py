"""Errors are for people: short where they are shown, whole where they travel, without secrets."""

import pickle

import dask.multiprocessing
import pytest
from IPython.core.interactiveshell import InteractiveShell

import nb_remote
from nb_remote.errors import (
    AccessDenied,
    BadMetadata,
    CorruptChunk,
    Declined,
    NbRemoteError,
    NotFound,
    NotRecognised,
    UnsupportedCodec,
)

EXAMPLES = [
    NotFound("gone", where="https://h/x", hint="look elsewhere"),
    AccessDenied("no"),
    BadMetadata("odd", field="a.b"),
    UnsupportedCodec("odd", codec="jxl"),
    CorruptChunk("cut", chunk=(1, 2, 3)),
    NotRecognised("what?", trail=(Declined(format="F", looked_at=("k",), reason="none"),)),
    NotFound("slow").as_transient(retry_after_s=2.0),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_to_another_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_copy_stands_alone(error):
    assert dask.multiprocessing.tblib  # which taught `copy` to keep what led to an exception
    raised = pickle.loads(pickle.dumps(error))
    raised.add_note("hush")
    raised.__context__ = ValueError("hush")
    with pytest.raises(type(error)):
        raise raised
    assert raised.__traceback__
    alone = raised.alone()
    assert type(alone) is type(error)
    assert (str(alone), alone.args, alone.__dict__) == (str(error), error.args, error.__dict__)
    assert (alone.__context__, alone.__cause__, alone.__traceback__) == (None, None, None)


def test_the_message_says_what_where_and_what_to_try():
    error = NotFound("gone", where="https://h/x", hint="Look elsewhere.")
    assert str(error) == "gone at https://h/x. Look elsewhere."


def test_a_declined_address_lists_every_format():
    assert "  F: none (looked at k)" in str(EXAMPLES[5])


def test_secrets_in_any_part_are_redacted():
    error = NbRemoteError(
        "failed at https://u:pw@h/x?token=abc",
        where="https://h/y?sig=def",
        hint="see ?t=1 https://h/?k=ghi",
    )
    for secret in ("pw@", "abc", "def", "ghi"):
        assert secret not in str(error)
        assert secret not in str(error.info)


def test_a_notebook_shows_the_own_line_and_the_message_but_not_the_way_through_the_package():
    error = _raised("def mine():\n    return nb_remote.open('not an address')\nmine()")

    shown = "\n".join(error._render_traceback_())

    assert "nb_remote.open('not an address')" in shown
    assert str(error) in shown
    assert "opening.py" not in shown
    assert "parse.py" not in shown
    assert "interactiveshell" not in shown


def test_a_token_in_the_own_line_is_not_shown():
    error = _raised("nb_remote.open('ftp://host/x?token=do-not-show-me')")
    assert "do-not-show-me" not in "\n".join(error._render_traceback_())


def _raised(code):
    shell = InteractiveShell.instance()
    shell.user_ns["nb_remote"] = nb_remote
    result = shell.run_cell(code)
    assert isinstance(result.error_in_exec, NbRemoteError)
    return result.error_in_exec
