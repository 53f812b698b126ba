"""Videos: the list that is searched, and the page of one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from ml.registry import nudges as registry_nudges
from tagging import gallery, nudges, probing, search, suggestions, veils, video_page
from tagging.forms import VideoSearchForm
from tagging.models import Video


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
@vary_on_headers("HX-Request")
def videos(request: HttpRequest) -> HttpResponse:
    form = VideoSearchForm(request.GET)
    unsaid = veils.unsaid(request.user)
    page = search.find(form.query(), unsaid) if form.is_valid() else search.Page([], None, partial=False)
    template = "tagging/videos.html#results" if request.htmx else "tagging/videos.html"  # type: ignore[attr-defined]
    asked = {name: value for name, value in request.GET.items() if value and name != "before"}
    content = {
        "form": form,
        "page": page,
        "older": urlencode(asked | {"before": page.next}) if page.next is not None else "",
        "asked": asked,
        "window": search.WINDOW,
        "sources": search.sources(),
    }
    return render(request, template, content)


@require_safe
@login_required
@permission_required("tagging.view_video", raise_exception=True)
def video(request: HttpRequest, pk: int) -> HttpResponse:
    found = video_page.load(pk)
    if found is None:
        raise Http404
    seen = video_page.latest_set(found)
    hidden = veils.of_video(request.user, pk)
    if hidden.proposed:
        seen = None
    if hidden.said:
        found.hush()
    manages = request.user.has_perm("tagging.manage_gallery") and found.media is not None
    content = {
        "people": video_page.named(gallery.people()) if manages else [],
        "video": found,
        "seen": seen,
        "hidden": hidden,
        "suggestions": video_page.suggestions(found, seen, veils.unsaid(request.user)),
        "tags": video_page.given_tags(found),
        "reason": _(found.media_error) if found.media_error else "",
    }
    return render(request, "tagging/video.html", content)


@require_POST
@login_required
@permission_required("tagging.change_import", raise_exception=True)
def examine_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Video, pk=pk)
    if probing.again(found):
        nudges.probe_waiting()
        messages.success(request, _("The media file is examined again."))
    return redirect(found)


@require_POST
@login_required
@permission_required("tagging.change_import", raise_exception=True)
def suggest_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Video, pk=pk)
    if suggestions.again(found):
        registry_nudges.suggest_waiting()
        messages.success(request, _("The models look at this video again."))
    return redirect(found)
