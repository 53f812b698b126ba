"""How much tags are used, for the page of the tree, which lies below this app and fetches it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from tagging import tag_counts, veils


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def counts(request: HttpRequest) -> JsonResponse:
    """Two columns: categories, and how often each is given."""
    given = tag_counts.given(veils.unsaid(request.user))
    return JsonResponse({"tags": list(given), "given": list(given.values())})
