"""The rules: a list to look through, and a page that shows what a rule would do while it is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taxonomy import changes, drafts, own_set, search
from taxonomy.drafting.draft import Draft
from taxonomy.drafting.edits import EditRefused
from taxonomy.drafting.published import RuleValue
from taxonomy.edit_words import Words
from taxonomy.models import BusinessLine, ChangeSet, Rule, RuleProposal, Tag
from taxonomy.rule_desk import RuleDesk
from taxonomy.rule_forms import RuleForm
from taxonomy.search_keys import fold

PAGE = 100

readers = permission_required("taxonomy.view_tag", raise_exception=True)
editors = permission_required("taxonomy.change_rule", raise_exception=True)


@require_safe
@login_required
@readers
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the newest version; who may edit sees them with the edits of their own change set."""
    change_set, draft = _own(request)
    asked = {name: request.GET.get(name, "")[:200].strip() for name in ("q", "kind", "line")}
    found = _desk(draft).listed(asked["q"], asked["kind"], asked["line"])
    content = {
        "asked": asked,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "kinds": Rule.Kind.choices,
        "business_lines": BusinessLine.objects.all(),
        "change_set": change_set,
        "proposed": RuleProposal.objects.open().count(),
    }
    return render(request, "taxonomy/rules.html", content)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@editors
def rule(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """Add a rule, or change one."""
    change_set, draft = _own(request)
    known = _find(draft, key) if key else None
    form = RuleForm(request.POST if request.method == "POST" else None, draft, known)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            _edit(request, "rule_change" if known else "rule_add", form.values)
            return redirect("taxonomy:rules")
        except EditRefused as refused:
            form.add_error(None, Words(draft.base).refused(refused))
    told, desk = _told(form), _desk(draft)
    names = {"subject": desk.name(told.get("subject", "")), "others": [(o, desk.name(o)) for o in told["others"]]}
    content = {"form": form, "told": told, "names": names, "known": known, "change_set": change_set}
    return render(request, "taxonomy/rule.html", content, status=422 if form.errors else 200)


@require_POST
@login_required
@editors
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    _change_set, draft = _own(request)
    _edit(request, "rule_remove", {"rule": _find(draft, key).key})
    return redirect("taxonomy:rules")


@require_POST
@login_required
@editors
def contradictions(request: HttpRequest) -> HttpResponse:
    """What the rules would get wrong with the rule as it stands in the form: a part of the page."""
    _change_set, draft = _own(request)
    key = request.POST.get("rule", "")
    form = RuleForm(request.POST, draft, _find(draft, key) if key else None)
    told = None
    if form.is_valid():
        try:
            draft.apply("rule_change" if key else "rule_add", form.values)
            told = _desk(draft).contradictions(form.key)
        except EditRefused as refused:
            form.add_error(None, Words(draft.base).refused(refused))
    return render(request, "taxonomy/_contradictions.html", {"form": form, "told": told})


@require_safe
@login_required
@readers
def tag_options(request: HttpRequest) -> JsonResponse:
    """The tags that answer what was typed, by code: published ones, and those of the person's own change set."""
    query = request.GET.get("q", "")[:200]
    found = search.search(query)
    codes = dict(Tag.objects.filter(pk__in=[each.tag for each in found]).values_list("pk", "code"))
    options = [
        {"code": codes[each.tag], "name": each.name, "path": " › ".join(each.path), "matched": each.matched}
        for each in found
    ]
    _change_set, draft = _own(request)
    wanted = fold(query)
    for code, node in draft.nodes.items():
        if wanted and node and not node.id and wanted in fold(node.name):
            options.append({"code": code, "name": node.name, "path": _("new")})
    return JsonResponse({"options": options})


def _own(request: HttpRequest) -> tuple[ChangeSet | None, Draft]:
    """The set the person works on, and the taxonomy with its edits."""
    change_set = own_set.find(request.user) if request.user.has_perm("taxonomy.change_rule") else None  # type: ignore[arg-type]
    return change_set, drafts.of(change_set)[0] if change_set else drafts.empty()


def _desk(draft: Draft) -> RuleDesk:
    return RuleDesk(draft, {line.pk: str(line) for line in BusinessLine.objects.all()})


def _find(draft: Draft, key: UUID | str) -> RuleValue:
    if not draft.has_rule(str(key)):
        raise Http404
    return draft.rule(str(key))


def _edit(request: HttpRequest, op: str, values: dict[str, Any]) -> None:
    change_set = own_set.of(request.user)  # type: ignore[arg-type]
    changes.add(change_set.pk, op, values, request.user)  # type: ignore[arg-type]
    messages.success(request, _("Noted in your change set. It holds once the set is published."))


def _told(form: RuleForm) -> dict[str, Any]:
    """What the fields show: what was sent, else the rule as it is."""
    if form.is_bound:
        others = [part for value in form.data.getlist("others") for part in value.split(";") if part.strip()]
        told = {name: form.data.get(name, "") for name in ("kind", "line", "weight", "note")}
        return told | {"subject": form["subject"].value() or "", "others": [part.strip() for part in others]}
    if form.rule is None:
        return {"kind": "excludes", "others": []}
    slugs = {pk: slug for slug, pk in form.draft.lines.items()}
    rule = form.rule
    return {
        "kind": rule.kind,
        "subject": rule.subject,
        "others": list(rule.others),
        "line": slugs.get(rule.line or 0, ""),
        "weight": rule.weight or "",
        "note": rule.note,
    }
