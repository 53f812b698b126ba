"""Media from other machines: only from hosts that settings name, and never from the inside of our own network."""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from typing import BinaryIO
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _

TIMEOUT = 15  # seconds without a byte
DEADLINE = 300  # seconds for one file
REDIRECTS = 3
BLOCK = 2**16


class FetchError(OSError):
    """The file could not be fetched; the text is one sentence that says why."""


def is_url(media: str) -> bool:
    return "://" in media


def allowed(url: str) -> bool:
    """Whether settings.IMPORT_URL_HOSTS names the URL's host.

    `cdn.example.com` stands for https on that host. A full origin, `http://10.0.0.5:9000`, stands for exactly itself:
    who writes that down means it, so it may be unencrypted and private.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not url.isprintable() or " " in url:
        return False
    https = parts.scheme == "https" and port in (None, 443) and host in settings.IMPORT_URL_HOSTS
    return https or _is_named_origin(parts)


def fetch(url: str, to: BinaryIO, limit: int) -> None:
    """Write what lies at `url`, at most `limit` bytes, to the file. Raises FetchError."""
    deadline = time.monotonic() + DEADLINE
    try:
        for _step in range(REDIRECTS + 1):
            target = _get(url, to, limit, deadline)
            if target is None:
                return
            if urlsplit(target).netloc != urlsplit(url).netloc:
                raise FetchError(_("The address redirects to another host."))
            url = target
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, FetchError):
            raise
        raise FetchError(_("The host cannot be reached, or does not answer as it should.")) from error
    raise FetchError(_("The address redirects too often."))


def _get(url: str, to: BinaryIO, limit: int, deadline: float) -> str | None:
    """None when the file was written, else the address that the host redirects to."""
    if not allowed(url):
        raise FetchError(_("Media are not fetched from this address."))
    parts = urlsplit(url)
    connection = _connection(parts)
    try:
        connection.connect()
        if not _is_named_origin(parts):
            # Asked of the connection itself: a name may mean another address each time it is looked up.
            _require_public(connection.sock.getpeername()[0])
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept-Encoding": "identity", "User-Agent": "Tagwright"})
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return urljoin(url, response.headers.get("Location", ""))
        if response.status != 200:
            raise FetchError(_("The host does not have the file."))
        _write(response, to, limit, deadline)
        return None
    finally:
        connection.close()


def _write(response: http.client.HTTPResponse, to: BinaryIO, limit: int, deadline: float) -> None:
    written = 0
    if response.length is not None and response.length > limit:
        raise FetchError(_("The file is too large."))
    expected = response.length
    while block := response.read1(BLOCK):
        written += len(block)
        if written > limit:
            raise FetchError(_("The file is too large."))
        if time.monotonic() > deadline:
            raise FetchError(_("The host sends too slowly."))
        to.write(block)
    if expected is not None and written < expected:
        raise FetchError(_("The host stopped in the middle of the file."))


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)


def _require_public(address: str) -> None:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if not (mapped or ip).is_global or (mapped or ip).is_multicast:
        raise FetchError(_("The host lies in a private network."))


def _is_named_origin(parts: SplitResult) -> bool:
    return f"{parts.scheme}://{parts.netloc}" in settings.IMPORT_URL_HOSTS and parts.scheme in ("http", "https")
