"""Media are fetched from hosts that settings name, and from nowhere else."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tagging import fetching

PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/clip.mp4?v=1": (200, {"Content-Length": "5"}, b"bytes"),
    "/moved": (302, {"Location": "/clip.mp4?v=1"}, b""),
    "/away": (302, {"Location": "https://example.com/clip.mp4"}, b""),
    "/inside": (302, {"Location": "http://127.0.0.1:1/clip.mp4"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/long": (200, {"Content-Length": "5000000"}, b"x"),
    "/endless": (200, {}, b"x" * 3000),
    "/short": (200, {"Content-Length": "50"}, b"x"),
}


class Host(BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, body = PAGES.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetched(url: str, limit: int = 1000) -> bytes:
    file = io.BytesIO()
    fetching.fetch(url, file, limit)
    return file.getvalue()


@pytest.mark.parametrize("path", ["/clip.mp4?v=1", "/moved"])
def test_a_named_origin_is_fetched_from(origin, settings, path):
    settings.IMPORT_URL_HOSTS = [origin]
    assert fetched(origin + path) == b"bytes"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/away", "another host"),
        ("/inside", "another host"),
        ("/loop", "too often"),
        ("/long", "too large"),
        ("/endless", "too large"),
        ("/short", "middle"),
        ("/missing", "does not have"),
    ],
)
def test_what_the_host_may_not_do(origin, settings, path, reason):
    settings.IMPORT_URL_HOSTS = [origin, "example.com"]
    with pytest.raises(fetching.FetchError, match=reason):
        fetched(origin + path)


def test_a_host_that_is_not_named_is_not_asked(origin, settings):
    settings.IMPORT_URL_HOSTS = ["cdn.example.com"]
    with pytest.raises(fetching.FetchError, match="not fetched from this address"):
        fetched(origin + "/clip.mp4")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1"],
)
def test_addresses_inside_our_network_are_refused(address):
    with pytest.raises(fetching.FetchError, match="private network"):
        fetching._require_public(address)
    fetching._require_public("93.184.216.34")
