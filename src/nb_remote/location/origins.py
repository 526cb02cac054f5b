"""Which web address the objects of a bucket are asked from."""

import re
from urllib.parse import quote

from nb_remote.errors import InvalidAddress
from nb_remote.location.host import normal_host

GOOGLE_ORIGIN = "https://storage.googleapis.com"
AWS_ORIGIN = "https://s3.{region}.amazonaws.com"
AWS_GLOBAL_ORIGIN = "https://s3.amazonaws.com"
"""Leads to a bucket in any region, where its name can be put in front."""

# The certificate is for names without a dot in front of the host; others stand in the path.
_IN_HOST = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


def bucket_url(scheme: str, bucket: str, endpoint: str = "", region: str = "") -> str:
    """Return the address that a bucket's keys are below, without a trailing slash.

    Parameters
    ----------
    scheme
        ``s3`` or ``gs``.
    endpoint
        ``host``, ``host:port``, ``https://host`` or ``http://host`` of a server that is not
        Amazon's or Google's own. One without scheme is taken to speak https.
    region
        Amazon's name of the region, where it is known.
    """
    if endpoint:
        origin = endpoint if "://" in endpoint else f"https://{endpoint}"
        return f"{origin}/{quote(bucket)}"
    if scheme == "gs":
        return f"{GOOGLE_ORIGIN}/{quote(bucket)}"
    origin = AWS_ORIGIN.format(region=region) if region else AWS_GLOBAL_ORIGIN
    if _IN_HOST.fullmatch(bucket):
        protocol, _, host = origin.partition("://")
        return f"{protocol}://{bucket}.{host}"
    return f"{origin}/{quote(bucket)}"


def is_this_machine(host_port: str) -> bool:
    """Whether a host is this machine by its name: nobody else hears what is sent there."""
    host = host_port.rpartition("@")[2]
    host = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return (
        host in ("localhost", "[::1]")
        or host.endswith(".localhost")
        or bool(re.fullmatch(r"127(\.[0-9]{1,3}){3}", host))
    )


def normal_endpoint(text: str) -> str:
    """Return a server that a person names for buckets, in the spelling that locations use.

    Raises
    ------
    ValueError
        When it is no ``host``, ``host:port``, ``https://host`` or ``http://host``.
    """
    if not text:
        return ""
    protocol, mark, host_port = text.strip().rstrip("/").rpartition("://")
    if protocol.lower() not in ("", "http", "https") or re.search(r"[/@?#\\]", host_port):
        raise _no_endpoint()
    try:
        host = normal_host(host_port, protocol.lower() or "https", "")
    except InvalidAddress:
        raise _no_endpoint() from None
    return f"{protocol.lower()}{mark}{host}"


def _no_endpoint() -> ValueError:
    return ValueError("an endpoint is written host, host:port, https://host or http://host:port")
