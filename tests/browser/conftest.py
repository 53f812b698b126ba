"""A real Chromium over the live server, signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, expect, sync_playwright

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SECONDS = 15  # until what should appear has failed to: the machine may be busy
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; without either the test is skipped."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=arguments)
        except Error as error:
            pytest.skip(f"no Chromium to be had: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def window(chromium, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser window as a person, or as nobody yet, with the options of Playwright's contexts."""
    opened: list[BrowserContext] = []
    under_way: set[Request] = set()

    def window(user: User | None, **options) -> BrowserContext:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, **options)
        if user:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.set_default_timeout(SECONDS * 1000)
        context.on("request", lambda request: under_way.add(request))
        for end in ("requestfinished", "requestfailed"):
            context.on(end, lambda request: under_way.discard(request))
        opened.append(context)
        return context

    yield window
    for context in opened:
        _settle(context, under_way)
        context.close()


def _settle(context: BrowserContext, under_way: set[Request]) -> None:
    """Wait for what the page has asked for: the database is emptied next, and must not meet a request at work."""
    for _ in range(60):
        if not under_way or not context.pages:
            return
        context.pages[0].wait_for_timeout(50)


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What the scripts of a watched page threw. A test ends without any."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_page(window, faults) -> Callable[..., Page]:
    """A page of a signed-in person, or of nobody yet, whose scripts must not throw."""

    def open_page(user: User | None, **options) -> Page:
        page = window(user, **options).new_page()
        page.on("pageerror", lambda error: faults.append(error.stack or str(error)))
        return page

    return open_page
