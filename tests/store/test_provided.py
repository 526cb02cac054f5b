"""Credentials of a provider: asked for once, in a thread, and again when a server refuses them."""

import asyncio
import threading
import traceback

import pytest
from tests.servers.aws import AwsServer, Bucket, Key
from tests.servers.gcs import GcsServer
from tests.store.conftest import gather
from tests.store.contract import CONTENT, StoreContract

from nb_remote import ProvidedCredentials, register_credentials
from nb_remote.errors import (
    AccessDenied,
    BadCredentials,
    CredentialsRefused,
    InvalidAddress,
    TimedOut,
)
from nb_remote.location.credentials import BasicAuth, BearerToken, HttpHeaders
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.parse import parse_address
from nb_remote.location.s3_credentials import S3Credentials
from nb_remote.store import provided
from nb_remote.store.open import open_store
from nb_remote.threads import IO_THREAD_NAME, run

OBJECTS = {f"v/{number}": bytes([number]) for number in range(30)}


class Lab:
    """A provider that gives one token after the other, and takes note of who calls it."""

    def __init__(self, *tokens):
        self.tokens = list(tokens)
        self.threads = []

    def __call__(self):
        self.threads.append(threading.current_thread().name)
        return BearerToken(self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0])

    @property
    def calls(self):
        return len(self.threads)


@pytest.fixture
def name(request):
    return request.node.name


@pytest.fixture
def described(name):
    """``described(provider)`` registers it as the test's own name, and returns what travels."""

    def register(provider):
        register_credentials(name, provider)
        return ProvidedCredentials(name)

    return register


def accept(server, token):
    """From now on the server lets in this token and no other."""
    server._authorization = f"Bearer {token}"


class TestContract(StoreContract):
    @pytest.fixture
    def store(self, serve, described):
        location = parse_address(f"{serve(CONTENT, bearer='token-one').url}/v").location
        store = open_store(location, described(Lab("token-one")))
        yield store
        run(store.close(), deadline=5)


def test_a_provider_is_asked_once_for_all_stores_and_reads_of_its_name(
    serve, store_at, read, described
):
    lab = Lab("token-one")
    server = serve(OBJECTS, bearer="token-one")
    stores = [store_at(f"{server.url}/v", credentials=described(lab)) for _ in range(3)]
    assert lab.calls == 0
    reads = [store.get(str(number), limit=9) for store in stores for number in range(30)]
    assert read(gather(*reads)) == list(OBJECTS.values()) * 3
    assert lab.calls == 1
    assert lab.threads[0] != IO_THREAD_NAME


def test_other_reads_go_on_while_a_provider_waits(serve, store_at, read, described):
    asked, allowed = threading.Event(), threading.Event()

    def waits():
        asked.set()
        assert allowed.wait(10)
        return BearerToken("token-one")

    private = store_at(f"{serve(OBJECTS, bearer='token-one').url}/v", credentials=described(waits))
    public = store_at(f"{serve(OBJECTS).url}/v")

    async def meanwhile():
        begun = gather(*(private.get(str(number), limit=9) for number in range(5)))
        waiting = asyncio.ensure_future(begun)
        await asyncio.to_thread(asked.wait, 10)
        found = await public.get("7", limit=9)
        assert not waiting.done()
        allowed.set()
        return found, await waiting

    assert read(meanwhile()) == (b"\x07", list(OBJECTS.values())[:5])


def test_refused_credentials_are_replaced_by_one_call_and_no_read_fails(
    serve, store_at, read, described
):
    lab = Lab("token-one", "token-two")
    server = serve(OBJECTS, bearer="token-one")
    store = store_at(f"{server.url}/v", credentials=described(lab))
    assert read(store.get("0", limit=9)) == b"\x00"
    accept(server, "token-two")
    reads = [store.get(str(number), limit=9) for number in range(30)]
    assert read(gather(*reads)) == list(OBJECTS.values())
    assert read(store.get_range("5", 0, 1)) == b"\x05"
    assert read(store.get_suffix("6", 1)) == b"\x06"
    assert lab.calls == 2


def test_each_kind_of_read_is_repeated_with_newer_credentials(serve, store_at, read, described):
    lab = Lab("token-0", "token-1", "token-2", "token-3")
    server = serve(OBJECTS, bearer="token-0")
    store = store_at(f"{server.url}/v", credentials=described(lab))
    assert read(store.get("1", limit=9)) == b"\x01"
    accept(server, "token-1")
    assert read(store.get("1", limit=9)) == b"\x01"
    accept(server, "token-2")
    assert read(store.get_range("1", 0, 1)) == b"\x01"
    accept(server, "token-3")
    assert read(store.get_suffix("1", 1)) == b"\x01"
    assert lab.calls == 4


