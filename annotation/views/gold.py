"""Gold clips: their list, and making one of a reviewed video."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import tag_figures
from annotation.forms.reviews import is_id
from annotation.models import GoldClip
from annotation.probes import gold, gold_list
from annotation.tag_labels import labels
from ml.registry.requests import SignedIn
from tagging.models import Video
from taxonomy.models import BusinessLine

editors = permission_required("annotation.add_goldclip", raise_exception=True)
SAYS = {"must": True, "never": False}


@require_safe
@login_required
@editors
def clips(request: SignedIn) -> HttpResponse:
    lines = tag_figures.lines_of(request.user)
    rows = gold_list.load(lines)
    known = labels({tag for row in rows for tag in (*row.must, *row.never)})
    for row in rows:
        row.labels.extend((wanted, known[tag].name) for wanted, tag in row.told if tag in known)
    content = {"rows": rows, "lines_asking": gold_list.asking(lines)}
    return render(request, "annotation/gold.html", content)


@require_http_methods(["GET", "POST"])
@login_required
@editors
def make(request: SignedIn) -> HttpResponse:
    """`video` and `line` in the address say of what."""
    video = request.GET.get("video", "")
    found = get_object_or_404(Video.objects.select_related("media"), pk=int(video) if is_id(video) else 0)
    lines = list(tag_figures.lines_of(request.user))
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0] if lines else None)
    if line is None:
        raise Http404
    candidates = gold.candidates(found, line)
    known = labels(one.tag for one in candidates)
    content: dict[str, Any] = {"video": found, "line": line, "lines": lines}
    if request.method == "POST":
        said = {one.tag: request.POST.get(f"tag-{one.tag}", "") for one in candidates}
        wanted = {tag: SAYS[word] for tag, word in said.items() if word in SAYS}
        if problem := _made(request, found, line, wanted):
            content |= {"problem": problem, "note": request.POST.get("note", "")}
        else:
            return redirect("annotation:gold")
        content["tags"] = [(known[tag], tag, SAYS.get(word)) for tag, word in said.items() if tag in known]
    else:
        content["tags"] = [(known[one.tag], one.tag, one.wanted) for one in candidates if one.tag in known]
    return render(request, "annotation/gold_new.html", content, status=422 if "problem" in content else 200)


def _made(request: SignedIn, video: Video, line: BusinessLine, wanted: dict[int, bool]) -> str:
    """Empty when it was made, else why not."""
    try:
        _clip, kept = gold.make(video, line, request.user, wanted, request.POST.get("note", "").strip()[:2000])
    except gold.AlreadyGold:
        return _("This video is a gold clip of the line already. Retire that one first.")
    except gold.BrokenRule:
        return _("The tags that it must get break a rule. Take one of them out.")
    except ValueError:
        return _("Say of at least one tag that the clip must get it, or must not.")
    messages.success(request, _("The clip comes up as a gold clip from now on."))
    if kept:
        text = ngettext(
            "%(line)s asks newcomers to qualify from now on. %(n)d person who has worked for it stays in.",
            "%(line)s asks newcomers to qualify from now on. %(n)d people who have worked for it stay in.",
            kept,
        )
        messages.info(request, text % {"line": line, "n": kept})
    return ""


@require_POST
@login_required
@editors
def retire(request: SignedIn, pk: int) -> HttpResponse:
    mine = GoldClip.objects.filter(business_line__in=tag_figures.lines_of(request.user))
    gold.retire(get_object_or_404(mine, pk=pk))
    messages.success(request, _("The clip no longer comes up. What it told of reviewers stays."))
    return redirect(reverse("annotation:gold"))
