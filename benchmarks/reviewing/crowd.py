"""Many reviewers at once from one process: an event loop over plain sockets, so that the client costs little.

Each does what the page does: asks for one clip, then sends review after review, whose answer brings the next clip.
"""

from __future__ import annotations

import json
import selectors
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from benchmarks.reviewing.client import CSRF, entries_of


@dataclass
class Told:
    """What one reviewer went through."""

    served: list[str] = field(default_factory=list)  # tasks
    seconds: list[float] = field(default_factory=list)  # a review with its next clip
    refused: int = 0


class Person:
    """A connection and what is asked on it next. `step` gets each answer and gives the next request."""

    def __init__(self, address: str, cookie: str, line: str, reviews: int) -> None:
        self.told = Told()
        self.left = reviews
        self._host, self._line = urlsplit(address).netloc, line
        self._common = (
            f"Host: {self._host}\r\nCookie: {cookie}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\nOrigin: {address}\r\n"
        )
        self._steps = self._work()
        self.request = next(self._steps)
        self.socket = socket.create_connection(self._host.split(":"))
        self.received = b""

    def step(self, status: int, body: bytes) -> bool:
        """Whether there is one more request."""
        try:
            self.request = self._steps.send((status, body))
        except StopIteration:
            return False
        return True

    def _work(self) -> Iterator[bytes]:
        status, body = yield self._asking(f"/review/next/?line={self._line}")
        clip: str | None = body.decode()
        while self.left and clip:
            entries = entries_of(clip)
            self.told.served.append(entries["task"])
            start = perf_counter()
            status, body = yield self._sending(entries)
            if status == 422:  # a rule of the made taxonomy hit the made suggestions: reject all, as a person would
                self.told.refused += 1
                entries |= {name: "reject" for name in entries if name.startswith("verdict-")}
                status, body = yield self._sending(entries)
            self.told.seconds.append(perf_counter() - start)
            assert status == 200, (status, body[:300])
            clip = json.loads(body).get("clip")
            self.left -= 1

    def _asking(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{self._common}Accept: text/html\r\n\r\n".encode()

    def _sending(self, entries: dict[str, str]) -> bytes:
        more = {"next": "1", "not": entries["task"]} if self.left > 1 else {}
        body = urlencode({**entries, "action": "submit", "seconds": "4.2", **more})
        return (
            f"POST /review/{entries['task']}/ HTTP/1.1\r\n{self._common}Accept: application/json\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def work(people: list[Person]) -> None:
    """Let everybody review until they are done."""
    with selectors.DefaultSelector() as selector:
        for person in people:
            selector.register(person.socket, selectors.EVENT_READ, person)
            person.socket.sendall(person.request)
        working = len(people)
        while working:
            for key, _events in selector.select():
                if not _heard(key.data):
                    selector.unregister(key.data.socket)
                    working -= 1


def _heard(person: Person) -> bool:
    """Read what has come; with a whole answer, send the next request. False when the person is done."""
    piece = person.socket.recv(1 << 18)
    assert piece, "the server hung up"
    person.received += piece
    head, found, body = person.received.partition(b"\r\n\r\n")
    if not found or len(body) < _length(head):
        return True
    person.received = b""
    if not person.step(int(head[9:12]), body):
        person.socket.close()
        return False
    person.socket.sendall(person.request)
    return True


def _length(head: bytes) -> int:
    name = b"\r\ncontent-length: "
    place = head.lower().find(name)
    return int(head[place + len(name) :].split(b"\r\n", 1)[0]) if place >= 0 else 0