def test_the_same_credentials_again_are_not_tried_and_not_asked_for_at_once(
    serve, store_at, read, described
):
    lab = Lab("token-one")
    server = serve(OBJECTS, bearer="token-one")
    store = store_at(f"{server.url}/v", credentials=described(lab))
    read(store.get("0", limit=9))
    accept(server, "token-two")
    server.forget()
    for number in range(20):
        with pytest.raises(CredentialsRefused):
            read(store.get(str(number), limit=9))
    assert len(server.requests) == 20
    assert 1 < lab.calls < 5  # 2, unless the 20 take longer than the provider is left alone


def test_a_server_that_accepts_nothing_does_not_keep_a_provider_busy(
    serve, store_at, read, described
):
    tokens = [f"token-{number}" for number in range(100)]
    lab = Lab(*tokens)
    store = store_at(f"{serve(OBJECTS, bearer='another').url}/v", credentials=described(lab))
    for number in range(20):
        with pytest.raises(CredentialsRefused):
            read(store.get(str(number), limit=9))
    assert 1 < lab.calls < 10  # 5, unless 20 refusals take longer than they are counted together


def test_a_refusal_of_one_object_is_no_reason_to_ask_again(serve, store_at, read, described):
    lab = Lab("token-one", "token-two")
    server = serve(OBJECTS, bearer="token-one")
    store = store_at(f"{server.url}/v", credentials=described(lab))
    read(store.get("0", limit=9))
    server.fail("v/1", "403")
    with pytest.raises(AccessDenied):
        read(store.get("1", limit=9))
    assert lab.calls == 1


def test_what_is_registered_anew_is_used_by_open_stores(serve, store_at, read, described):
    server = serve(OBJECTS, bearer="token-one")
    store = store_at(f"{server.url}/v", credentials=described(Lab("token-one")))
    read(store.get("0", limit=9))
    accept(server, "token-two")
    described(Lab("token-two"))
    assert read(store.get("1", limit=9)) == b"\x01"


def test_all_kinds_of_credentials_may_be_provided(serve, store_at, read, described):
    basic = serve(OBJECTS, basic_auth=("me", "pass-word-123"))
    credentials = described(lambda: BasicAuth("me", "pass-word-123"))
    assert read(store_at(f"{basic.url}/v", credentials=credentials).get("1", limit=9)) == b"\x01"
    header = serve(OBJECTS)
    credentials = described(lambda: HttpHeaders({"X-Lab": "head-er-123"}))
    assert read(store_at(f"{header.url}/v", credentials=credentials).get("1", limit=9)) == b"\x01"
    assert header.requests[0].headers["x-lab"] == "head-er-123"


def test_keys_for_a_bucket_that_end_are_replaced(store_at, read, described):
    keys = [S3Credentials(f"AKIA{one}", f"secret-{one}-0123", f"session-{one}") for one in "AB"]
    left = list(keys)
    with AwsServer() as server:
        server.buckets["lab"] = Bucket(files=OBJECTS, region="eu-west-1")
        for one in keys:
            server.keys[one.key] = Key(one.secret, one.token)
        store = store_at(
            f"s3+http://{server.host}/lab/v", credentials=described(lambda: left.pop(0))
        )
        assert read(store.get("1", limit=9)) == b"\x01"
        server.keys["AKIAA"].expired = True
        assert read(store.get("2", limit=9)) == b"\x02"
        assert store.asked.region == "eu-west-1"
    assert left == []


def test_the_provided_credentials_may_name_the_server_of_the_bucket(store_at, read, described):
    with AwsServer() as server:
        server.buckets["lab"] = Bucket(files=OBJECTS)
        server.keys["AKIAA"] = Key("secret-a-0123")
        keys = S3Credentials("AKIAA", "secret-a-0123", endpoint=f"http://{server.host}")
        store = store_at("s3://lab/v", credentials=described(lambda: keys))
        assert read(store.get("1", limit=9)) == b"\x01"


def test_a_token_for_google_that_ends_is_replaced(store_at, read, described):
    with GcsServer({f"lab/{key}": body for key, body in OBJECTS.items()}) as server:
        server.valid |= {"ya29.one", "ya29.two"}
        left = ["ya29.one", "ya29.two"]

        def give():
            return GcsCredentials(token=left.pop(0), endpoint=server.url)

        store = store_at("gs://lab/v", credentials=described(give))
        assert read(store.get("1", limit=9)) == b"\x01"
        server.valid.remove("ya29.one")
        assert read(store.get("2", limit=9)) == b"\x02"
    assert left == []


