# SPDX-License-Identifier: MIT
"""Requests that two readers could understand in two ways, with libmicrohttpd 0.9.75 and with 1.0.1.

Each is sent with another request behind it, whole and byte by byte. What counts is not only the
answer, but the journal: the requests that were meant have been seen, and no text that was a body, or
a header, or behind a refusal has become a request.
"""

import harness
import wire

HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
SECRET = "GET /secret HTTP/1.1\r\nHost: x\r\n\r\n"  # never a request: it is a body


def post(*headers, body="", version="HTTP/1.1"):
    return "\r\n".join(["POST /a " + version, "Host: x", *headers, "", body])


def get(*headers, target="/a", version="HTTP/1.1", host="Host: x"):
    return "\r\n".join([f"GET {target} {version}", *([host] if host else []), *headers, "", ""])


def chunked(body, *headers):
    return post("Transfer-Encoding: chunked", *headers, body=body)


def length(value, body=""):
    return post(f"Content-Length:{value}", body=body)


# What is understood: these are answered, and so is what stands behind them.
UNDERSTOOD = {
    "body": (length(f" {len(SECRET)}", SECRET), 404),
    "chunks": (chunked(f"{len(SECRET):x}\r\n{SECRET}\r\n0\r\n\r\n"), 404),
    "upper case": (post("TRANSFER-ENCODING: CHUNKED",
                        body=f"{len(SECRET):X}\r\n{SECRET}\r\n0\r\n\r\n"), 404),
    "chunk of many zeros": (chunked(f"00000{len(SECRET):x}\r\n{SECRET}\r\n000\r\n\r\n"), 404),
    "chunk extension": (chunked(f"{len(SECRET):x};a=b\r\n{SECRET}\r\n0;c\r\n\r\n"), 404),
    "quoted chunk extension": (
        chunked(f'{len(SECRET):x};a="GET /secret"\r\n{SECRET}\r\n0\r\n\r\n'), 404),
    "trailer": (chunked("0\r\nContent-Length: 35\r\nTransfer-Encoding: chunked\r\n\r\n"), 404),
    "chunks in HTTP/1.0": (post("Transfer-Encoding: chunked", "Connection: keep-alive",
                                body="0\r\n\r\n", version="HTTP/1.0"), 404),
    "zeros": (length(f" 000{len(SECRET)}", SECRET), 404),
    "tab": (length(f"\t{len(SECRET)}", SECRET), 404),
    "another name": (post("Content_Length: 99", "Content-Length: 0", "XContent-Length: 99"), 404),
    "body of GET": (f"GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: {len(SECRET)}\r\n\r\n{SECRET}",
                    404),
    "bare LF": (get().replace("\r", ""), 404),
    "empty line before": ("\r\n" + get(), 404),
    "empty lines before": ("\r\n\n\r\n" + get(), 404),
    "absolute": (get(target="http://elsewhere/a"), 404),
    "HTTP/1.2": (get(version="HTTP/1.2"), 404),
    "Host empty": (get(host="Host:"), 404),
    "Host missing": (get(host=None), 400),
    "authority": (get(target="elsewhere:80"), 400),
    "space in the target": (get(target="/a b"), 400),
    "spaces around the target": (get(target=" /a "), 400),
    "CR in the target": (get(target="/a\rb"), 400),
    "vertical tab in the target": (get(target="/a\vb"), 400),
    "CR in a value": (get("X: a\rb"), 404),
    "NUL in a value": (get("X: a\0b"), 404),  # cut off there
    "no name": (get(": a"), 404),
    "space in a name": (get("X Y: a"), 404),
    "upgrade": (get("Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA"), 404),
}

