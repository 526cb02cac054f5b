"""What a person typed about access → credentials for an address."""

from collections.abc import Callable

from nb_remote.errors import InvalidAddress
from nb_remote.form.messages import Access
from nb_remote.location.credentials import BasicAuth, BearerToken, Credentials
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.location.given import with_credentials
from nb_remote.location.parse import Address
from nb_remote.location.s3_credentials import S3Credentials


def with_access(address: Address, access: Access | None) -> Address:
    """Return the address with the credentials that were typed beside it.

    Raises
    ------
    InvalidAddress
        Something is missing or does not fit the address; says what, without repeating it.
    """
    if access is None or access.kind == "anonymous":
        return address
    location = address.location
    make = _KINDS.get((_PLACES.get(location.scheme, ""), access.kind))
    if make is None:
        raise InvalidAddress(
            f"{access.kind.replace('_', ' ')} is no way to prove who asks at {location.scheme}://",
            where=location.display(),
        )
    try:
        credentials = make(access)
    except ValueError as error:
        raise InvalidAddress(str(error), where=location.display()) from None
    return with_credentials(address, credentials)


def _basic(access: Access) -> Credentials:
    return BasicAuth(_given(access.name, "the user name"), _given(access.secret, "the password"))


def _bearer(access: Access) -> Credentials:
    return BearerToken(_given(access.secret, "the token"))


def _key(access: Access) -> Credentials:
    return S3Credentials(
        key=_given(access.name, "the access key id"),
        secret=_given(access.secret, "the secret access key"),
        token=access.session or None,
        requester_pays=access.requester_pays,
    )


def _profile(access: Access) -> Credentials:
    name = _given(access.name, "the name of the profile")
    return S3Credentials(profile=name, requester_pays=access.requester_pays)


def _s3_default(access: Access) -> Credentials:
    return S3Credentials.default(requester_pays=access.requester_pays)


def _service_account(access: Access) -> Credentials:
    key = _given(access.secret, "the key of the service account")
    # Bytes, because text would be a path of this machine.
    return GcsCredentials(service_account=key.encode(), requester_pays=access.payer)


def _gcs_token(access: Access) -> Credentials:
    return GcsCredentials(token=_given(access.secret, "the token"), requester_pays=access.payer)


def _gcs_default(access: Access) -> Credentials:
    return GcsCredentials.default(requester_pays=access.payer)


def _given(value: str, what: str) -> str:
    if not value:
        raise ValueError(f"{what} is missing")
    return value


_PLACES = {"https": "web", "http": "web", "s3": "s3", "gs": "gs"}
_KINDS: dict[tuple[str, str], Callable[[Access], Credentials]] = {
    ("web", "basic"): _basic,
    ("web", "bearer"): _bearer,
    ("s3", "key"): _key,
    ("s3", "profile"): _profile,
    ("s3", "default"): _s3_default,
    ("gs", "service_account"): _service_account,
    ("gs", "bearer"): _gcs_token,
    ("gs", "default"): _gcs_default,
}