def test_credentials_of_another_kind_than_the_address_are_sent_nowhere(
    serve, store_at, read, described
):
    server = serve(OBJECTS)
    keys = described(lambda: S3Credentials("AKIAA", "secret-a-0123"))
    with pytest.raises(InvalidAddress, match="S3Credentials is not for such an address"):
        read(store_at(f"{server.url}/v", credentials=keys).get("1", limit=9))
    assert server.requests == []


def test_nothing_that_is_provided_goes_unprotected_to_another_machine(store_at, read, described):
    store = store_at("http://192.0.2.1/v", credentials=described(Lab("token-one")))
    with pytest.raises(InvalidAddress, match="unprotected"):
        read(store.get("1", limit=9))
    assert store.meter.counts().requests == 0


def raises(failure):
    def provider():
        try:
            int("hush-hush-0123456789")
        except ValueError:
            raise failure  # noqa: B904  (what led to it stays chained to it)

    return provider


@pytest.mark.parametrize(
    "failure",
    [
        ValueError("hush-hush-0123456789"),
        TimeoutError("hush-hush-0123456789"),
        StopIteration("hush-hush-0123456789"),
        SystemExit("hush-hush-0123456789"),
        KeyboardInterrupt(),
    ],
)
def test_what_a_provider_raises_is_named_and_not_shown(serve, store_at, read, described, failure):
    server = serve(OBJECTS)
    store = store_at(f"{server.url}/v", credentials=described(raises(failure)))
    with pytest.raises(BadCredentials, match=type(failure).__name__) as caught:
        read(store.get("1", limit=9))
    assert "hush" not in "".join(traceback.format_exception(caught.value))
    assert server.requests == []
    assert read(store_at(f"{server.url}/v").get("2", limit=9)) == b"\x02"  # the loop runs on


def test_an_error_of_ours_is_told_as_it_is_and_without_what_led_to_it(
    serve, store_at, read, described
):
    provider = raises(CredentialsRefused("the vault is sealed", hint="Unseal it."))
    store = store_at(f"{serve(OBJECTS).url}/v", credentials=described(provider))
    with pytest.raises(CredentialsRefused, match=r"the vault is sealed\. Unseal it") as caught:
        read(store.get("1", limit=9))
    assert "hush" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "given", [None, "hush-hush-0123456789", BearerToken], ids=["none", "text", "class"]
)
def test_what_is_no_credentials_is_named_and_not_shown(serve, store_at, read, described, given):
    store = store_at(f"{serve(OBJECTS).url}/v", credentials=described(lambda: given))
    said = f"returned {type(given).__name__} and not credentials"
    with pytest.raises(BadCredentials, match=said) as caught:
        read(store.get("1", limit=9))
    assert "hush" not in str(caught.value)


def test_a_provider_leads_to_no_other(serve, store_at, read, described, name):
    server = serve(OBJECTS)
    store = store_at(f"{server.url}/v", credentials=described(lambda: ProvidedCredentials(name)))
    with pytest.raises(BadCredentials, match="returned ProvidedCredentials"):
        read(store.get("1", limit=9))


def test_a_provider_that_never_answers_is_given_up(serve, store_at, read, described, monkeypatch):
    monkeypatch.setattr(provided, "PATIENCE_S", 0.05)
    over = threading.Event()
    store = store_at(f"{serve(OBJECTS).url}/v", credentials=described(over.wait))
    try:
        with pytest.raises(TimedOut, match=r"gave none within 0\.05 s"):
            read(store.get("1", limit=9))
    finally:
        over.set()


def test_a_provider_that_fails_is_left_alone_for_a_while(serve, store_at, read, described):
    calls = []

    def fails():
        calls.append(1)
        raise ValueError

    store = store_at(f"{serve(OBJECTS).url}/v", credentials=described(fails))
    for number in range(20):
        with pytest.raises(BadCredentials):
            read(store.get(str(number), limit=9))
    assert len(calls) < 5


def test_a_provider_that_fails_later_is_what_is_told(serve, store_at, read, described):
    given = [BearerToken("token-one")]
    server = serve(OBJECTS, bearer="token-one")
    store = store_at(f"{server.url}/v", credentials=described(given.pop))
    read(store.get("0", limit=9))
    accept(server, "token-two")
    with pytest.raises(BadCredentials, match=r"failed \(IndexError\)"):
        read(store.get("1", limit=9))


def test_a_closed_store_asks_nobody(serve, store_at, read, described):
    lab = Lab("token-one")
    store = store_at(f"{serve(OBJECTS).url}/v", credentials=described(lab))
    read(store.close())
    with pytest.raises(RuntimeError, match="closed"):
        read(store.get("1", limit=9))
    assert lab.calls == 0