# What is not, so that nobody knows where it ends: refused, and nothing behind it is looked at.
REFUSED = {
    "length and chunks": (post("Content-Length: 6", "Transfer-Encoding: chunked",
                               body="0\r\n\r\nG"), 400),
    "chunks and length": (post("Transfer-Encoding: chunked", "Content-Length: 6",
                               body="0\r\n\r\nG"), 400),
    "two lengths": (post("Content-Length: 0", f"Content-Length: {len(HIDDEN)}"), 400),
    "two lengths, the other first": (post(f"Content-Length: {len(HIDDEN)}", "Content-Length: 0"),
                                     400),
    "one length twice": (post("Content-Length: 0", "content-length: 0"), 400),
    "chunked twice": (post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked",
                           body="0\r\n\r\n"), 400),
    "chunked and identity": (post("Transfer-Encoding: chunked", "Transfer-Encoding: identity",
                                  body="0\r\n\r\n"), 400),
    "no coding": (post("Transfer-Encoding:", f"Content-Length: {len(HIDDEN)}"), 400),
    "list of codings": (post("Transfer-Encoding: gzip, chunked", body="0\r\n\r\n"), 501),
    "list of chunked": (post("Transfer-Encoding: chunked, chunked", body="0\r\n\r\n"), 501),
    "identity": (post("Transfer-Encoding: identity"), 501),
    "xchunked": (post("Transfer-Encoding: xchunked", body="0\r\n\r\n"), 501),
    "quoted coding": (post('Transfer-Encoding: "chunked"', body="0\r\n\r\n"), 501),
    "vertical tab": (post("Transfer-Encoding: \vchunked", body="0\r\n\r\n"), 501),
    "space behind": (post("Transfer-Encoding: chunked ", body="0\r\n\r\n"), 501),
    "coding on the next line": (post("Transfer-Encoding:", " chunked", body="0\r\n\r\n"), 400),
    "length on the next line": (post("Content-Length:", f" {len(HIDDEN)}"), 400),
    "length on the next line, with a tab": (post("Content-Length:", f"\t{len(HIDDEN)}"), 400),
    "coding as a continuation": (post("X: y", " Transfer-Encoding: chunked"), 400),
    "continued value": (get("X: a", " b"), 400),
    "continued long": (get("X: a", " " + "b" * 6000, "Y: " + "c" * 4000), 400),
    "continued at once": (f"GET /a HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n", 400),
    "length, space, colon": (post(f"Content-Length : {len(HIDDEN)}"), 400),
    "coding, space, colon": (post("Transfer-Encoding : chunked", "Content-Length: 0"), 400),
    "coding, tab, colon": (post("Transfer-Encoding\t: chunked", "Content-Length: 0"), 400),
    "host, space, colon": (get(host="Host : x"), 400),
    "Host twice": (get("Host: y"), 400),
    "Host twice the same": (get("host: x"), 400),
}

