"""A loopback server for benchmarks, in a process of its own: objects from memory, with latency.

    python server.py FOLDER LATENCY_MS

Prints its port, then for each line of its input the number of requests since the last answer,
and ends when that closes.

As lean as Python allows, so that it is not what is measured: about 0.05 ms of CPU a request.
"""

import asyncio
import functools
import itertools
import re
import sys
from pathlib import Path

RANGE = re.compile(rb"(?i)\r\nrange: bytes=(\d*)-(\d*)")

# readers of S3 want an ETag
HEADER = b'HTTP/1.1 %b\r\nContent-Length: %d\r\nETag: "1"\r\nAccept-Ranges: bytes\r\n%b\r\n'


class Connection(asyncio.Protocol):
    def __init__(self, objects, latency_s, requests):
        self.objects = objects
        self.requests = requests
        self.latency_s = latency_s

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[: end + 2], self.buffer[end + 4 :]
            next(self.requests)
            if self.latency_s:
                asyncio.get_running_loop().call_later(self.latency_s, self.answer, head)
            else:
                self.answer(head)

    def answer(self, head):
        if self.transport.is_closing():
            return
        # everything is in the bucket "bench", too; no signature is checked
        path = head.split(b" ", 2)[1].split(b"?")[0].decode().lstrip("/").removeprefix("bench/")
        body = self.objects.get(path)
        if body is None:
            self.transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        status, extra = b"200 OK", b""
        if asked := RANGE.search(head):
            first, last = asked.groups()
            start = int(first) if first else len(body) - int(last)
            stop = int(last) + 1 if first and last else len(body)
            status = b"206 Partial Content"
            extra = b"Content-Range: bytes %d-%d/%d\r\n" % (start, stop - 1, len(body))
            body = body[start:stop]
        header = (
            b'HTTP/1.1 %b\r\nContent-Length: %d\r\nETag: "1"\r\nAccept-Ranges: bytes\r\n%b\r\n'
            % (
                status,
                len(body),
                extra,
            )
        )
        if head.startswith(b"HEAD"):
            body = b""
        self.transport.write(header + body)


def read_all(root):
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


async def main(objects, latency_s):
    loop = asyncio.get_running_loop()
    requests = itertools.count()
    connect = functools.partial(Connection, objects, latency_s, requests)
    server = await loop.create_server(connect, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    answered = 0
    while await loop.run_in_executor(None, sys.stdin.readline):
        # asking takes one from the counter, too
        total = next(requests)
        print(total - answered, flush=True)
        answered = total + 1


if __name__ == "__main__":
    folder, latency_ms = sys.argv[1:]
    asyncio.run(main(read_all(Path(folder)), float(latency_ms) / 1000))
