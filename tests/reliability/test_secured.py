"""Logins that end, wrong certificates, broken handshakes: named errors, and no secret told."""

import re

import pytest
from tests.reliability.handshakes import OPENING, READING, run_handshakes
from tests.reliability.matrix import RIGHT
from tests.reliability.secured import SECRETS, STORES, run_logins
from tests.reliability.table import DOCUMENT, said_cells

PROBES = 9
FEW = 6
CHUNKS = 8


@pytest.fixture(scope="module")
def logins():
    return run_logins()


@pytest.fixture(scope="module")
def handshakes():
    return run_handshakes()


def test_a_login_that_ends_is_never_empty_or_wrong_data(logins):
    errors = {"AccessDenied", "CredentialsRefused"}
    assert {outcome.what for outcome in logins.values()} <= {RIGHT, *errors}
    assert {row for (row, _), outcome in logins.items() if outcome.what == RIGHT} == {
        "none",
        "the login ends after opening",
        "it has ended for one chunk of eight, once",
    }


def test_only_a_login_that_renews_itself_is_survived(logins):
    survived = {cell for cell, outcome in logins.items() if outcome.what == RIGHT}
    assert {column for row, column in survived if row != "none"} == {
        "gs over https, service account"
    }
    assert all(("none", column) in survived for column in STORES)


def test_who_is_refused_is_told_whether_the_credentials_or_the_right_is_missing(logins):
    for (row, column), outcome in logins.items():
        if row in ("wrong credentials", "it has ended for one chunk of eight"):
            assert outcome.what == "CredentialsRefused", (row, column)
        if row in ("no credentials", "the right to read is taken after opening"):
            assert outcome.what == "AccessDenied", (row, column)


def test_no_refusal_is_asked_for_again_and_again(logins):
    for (row, column), outcome in logins.items():
        # a token is asked for once more, and each chunk once more with it
        most = 2 * (CHUNKS + 1) if column.startswith("gs") else CHUNKS
        if row == "none":
            most = PROBES + CHUNKS + 1
        elif "credentials" in row:
            most = PROBES + FEW
        assert outcome.requests <= most, (row, column)


def test_no_error_shows_a_secret(logins, handshakes):
    everything = [*logins.values(), *handshakes[0].values()]
    assert not any(outcome.leaked for outcome in everything)
    assert not any(secret in outcome.said for outcome in everything for secret in SECRETS)


def test_a_connection_without_protection_brings_no_voxel(handshakes):
    outcomes, _ = handshakes
    right = {row for (row, _), outcome in outcomes.items() if outcome.what == RIGHT}
    assert right == {"none", "reset within a chunk, once", "ended within a chunk, once"}
    for (row, column), outcome in outcomes.items():
        if "certificate" in row or row == "an answer without protection":
            assert outcome.what == "NotProtected", (row, column)
        if row == "silence in the handshake":
            assert outcome.what == "NotConnected", (row, column)


def test_nothing_is_asked_of_a_server_with_a_wrong_certificate(handshakes):
    _, told = handshakes
    assert told == []


def test_a_wrong_certificate_is_tried_once_for_each_request_and_a_broken_handshake_a_few_times(
    handshakes,
):
    outcomes, _ = handshakes
    for (row, column), outcome in outcomes.items():
        once = PROBES if column == OPENING else CHUNKS
        tries = 1 if "certificate" in row or column == OPENING else 4
        if "chunk" not in row:
            assert outcome.requests <= once * tries, (row, column)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("an expired certificate", "has expired .*owner has to renew it"),
        ("a certificate that is not valid yet", "not yet valid .*clock of this machine"),
        ("a certificate of another host", "not valid for .*Check the host name"),
        ("a certificate of an unknown authority", "authority has to be trusted"),
        ("a self-signed certificate", "self-signed .*authority has to be trusted"),
        ("an answer without protection", "Perhaps it speaks http:// only"),
        ("the handshake reset by the server", "breaks off the protected connection"),
    ],
)
def test_what_is_wrong_with_the_protection_is_said(handshakes, row, says):
    for column in (OPENING, READING):
        assert re.search(says, handshakes[0][row, column].said)


def test_the_document_says_what_comes_of_it(logins, handshakes):
    document = DOCUMENT.read_text()
    for table, cells in (("logins", logins), ("handshakes", handshakes[0])):
        found = {cell: outcome.what for cell, outcome in cells.items()}
        assert said_cells(document, table) == found, "make reliability"
