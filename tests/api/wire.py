# SPDX-License-Identifier: MIT
"""A dumb client: it sends what it is told to, in the pieces it is told to, and reads what comes."""

import contextlib
import json
import random
import socket
import struct


class Wire:
    """One connection."""

    def __init__(self, server):
        self.sock = server.connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.sock.close()

    def send(self, data, cut=None):
        """Send it, and say whether the server took all of it; `cut` makes pieces of it."""
        try:
            for piece in cut(data) if cut else (data,):
                self.sock.sendall(piece)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def half_close(self):
        """Unless the server has been quicker, and ended the connection."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Close it so that the other side gets a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def answer(self, method="GET"):
        """The next answer, or None where the connection ends without one."""
        try:
            return read_answer(self.file, method)
        except ConnectionResetError:
            return None

    def rest(self):
        """All bytes until the connection ends."""
        received = b""
        try:
            while more := self.file.read1(65536):
                received += more
        except ConnectionResetError:
            pass
        return received

    def ended(self):
        """Does the connection end here, without another byte?"""
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True


def read_answer(file, method="GET"):
    """The next one from a file, or None at its end."""
    line = file.readline()
    if not line:
        return None
    headers = {}
    while (header := file.readline()) not in (b"\r\n", b""):
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", 0))
    return Answer(line, headers, b"" if method == "HEAD" else file.read(length))


class Answer:
    def __init__(self, line, headers, body):
        self.version, status, self.reason = line.decode("latin-1").rstrip().split(" ", 2)
        self.status = int(status)
        self.headers = headers
        self.body = body

    @property
    def close(self):
        return self.headers.get("connection", "").lower() == "close"

    @property
    def is_ours(self):
        return "miru-mock-version" in self.headers

    @property
    def code(self):
        """The code of an error that is ours."""
        error = json.loads(self.body)["error"]
        assert list(error) == ["code", "params", "message"], error
        return error["code"]

    @property
    def message(self):
        return json.loads(self.body)["error"]["message"]


# ---- ways to cut a text ------------------------------------------------------------------------

def whole(data):
    return [data]


def single_bytes(data):
    return (data[i:i + 1] for i in range(len(data)))


def pieces(seed):
    """A cut into random pieces, the same each time."""
    def cut(data):
        draw = random.Random(seed)
        at = 0
        while at < len(data):
            end = at + draw.choice((1, 1, 2, 3, 5, 8, 21, 100))
            yield data[at:end]
            at = end
    return cut
