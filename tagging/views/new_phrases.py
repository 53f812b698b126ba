"""Phrases that the taxonomy has no name for: an editor makes tags or aliases of them, or lets them be."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tagging import new_phrases, tag_names
from tagging.phrase_models import NewPhrase
from taxonomy import own_set
from taxonomy.drafting.edits import EditRefused
from taxonomy.models import Tag

PAGE = 50

editors = permission_required("taxonomy.add_tag", raise_exception=True)


@require_safe
@login_required
@editors
def phrases(request: HttpRequest) -> HttpResponse:
    """What is open, the commonest first, or what was decided."""
    is_open = request.GET.get("state") != "decided"
    page = Paginator(new_phrases.waiting() if is_open else new_phrases.decided(), PAGE).get_page(
        request.GET.get("page")
    )
    examples = new_phrases.examples(page.object_list)
    content = {
        "page": page,
        "rows": [(phrase, examples.get(phrase.pk, [])) for phrase in page.object_list],
        "is_open": is_open,
        "kinds": Tag.Kind.choices,
        "change_set": own_set.find(request.user),  # type: ignore[arg-type]
    }
    return render(request, "tagging/new_phrases.html", content)


@require_POST
@login_required
@editors
def make_tag(request: HttpRequest, pk: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    kind = kind if kind in Tag.Kind.values else Tag.Kind.CONTENT
    return _decided(
        request,
        lambda: new_phrases.make_tag(pk, kind, request.user),  # type: ignore[arg-type]
        _("Noted in your change set. It holds once the set is published."),
    )


@require_POST
@login_required
@editors
def make_alias(request: HttpRequest, pk: int) -> HttpResponse:
    # A picked tag comes before the field it was picked in; without scripts somebody types a name there.
    tag = next((code.strip() for code in request.POST.getlist("tag") if code.strip()), "")
    found = tag_names.resolve([tag])[tag] if tag else ""
    tag = Tag.objects.get(pk=found).code if isinstance(found, int) else tag  # else one of the own change set, perhaps
    if not tag:
        messages.error(request, _("Choose the tag that is called so too."))
        return redirect("tagging:new-phrases")
    return _decided(
        request,
        lambda: new_phrases.make_alias(pk, tag, request.user),  # type: ignore[arg-type]
        _("Noted in your change set. It holds once the set is published."),
    )


@require_POST
@login_required
@editors
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, lambda: new_phrases.ignore(pk, request.user), _("It will not be shown again."))  # type: ignore[arg-type]


@require_POST
@login_required
@editors
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    if new_phrases.put_back(pk):
        messages.success(request, _("It is open again."))
    return redirect("tagging:new-phrases")


def _decided(request: HttpRequest, decide: Callable[[], object], said: str) -> HttpResponse:
    try:
        decide()
        messages.success(request, said)
    except NewPhrase.DoesNotExist as error:
        raise Http404 from error
    except new_phrases.Decided:
        messages.info(request, _("Somebody has decided about it already."))
    except EditRefused:
        messages.error(request, _("This cannot be done: the tag is gone, or there is such a name already."))
    return redirect("tagging:new-phrases")
