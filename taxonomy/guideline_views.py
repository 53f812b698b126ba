"""Writing guidelines: the text beside its preview, clips as examples, and what changed since the published version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from taxonomy import body_languages, changes, drafts, guidelines, own_set, text_diff
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.edits import EditRefused
from taxonomy.drafting.published import GuidelineValue
from taxonomy.drafting.rule_edits import guideline_values
from taxonomy.edit_words import Words
from taxonomy.guideline_forms import GuidelineForm
from taxonomy.models import BusinessLine, ChangeSet, Guideline, Tag

OFFERED = ("example", "counter_example")

editors = permission_required("taxonomy.change_guideline", raise_exception=True)


@dataclass(frozen=True)
class Place:
    """A tag and a business line (None: all of them), with what the newest version and the change set say there."""

    code: str
    name: str
    tag: Tag | None  # None while only the change set has it
    line: BusinessLine | None
    published: GuidelineValue
    drafted: GuidelineValue


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@editors
def edit(request: HttpRequest) -> HttpResponse:
    """`?tag=<code>&line=<slug>`; without a line the general guideline. `example` or `counter_example` offers a clip."""
    change_set, draft = _own(request)
    place = _place(request, draft)
    form = GuidelineForm(request.POST if request.method == "POST" else None, initial=_initial(place))  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        values = {"tag": place.code, "line": place.line.slug if place.line else None, **form.cleaned_data}
        try:
            changes.add(own_set.of(request.user).pk, "guideline", values, request.user)  # type: ignore[arg-type]
        except EditRefused as refused:
            form.add_error(None, Words(draft.base).refused(refused))
        else:
            messages.success(request, _("Noted in your change set. It holds once the set is published."))
            return redirect(request.get_full_path())
    told = form.cleaned_data if form.is_bound and form.is_valid() else guideline_values(place.drafted)
    newest = _newest(place)
    content = {
        "form": form,
        "place": place,
        "change_set": change_set,
        "business_lines": BusinessLine.objects.all(),
        "picked": {f"{name}s": _with(told[f"{name}s"], request.GET.get(name, "")) for name in OFFERED},
        "newest": newest,
        "diff": text_diff.brief(place.published.body, place.drafted.body) if place.drafted != place.published else [],
        "previews": previews(place.drafted.body),
    }
    return render(request, "taxonomy/guideline.html", content, status=422 if form.errors else 200)


@require_POST
@login_required
@editors
def preview(request: HttpRequest) -> HttpResponse:
    """The text of the form as reviewers will see it, and what it changes: a part of the page."""
    _change_set, draft = _own(request)
    place = _place(request, draft)
    form = GuidelineForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    diff = text_diff.brief(place.published.body, body) if body != place.published.body else []
    return render(request, "taxonomy/_guideline_preview.html", {"previews": previews(body), "diff": diff, "form": form})


def previews(body: str) -> list[tuple[str, SafeString]]:
    """The text as readers of each language see it."""
    names = dict(settings.LANGUAGES)
    written = body_languages.parts(body)
    if len(written) < 2:
        return [("", guidelines.html(body_languages.of(body, None)))]
    return [(str(names[code]), guidelines.html(body_languages.of(body, code))) for code in names]


def _with(clips: list[int], offered: str) -> list[int]:
    """The clips and the one that the address offers."""
    known = offered.isascii() and offered.isdigit() and len(offered) < 19
    return list(dict.fromkeys([*clips, int(offered)])) if known else clips


def _initial(place: Place) -> dict[str, Any]:
    """The text as it is. To confirm it is asked anew with each change."""
    values = guideline_values(place.drafted)
    return values | {"confirm": place.drafted.confirm and place.drafted != place.published}


def _own(request: HttpRequest) -> tuple[ChangeSet | None, Draft]:
    change_set = own_set.find(request.user)  # type: ignore[arg-type]
    return change_set, drafts.of(change_set)[0] if change_set else drafts.empty()


def _place(request: HttpRequest, draft: Draft) -> Place:
    node = draft.find(request.GET.get("tag", ""))
    slug = request.GET.get("line", "")
    line = BusinessLine.objects.filter(slug=slug).first() if slug else None
    if node is None or (slug and line is None):
        raise Http404
    at = node.code, line.pk if line else None
    tag = Tag.objects.filter(code=node.code).first()
    name = Words(draft.base).name(node.code) if tag else node.name
    published = draft.base.guidelines.get(at, GuidelineValue())
    return Place(node.code, name, tag, line, published, draft.guideline(at))


def _newest(place: Place) -> Guideline | None:
    rows = Guideline.objects.filter(tag=place.tag, business_line=place.line).order_by("-version")
    return rows.first() if place.tag else None
