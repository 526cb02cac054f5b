"""Why a bucket refuses, as it says it, in words that are enough to get on."""

import pytest
from tests.servers.gcs import EMAIL, xml

from nb_remote.errors import AccessDenied, CredentialsRefused, ServerFailed
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.store.gcs_answers import refusal


def said(status, body, asker="account"):
    return refusal(status, {}, body, asker=asker, where="gs://lab/v/a", bucket="gs://lab/")


def json_error(status, message):
    return b'{"error": {"code": %d, "message": "%s"}}' % (status, message.encode())


def test_nobody_learns_that_the_bucket_is_private(server, bucket_at, read):
    for reading in (
        bucket_at().get("a", limit=9),
        bucket_at().get_range("a", 1, 2),
        bucket_at().get_suffix("a", 1),
    ):
        with pytest.raises(AccessDenied, match="not public, or missing") as caught:
            read(reading)
        assert "GcsCredentials('key.json')" in str(caught.value)
        assert "check the address" in str(caught.value)
        assert not isinstance(caught.value, CredentialsRefused)


def test_the_json_interface_says_401_to_nobody():
    error = said(401, json_error(401, "Anonymous caller does not have access."), "nobody")
    assert "is not public" in str(error)
    assert "GcsCredentials" in str(error)


def test_a_token_and_an_account_are_told_different_things():
    expired = xml("AuthenticationRequired", "Authentication required.")
    token, account = said(401, expired, "token"), said(401, expired)
    assert isinstance(token, CredentialsRefused)
    assert isinstance(account, CredentialsRefused)
    assert "has expired" in str(token)
    assert "expired" not in str(account)
    assert {token.where, account.where} == {"gs://lab/"}


def test_whoever_has_no_right_learns_the_role_and_not_who_they_are():
    error = said(403, xml("AccessDenied", "Access denied.", f"{EMAIL} does not have access."))
    assert "roles/storage.objectViewer" in str(error)
    assert EMAIL not in str(error)


@pytest.mark.parametrize(
    "body",
    [
        xml("UserProjectMissing", "User project specified in the request is missing."),
        json_error(400, "Bucket is a requester pays bucket but no user project provided."),
        xml("InvalidArgument", "Invalid argument.", "Bucket is a requester pays bucket but no …"),
    ],
)
def test_a_bucket_whose_readers_pay_names_the_option(body):
    assert "requester_pays='your-project'" in str(said(400, body))
    assert "GcsCredentials('key.json', requester_pays=" in str(said(400, body, "nobody"))
    assert said(400, body).where == "gs://lab/"


@pytest.mark.parametrize(
    "body",
    [
        xml("UserProjectInvalid", "User project specified in the request is invalid."),
        xml("AccessDenied", "Access denied.", "x does not have serviceusage.services.use access"),
        xml("UserProjectAccountProblem", "User project is associated with a problem."),
        json_error(403, "The project to be billed is associated with a closed billing account."),
    ],
)
def test_a_project_that_can_not_pay_is_told_from_a_missing_right(body):
    error = said(403, body)
    assert "is to pay" in str(error)
    assert "objectViewer" not in str(error)


def test_a_policy_of_an_organisation_is_named():
    body = xml("AccessDenied", "Access denied.", "Request is prohibited by organization's policy.")
    assert "a policy of the organisation" in str(said(403, body))


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"{", b"\xff\xfe", b"[" * 50_000])
def test_other_bodies_leave_the_status_to_speak(body):
    assert isinstance(said(400, body), ServerFailed)
    assert said(503, body).transient
    assert isinstance(said(403, body), AccessDenied)


def test_what_a_server_says_is_never_shown():
    secret = "<script>alert(1)</script> ya29.echoed-token-0123"
    for status in (400, 401, 403, 500):
        for asker in ("nobody", "token", "account"):
            shown = str(said(status, xml("AccessDenied", secret, secret), asker))
            assert "script" not in shown
            assert "ya29" not in shown


# --- requester pays ----------------------------------------------------------------------


def test_readers_pay_only_when_they_agree(serve_gcs, bucket_at, read):
    server = serve_gcs({"lab/v/a": b"paid"}, payers=("lab",))
    account, where = server.service_account(), server.url
    with pytest.raises(CredentialsRefused, match="requester_pays="):
        read(bucket_at(credentials=GcsCredentials(account, endpoint=where)).get("a", limit=9))
    for payer in (True, "lab-project"):
        agreed = GcsCredentials(account, endpoint=where, requester_pays=payer)
        assert read(bucket_at(credentials=agreed).get("a", limit=9)) == b"paid"
        assert server.requests[-1].headers["x-goog-user-project"] == "lab-project"
    other = GcsCredentials(account, endpoint=where, requester_pays="someone-elses")
    with pytest.raises(CredentialsRefused, match="project that is to pay"):
        read(bucket_at(credentials=other).get("a", limit=9))
