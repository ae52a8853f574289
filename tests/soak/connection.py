# SPDX-License-Identifier: MIT
"""A client over a raw socket that keeps its connection, costs little, and takes nothing but whole
answers."""

import json
import socket
import struct

import harness


class Stopped(Exception):
    """The server has been told to stop, and this request was not owed an answer."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.cut = None  # or "middle", where the connection ended inside the body

    @property
    def json(self):
        return json.loads(self.body, object_pairs_hook=harness.no_duplicates)

    def __str__(self):
        return f"{self.status} {self.headers} {self.body[:2000]!r}"


def request(method, path, headers=(), body=None, chunked=False):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: soak", *(f"{n}: {v}" for n, v in headers)]
    if chunked:
        half = len(body) // 2
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part)
                        for part in (body[:half], body[half:], b"") if part) + b"0\r\n\r\n"
    elif body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Wire:
    """One connection at a time. `stopping` is a shared value, set just before the signal."""

    def __init__(self, port, stopping):
        self.port, self.stopping = port, stopping
        self.sock = None
        self.rest = b""  # what came behind the last answer

    def close(self, reset=False):
        if self.sock:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        self.sock, self.rest = None, b""

    def send(self, data):
        """True if all was sent while the server was not yet told to stop: an answer is owed."""
        try:
            if not self.sock:
                self.sock = socket.create_connection(("127.0.0.1", self.port), harness.DEADLINE)
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock.sendall(data)
        except OSError as error:
            self.close()
            if self.stopping.value:
                raise Stopped from error
            raise
        return not self.stopping.value

    def _more(self):
        if not self.sock:
            return False
        try:
            more = self.sock.recv(262144)
        except ConnectionResetError:
            more = b""
        self.rest += more
        return bool(more)

    def receive(self, head=False):
        """The next answer, or None where the connection ended without a byte of one."""
        while (end := self.rest.find(b"\r\n\r\n")) < 0:
            if not self._more():
                assert not self.rest, f"ended inside the headers: {self.rest!r}"
                self.close()
                return None
        lines = self.rest[:end].decode("latin-1").split("\r\n")
        protocol, status, _ = lines[0].split(" ", 2)
        assert protocol == "HTTP/1.1", lines[0]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in headers, f"a header twice: {lines}"
            headers[name.lower()] = value
        self.rest = self.rest[end + 4:]
        if status == "100":
            return self.receive(head)
        answer = Answer(int(status), headers, b"")
        length = 0 if head else int(headers["content-length"])
        while len(self.rest) < length:
            if not self._more():
                answer.body, answer.cut = self.rest, "middle"
                self.close()
                return answer
        answer.body, self.rest = self.rest[:length], self.rest[length:]
        if headers.get("connection") == "close":
            assert not self.rest, f"bytes behind the last answer: {self.rest!r}"
            assert not self._more(), f"bytes behind the last answer: {self.rest!r}"
            self.close()
        return answer

    def ask(self, data, head=False, cut=None):
        """
        The answer to a request: whole, unless it may be `cut`, where None is one that was cut
        "before" its first byte.
        """
        owed = self.send(data)
        answer = self.receive(head)
        if answer is None:
            if cut == "before":
                return None
            if not owed:
                raise Stopped
            raise AssertionError(f"cut without an answer: {data[:500]!r}")
        assert answer.cut == (cut if cut == "middle" else None), \
            f"not whole: {data[:500]!r}: {answer}"
        assert not self.rest, f"bytes behind an answer: {data[:500]!r}: {answer} {self.rest!r}"
        return answer
