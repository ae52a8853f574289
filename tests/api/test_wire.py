# SPDX-License-Identifier: MIT
"""What HTTP itself allows and forbids, byte by byte."""

import json
import re
import tempfile

import harness
import wire
from harness import ADMIN, TETONS

KEYS = f"X-API-Key: {ADMIN}\r\nMiru-Version: {TETONS}\r\n"
GET = f"GET /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n{KEYS}"


def status(answer):
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer[9:12])


def code(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"]


class Stream:
    """Answers read off one connection, one at a time."""

    def __init__(self, sock):
        self.file = sock.makefile("rb")

    def next(self):
        answer = wire.read_answer(self.file)
        return answer and (answer.status, answer.body, answer.close)


class Requests(harness.TestCase):
    def test_byte_by_byte(self):
        data = (GET + "Connection: close\r\n\r\n").encode()
        answer = self.server.raw(None, [data[i:i + 1] for i in range(len(data))])
        self.assertEqual(status(answer), 200)
        self.assertIn(b'"id":"dpl_123"', answer)

    def test_pipelined(self):
        with self.server.connect() as sock:
            sock.sendall((GET + "\r\n").encode() * 20 +
                         f"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            stream = Stream(sock)
            for _ in range(20):
                self.assertEqual(stream.next()[0], 200)
            self.assertEqual(stream.next()[0], 404)
            self.assertIsNone(stream.next())

    def test_the_connection_lives_on_after_every_refusal(self):
        path = "/beta/deployments/dpl_123"
        refused = [
            (f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n", 401),
            (f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {ADMIN}\r\n\r\n", 400),
            (f"GET /nope HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (f"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            *([] if harness.refuses_itself() else [(f"GET {path} HTTP/1.1\r\n{KEYS}\r\n", 400)]),
            (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 405),
            (f"PUT {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
             "5\r\nhello\r\n0\r\n\r\n", 405),
        ]
        with self.server.connect() as sock:
            stream = Stream(sock)
            for request, want in refused:
                with self.subTest(request=request):
                    sock.sendall(request.encode())
                    self.assertEqual(stream.next()[0], want)
                    sock.sendall((GET + "\r\n").encode())
                    self.assertEqual(stream.next()[0], 200)

    def test_host(self):
        answer = self.server.raw(f"GET /_mock/ready HTTP/1.1\r\n\r\n".encode())
        self.assertEqual(status(answer), 400)
        if harness.refuses_itself():
            self.assertIn(b"<html>", answer)
        else:
            self.assertEqual(code(answer), "invalid_request")
            self.assertIn(b"needs a Host header", answer)
        answer = self.server.raw(b"GET /_mock/ready HTTP/1.0\r\n\r\n")
        self.assertEqual(int(answer.split()[1]), 200)

    def test_no_target(self):
        """Request lines that lack a part are answered or cut off, and leave the server alone."""
        for line in (b"GET \r\n\r\n", b"GET  \r\nHost: x\r\n\r\n", b"GET\r\n\r\n", b" \r\n\r\n",
                     b"GET ? HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n\r\n\r\n", b"? ? ?\r\n\r\n"):
            with self.subTest(line=line):
                answer = self.server.raw(line)
                self.assertNotIn(b" 200 ", answer[:20])
        self.assertEqual(self.server.get("/_mock/ready").status, 200)

    def test_white_space_around_values(self):
        """It is no part of them (RFC 9110, 5.5)."""
        for before, after in (("", " "), ("", "\t \t"), ("  ", ""), ("", "")):
            headers = "".join(f"{name}:{before}{value}{after}\r\n" for name, value in (
                ("Host", "x"), ("X-API-Key", ADMIN), ("Miru-Version", TETONS)))
            answer = self.server.raw(f"GET /deployments/dpl_123 HTTP/1.1\r\n{headers}\r\n".encode())
            self.assertEqual(status(answer), 200, answer)

    def test_nul_in_the_target(self):
        """Refused, wherever the query begins; the library would cut the target there, or hangs up."""
        for target in (b"/deployments/dpl_123\0", b"/\0deployments/dpl_123", b"/a\0?expand=device",
                       b"/a?\0", b"/a\0HTTP/1.1", b"/a\0HTTP/1.1?a=1", b"/a\0b\0c?" + b"a&" * 900, b"/a\0" + b"?" + b"a&" * 3000):
            with self.subTest(target=target[:20]), self.server.connect() as sock:
                stream = Stream(sock)
                sock.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = stream.next()
                if harness.refuses_itself():
                    self.assertIsNone(answer)
                    continue
                self.assertEqual(answer[0], 400)
                self.assertIn(b"NUL", answer[1])
                sock.sendall((GET + "\r\n").encode())
                self.assertEqual(stream.next()[0], 200)

    def test_a_body_on_get_is_read_and_ignored(self):
        with self.server.connect() as sock:
            stream = Stream(sock)
            sock.sendall((GET + "Content-Length: 100000\r\n\r\n").encode() + b"x" * 100000)
            self.assertEqual(stream.next()[0], 200)
            sock.sendall((GET + "\r\n").encode())
            self.assertEqual(stream.next()[0], 200)


class Bodies(harness.TestCase):
    LIMIT = 1024 * 1024

    def post(self, headers, body=b""):
        with self.server.connect() as sock:
            sock.sendall(f"POST /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n{headers}\r\n"
                         .encode())
            try:
                sock.sendall(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before it was read
            return Stream(sock).next()

    def test_pieces(self):
        """However a body comes, it is the same; and the connection lives on."""
        text = json.dumps({"archived": True, "é": None}, ensure_ascii=False).encode()
        head = (b"PATCH /_mock/releases/rls_nightly HTTP/1.1\r\nHost: x\r\n")
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        whole = head + b"Content-Length: %d\r\n\r\n" % len(text) + text
        for pieces in ([whole], [whole[i:i + 1] for i in range(len(whole))], [whole, whole, whole],
                       [whole + whole],
                       [head, chunked, b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text)],
                       [head, chunked, *(b"1\r\n%s\r\n" % text[i:i + 1]
                                         for i in range(len(text))), b"0\r\n\r\n"]):
            with self.subTest(pieces=len(pieces)), self.server.connect() as sock:
                stream = Stream(sock)
                requests = b"".join(pieces).count(head)
                for piece in pieces:
                    sock.sendall(piece)
                for _ in range(requests):
                    answer = stream.next()
                    self.assertEqual(answer[0], 400)
                    self.assertIn("unknown field 'é'", json.loads(answer[1])["error"]["message"])
                sock.sendall(head + b"Content-Length: 2\r\n\r\n{}")
                self.assertEqual(stream.next()[0], 200)

    def test_max_body(self):
        with harness.Server("--max-body", "100") as server:
            def post(n):
                answer = server.call("POST", "/deployments", b"x" * n, version=TETONS)
                return answer.status, answer.error["message"]
            self.assertIn("cannot be read", post(100)[1])
            status, message = post(101)
            self.assertEqual(status, 413)
            self.assertIn("at most 100", message)

    def test_at_the_limit(self):
        answer = self.post(f"Content-Length: {self.LIMIT}\r\n", b"x" * self.LIMIT)
        self.assertEqual(answer[0], 405)

    def test_declared_over_the_limit(self):
        """Refused at once, before a byte of it is sent."""
        for length in (self.LIMIT + 1, 2**63, 2**64 - 2):
            answer = self.post(f"Content-Length: {length}\r\n")
            self.assertEqual(answer[0], 413)
            self.assertEqual(json.loads(answer[1])["error"]["code"], "request_too_large")
            self.assertTrue(answer[2])
            self.assertIn(str(self.LIMIT).encode(), answer[1])

    def test_one_date(self):
        """The clock's, also where the connection is closed, and nothing of the request was read."""
        head = b"POST /beta/devices HTTP/1.1\r\nHost: x\r\nX-API-Key: miru_mock_admin\r\n"
        with harness.Server("--clock", "2026-01-01T00:00:00Z") as server:
            for more in (b"Content-Length: 99999999\r\n\r\n", b"X-API-Key: other\r\n\r\n",
                         b"Connection: close\r\n\r\n"):
                answer = server.raw(head + more)
                self.assertEqual(re.findall(rb"(?i)\r\ndate: (.*)\r\n", answer),
                                 [b"Thu, 01 Jan 2026 00:00:00 GMT"], answer)

    def test_over_the_limit_in_chunks(self):
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        answer = self.post("Transfer-Encoding: chunked\r\n", chunk * 17 + b"0\r\n\r\n")
        self.assertEqual(answer[0], 413)

    def test_without_an_end(self):
        """What goes on long after it is too large is cut off, not taken in for ever."""
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with self.server.connect() as sock, self.assertRaises(OSError):
            sock.sendall(b"POST /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(2000):
                sock.sendall(chunk)

    def test_chunked_in_any_case(self):
        answer = self.post("Transfer-Encoding: Chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n")
        self.assertEqual(answer[0], 405)

    def test_expect_continue(self):
        with self.server.connect() as sock:
            sock.sendall(b"POST /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n"
                         b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            self.assertEqual(sock.recv(25), b"HTTP/1.1 100 Continue\r\n\r\n")
            sock.sendall(b"hello")
            self.assertEqual(Stream(sock).next()[0], 405)

    def test_smuggling(self):
        """test_smuggling.py has more of these."""
        for headers, want in (
                ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
                ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
                ("Transfer-Encoding: gzip\r\n", 501),
                ("Transfer-Encoding: chunked, chunked\r\n", 501)):
            with self.subTest(headers=headers):
                answer = self.post(headers)
                if b"<html>" in answer[1] and harness.refuses_itself():
                    want = 400
                else:
                    self.assertEqual(json.loads(answer[1])["error"]["code"],
                                     {400: "invalid_request", 501: "not_implemented"}[want])
                self.assertEqual(answer[0], want, answer)


class Limits(harness.TestCase):
    def test_long_target(self):
        self.assertEqual(self.server.get("/" + "x" * 4000).status, 404)
        self.assertEqual(self.server.get("/x?expand=" + "x" * 4000).status, 404)

    def test_many_parameters(self):
        target = "/beta/deployments/dpl_123?expand=device"
        answer = self.server.get(target + "&a" * 255)
        self.assertEqual(answer.status, 200)
        self.assertIn('"device":{', answer.text)
        long = self.server.get("/" + "x" * 4000).error
        self.assertEqual(long["params"], {"path": "/" + "x" * 511 + "..."})
        for n in (256, 3000):
            self.assert_refused(self.server.get(target + "&a" * n), 400, "invalid_request",
                                "more than 256 parameters")

    def test_beyond_the_memory(self):
        """The library's own answers, in HTML, before we are asked; and no request is left behind."""
        for request, want in (
                (f"GET /{'x' * 100000} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
                (f"GET / HTTP/1.1\r\nHost: x\r\nX: {'x' * 100000}\r\n\r\n", 431),
                ("GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n" * 1000 + "\r\n", 431),
                ("GET / HTTP/1.1\r\nHost: x\r\nCookie: " + "a=b; " * 1500 + "\r\n\r\n", 431)):
            with harness.Server() as server, server.connect() as sock:
                try:
                    sock.sendall(request.encode())
                except OSError:
                    pass  # refused before it was all sent
                self.assertEqual(Stream(sock).next()[0], want)

    def test_many_headers(self):
        headers = {f"X-{i}": "y" for i in range(100)}
        self.assertEqual(self.server.get("/beta/deployments/dpl_123", **headers).status, 200)

    def test_large_answers(self):
        """A megabyte, then a small one on the same connection."""
        data = "x" * 1000000
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"config_types": [{"id": "t", "name": "t", "slug": "t"}],
                       "config_schemas": [{"id": "s", "digest": "d", "config_type_id": "t"}],
                       "config_instances": [{"id": "i", "config_schema_id": "s",
                                             "content": {"format": "json", "data": data}}]}, file)
            file.flush()
            with harness.Server("--fixtures", file.name, "--auth", "any") as server, \
                    server.connect() as sock:
                stream = Stream(sock)
                for target, want in (("i?expand=content", data), ("i", None)) * 3:
                    sock.sendall(f"GET /beta/config_instances/{target} HTTP/1.1\r\nHost: x\r\n{KEYS}"
                                 "\r\n".encode())
                    status, body, _ = stream.next()
                    self.assertEqual(status, 200)
                    content = json.loads(body).get("content")
                    self.assertEqual(content and content["data"], want)

    def test_vanishing_clients(self):
        """Clients that go away at every point of a request leave the server as it was."""
        data = (GET + "Content-Length: 4\r\n\r\nbody").encode()
        for cut in range(0, len(data), 7):
            with self.server.connect() as sock:
                sock.sendall(data[:cut])
        self.assertEqual(self.server.get("/beta/deployments/dpl_123").status, 200)

    def test_parallel_clients(self):
        """Four hundred connections open at once, each answered, in reverse."""
        socks = [self.server.connect() for _ in range(400)]
        try:
            for sock in socks:
                sock.sendall((GET + "\r\n").encode())
            for sock in reversed(socks):
                self.assertEqual(Stream(sock).next()[0], 200)
        finally:
            for sock in socks:
                sock.close()


if __name__ == "__main__":
    harness.main()
