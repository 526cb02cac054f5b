"""Folders as servers list them: index pages, and S3's XML. Each is laid after a real answer.

server = RangeServer(content)
server.listing = index_pages("nginx", content)
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from urllib.parse import parse_qs, quote

from tests.servers.http import Request

Listing = Callable[[Request], tuple[int, bytes] | None]


def members(content: Iterable[str], folder: str) -> list[str]:
    """Names directly in a folder, folders with a slash."""
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    below = [key.removeprefix(prefix) for key in content if key.startswith(prefix)]
    return sorted({one.partition("/")[0] + ("/" if "/" in one else "") for one in below})


PAGES = {
    "nginx": (
        "<html>\r\n<head><title>Index of /{folder}</title></head>\r\n<body>\r\n<h1>Index of "
        '/{folder}</h1><hr><pre><a href="../">../</a>\r\n{rows}</pre><hr></body>\r\n</html>\r\n',
        '<a href="{quoted}">{text}</a>      21-Nov-2026 08:00       -\r\n',
    ),
    "Apache": (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html><head><title>Index of '
        '/{folder}</title></head><body><table><tr><th><a href="?C=N;O=D">Name</a></th><th>'
        '<a href="?C=M;O=A">Last modified</a></th></tr><tr><td><a href="/">Parent Directory</a>'
        "</td></tr>{rows}</table><address>Apache/2.4.62 (Debian)</address></body></html>",
        '<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td>'
        '<a href="{quoted}">{text}</a></td><td align="right">2026-11-21 08:00</td></tr>\n',
    ),
    "Python": (
        '<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory '
        "listing for /{folder}</title>\n</head>\n<body>\n<hr>\n<ul>\n{rows}</ul>\n</body></html>",
        '<li><a href="{quoted}">{text}</a></li>\n',
    ),
    "lighttpd": (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html><head><title>Index of '
        '/{folder}</title></head><body><table><tbody><tr class="d"><td class="n"><a href="../">..'
        "</a>/</td></tr>{rows}</tbody></table></body></html>",
        '<tr class="d"><td class="n"><a href="{quoted}">{text}</a></td></tr>\n',
    ),
    "Caddy": (
        "<!DOCTYPE html><html><head><title>/{folder}/</title></head><body><header><a href='/'>/</a>"
        '</header><a href="./?sort=name&order=desc">Name</a><table>{rows}</table><footer>Served '
        'with <a rel="noopener noreferrer" href="https://caddyserver.com">Caddy</a></footer></body>',
        '<tr class="file"><td><a href="./{quoted}"><span class="name">{text}</span></a></td></tr>',
    ),
}


def index_pages(kind: str, content: Mapping[str, bytes]) -> Listing:
    """Answer for folders as that server does; what begins with a dot is hidden, as is usual."""
    page, row = PAGES[kind]

    def listing(request: Request) -> tuple[int, bytes] | None:
        if request.path and not request.path.endswith("/"):
            return None
        names = [one for one in members(content, request.path) if not one.startswith(".")]
        if not names:
            return None
        rows = (row.format(quoted=quote(one), text=escape(one)) for one in names)
        folder = escape(request.path.strip("/"))
        return 200, page.format(folder=folder, rows="".join(rows)).encode()

    return listing


def s3(bucket: str, content: Mapping[str, bytes]) -> Listing:
    """Answer as S3 does at ``host/bucket``: `content` has the bucket in its keys."""

    def listing(request: Request) -> tuple[int, bytes] | None:
        asked = {name: one[0] for name, one in parse_qs(request.query).items()}
        if asked.get("list-type") == "2":
            assert request.path == f"{bucket}/"
            assert asked["delimiter"] == "/"
            most = int(asked["max-keys"])
            return 200, _result(bucket, content, asked.get("prefix", ""), most)
        if request.path.endswith("/"):
            return 404, no_such_key(bucket, request.path.removeprefix(f"{bucket}/"))
        return None

    return listing


def no_such_key(bucket: str, key: str) -> bytes:
    """S3's answer for an object that isn't there."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The '
        f"specified key does not exist.</Message><Key>{escape(key)}</Key><BucketName>{bucket}"
        "</BucketName><RequestId>1</RequestId></Error>"
    ).encode()


def _result(bucket: str, content: Mapping[str, bytes], prefix: str, most: int) -> bytes:
    names = members(content, f"{bucket}/{prefix}")[:most]
    rows = "".join(
        f"<CommonPrefixes><Prefix>{escape(prefix + one)}</Prefix></CommonPrefixes>"
        if one.endswith("/")
        else f"<Contents><Key>{escape(prefix + one)}</Key><Size>1</Size></Contents>"
        for one in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(names)}</KeyCount>"
        f"<MaxKeys>1000</MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated>{rows}"
        "</ListBucketResult>"
    ).encode()
