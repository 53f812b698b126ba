"""A reviewer's browser without the drawing: one connection that stays open, the page's own requests."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

CSRF = "b" * 32
HIDDEN = re.compile(r'name="(operation|token|taxonomy_version|model_version)" value="([^"]*)"')
TASK = re.compile(r'data-task="(\d+)"')
VERDICT = re.compile(r'name="(verdict-\d+)"')


class Reviewer:
    """One signed-in person. Times are seconds from sending a request to having read its answer."""

    def __init__(self, address: str, cookie: str, line: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._headers = {"Cookie": f"{cookie}; csrftoken={CSRF}", "X-CSRFToken": CSRF, "Accept": "text/html"}
        self.line = line
        self.address = address

    def ask(
        self, method: str, path: str, fields: dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, str, float]:
        """Status, body (or the address of a redirect), seconds."""
        body = urlencode(fields or {}, doseq=True) if method == "POST" else None
        sent = {**self._headers, **headers}
        if body is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        start = perf_counter()
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        seconds = perf_counter() - start
        return answer.status, answer.getheader("Location") or text, seconds

    def look(self, path: str, rounds: int) -> list[float]:
        """Median and worst milliseconds of a page; the first look, which fills caches of the server, is not counted."""
        times = []
        for n in range(rounds + 1):
            status, text, seconds = self.ask("GET", path)
            assert status == 200, (path, status, text[:300])
            times += [seconds * 1000] if n else []
        return [round(median(times), 1), round(max(times), 1)]

    def next(self) -> tuple[dict[str, str], float]:
        """Claim one clip ahead, as the page does when it comes up: its form's entries, and the time."""
        status, html, seconds = self.ask("GET", f"/review/next/?line={self.line}")
        if status != 200:
            raise RuntimeError(f"no clip to claim: {status}")
        return entries_of(html), seconds

    def submit(self, entries: dict[str, str]) -> tuple[dict[str, Any], float]:
        """Accept the rest: what Enter does."""
        fields = {**entries, "action": "submit", "seconds": "4.2"}
        status, text, seconds = self.ask("POST", f"/review/{entries['task']}/", fields, Accept="application/json")
        if status == 422:  # a rule of the made taxonomy hit the made suggestions: reject all, as a person would
            rejected = {name: "reject" for name in entries if name.startswith("verdict-")}
            path = f"/review/{entries['task']}/"
            status, text, seconds = self.ask("POST", path, fields | rejected, Accept="application/json")
        if status != 200:
            raise RuntimeError(f"{status}: {text[:300]}")
        return json.loads(text), seconds


def entries_of(html: str) -> dict[str, str]:
    """The entries of a drawn clip's form."""
    found = TASK.search(html)
    assert found
    return {"task": found[1], **dict(HIDDEN.findall(html)), **dict.fromkeys(VERDICT.findall(html), "")}


def milliseconds(name: str, times: list[float]) -> dict[str, float]:
    cuts = quantiles(times, n=100)
    return {f"{name}_p50_ms": round(cuts[49] * 1000, 1), f"{name}_p95_ms": round(cuts[94] * 1000, 1)}
