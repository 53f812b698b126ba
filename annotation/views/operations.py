"""The ids by which what a page sends twice is done once."""

from __future__ import annotations

from uuid import UUID, uuid4

from ml.registry.requests import SignedIn


def sent(request: SignedIn) -> UUID:
    """The client's id of this operation; a form without one cannot be sent again by mistake."""
    try:
        return UUID(request.POST.get("operation", ""))
    except ValueError:
        return uuid4()
