"""The page of the tree, on which editors edit, and the part of it that tells one tag."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from taxonomy import search, tag_page, tree_file, versions
from taxonomy.models import ChangeSet, Tag, TagRelation, TaxonomyVersion
from taxonomy.tree import tree
from taxonomy.views import packed

FOUND = 50
RELATION_KINDS = [
    (kind.value, kind.label)
    for kind in TagRelation.Kind
    if kind not in {TagRelation.Kind.SPLIT_INTO, TagRelation.Kind.EXACT_MATCH}
]


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    """The tree, or what was searched for."""
    query = request.GET.get("q", "")[:200].strip()
    content = _frame(request) | {"query": query, "tree": tree()}
    if query:
        content["found"] = search.search(query, FOUND)
    return render(request, "taxonomy/editor.html", content)


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
@vary_on_headers("HX-Request")
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """One tag beside the tree; a script that has the tree already asks for the tag's part only."""
    shown = get_object_or_404(Tag.objects.select_related("merged_into"), pk=pk)
    content = {"page": tag_page.load(shown)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "taxonomy/_tag.html", content)
    return render(request, "taxonomy/editor.html", content | _frame(request))


@require_safe
@login_required
@permission_required("taxonomy.view_tag", raise_exception=True)
def categories(request: HttpRequest, number: int, digest: str, language: str) -> HttpResponse:
    """The categories of a version for the tree's script. The address names its content, so it is fetched once."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    version = get_object_or_404(TaxonomyVersion.objects.only("digest"), number=number, digest=digest)
    return packed(request, tree_file.packed(version, language))


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What surrounds the tag: the version that the tree shows, and for editors the set that their edits go into."""
    version = versions.current()
    content: dict[str, Any] = {
        "version": version,
        "base": version,
        "language": get_language() or settings.LANGUAGE_CODE,
    }
    if not request.user.has_perm("taxonomy.change_tag"):  # type: ignore[union-attr]
        return content
    change_set = _open_set(request)
    if change_set:
        content["base"] = change_set.base
    return content | {"may_edit": True, "change_set": change_set, "relation_kinds": RELATION_KINDS}


def _open_set(request: HttpRequest) -> ChangeSet | None:
    """The set that was asked for, where it is open, else the newest of one's own."""
    sets = ChangeSet.objects.shown().filter(state=ChangeSet.State.OPEN)
    asked = request.GET.get("set", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return sets.filter(pk=int(asked)).first()
    return sets.filter(author=request.user.pk).first()
