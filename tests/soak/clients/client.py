# SPDX-License-Identifier: MIT
"""client.py urllib|httpx URL SIZE TRIES - PUT a body, and count the answers that are 413."""

import sys
import urllib.error
import urllib.request


def by_urllib(url, body):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method="PUT")) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def by_httpx(url, body):
    import httpx
    return httpx.put(url, content=body).status_code


name, url, size, tries = sys.argv[1:]
put = {"urllib": by_urllib, "httpx": by_httpx}[name]
count = 0
for _ in range(int(tries)):
    try:
        count += put(url, b"x" * int(size)) == 413
    except Exception as error:
        print(repr(error), file=sys.stderr)
print(count)