# The same, where the library finds it out, in its own words and before anybody is asked.
PINNED = {
    "length with +": (length(" +0"), 400),
    "length with -": (length(" -1"), 400),
    "hexadecimal length": (length(" 0x0"), 400),
    "octal-looking length": (length(" 0o7"), 400),
    "length with a space behind": (length(" 0 "), 400),
    "two numbers": (length(" 0 0"), 400),
    "list of lengths": (length(" 0, 0"), 400),
    "no length": (length(""), 400),
    "decimals": (length(" 0.0"), 400),
    "length of 2^64": (length(" 18446744073709551616"), 413),
    "chunk of 2^64": (chunked("10000000000000000\r\n"), 413),
    "chunk with 0x": (chunked("0x2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with +": (chunked("+2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with -": (chunked("-2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with a space before": (chunked(" 2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with a space behind": (chunked("2 \r\n{}\r\n0\r\n\r\n"), 400),
    "chunk of nothing": (chunked("\r\n{}\r\n0\r\n\r\n"), 400),
    "request for a trailer": (chunked(f"0;c\r\n{SECRET}"), 400),
    "chunk longer than it says": (chunked("2\r\n{}0\r\n\r\n"), 400),
    "NUL in a name": (get("X\0Y: a"), 400),
    "no colon": (get("nothing"), 400),
    "HTTP/0.9": ("GET /a\r\n", 400),
    "HTTP/2": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "http in lower case": (get(version="http/1.1"), 400),
    "HTTP/1.10": (get(version="HTTP/1.10"), 400),
    "another protocol": (get(version="ICY/1.1"), 400),
}

# And what it takes for no request at all: it hangs up.
CUT = {
    "space before": (" " + get(), None),
    "tabs": (get().replace(" ", "\t", 2), None),
    "TLS": ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", None),
}

# With 1.0.1 the library finds out more by itself, and is more strict. It trims values, and refuses
# every chunk extension, since it takes the line's end for the chunk's first byte.
SINCE_1_0 = [
    (UNDERSTOOD, PINNED, 400, "chunk extension", "quoted chunk extension", "bare LF", "Host missing",
     "space in the target", "spaces around the target", "CR in the target", "CR in a value",
     "NUL in a value", "no name", "space in a name"),
    (UNDERSTOOD, CUT, None, "empty lines before", "vertical tab in the target"),
    (REFUSED, PINNED, 400, "length and chunks", "chunks and length", "no coding", "list of codings",
     "list of chunked", "identity", "xchunked", "quoted coding", "vertical tab",
     "coding on the next line", "length on the next line", "length on the next line, with a tab",
     "coding as a continuation", "continued value", "continued long", "continued at once",
     "length, space, colon", "coding, space, colon", "coding, tab, colon", "host, space, colon"),
    (REFUSED, UNDERSTOOD, 404, "space behind"),
    (PINNED, UNDERSTOOD, 404, "length with a space behind"),
]
if harness.refuses_itself():
    for before, now, status, *names in SINCE_1_0:
        now.update((name, (before.pop(name)[0], status)) for name in names)


class Smuggling(harness.TestCase):
    def setUp(self):
        self.assertEqual(self.server.control("DELETE", "requests").status, 200)

    def seen(self):
        requests = self.server.control("GET", "requests").json["requests"]
        return [(r["path"], r["status"]) for r in requests]

    def each(self, cases, check):
        for name, (text, status) in cases.items():
            for cut in (wire.whole, wire.single_bytes, wire.pieces(name)):
                with self.subTest(name, cut=cut.__name__), wire.Wire(self.server) as w:
                    self.setUp()
                    w.send((text + HIDDEN).encode("latin-1"), cut)
                    check(w, status)

    def test_understood(self):
        def check(w, status):
            self.assertEqual(w.answer().status, status)
            self.assertEqual(w.answer().status, 404)
            self.assertTrue(w.ended())
            (_, first), second = self.seen()
            self.assertEqual(first, status)
            self.assertEqual(second, ("/hidden", 404))
        self.each(UNDERSTOOD, check)

    def test_refused(self):
        def check(w, status):
            answer = w.answer()
            self.assertEqual(answer.status, status)
            self.assertEqual(answer.code, {400: "invalid_request", 501: "not_implemented"}[status])
            self.assertTrue(answer.close)
            self.assertTrue(w.ended())
            self.assertEqual(self.seen(), [("/a", status)])
        self.each(REFUSED, check)

    def test_pinned(self):
        """The library's own answers, in HTML."""
        def check(w, status):
            answer = w.rest()
            self.assertRegex(answer, rb"^HTTP/1.1 %d " % status)
            self.assertIn(b"<html>", answer)
            self.assertIn(b"Connection: close\r\n", answer)
            # Of a body that is refused, the head has come; what is behind is no request.
            self.assertIn(self.seen(), ([], [("/a", None)]))
        self.each(PINNED, check)

    def test_cut(self):
        def check(w, _):
            self.assertEqual(w.rest(), b"")
            self.assertEqual(self.seen(), [])
        self.each(CUT, check)

    def test_length_twice_in_the_library(self):
        """Pinned: when it is gone, so should be what is said of it."""
        with wire.Wire(self.server) as w:
            w.send(length(" +0").encode())
            self.assertEqual(w.rest().count(b"HTTP/1.1 400 "), 1 if harness.refuses_itself() else 2)


if __name__ == "__main__":
    harness.main()
