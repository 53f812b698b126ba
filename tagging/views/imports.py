"""Imports: start one in one or two steps, watch it, stop it, read what went wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from tagging import intake, nudges, tables, uploads
from tagging.forms import ColumnsForm, ImportForm
from tagging.models import Import
from taxonomy.models import BusinessLine

LISTED = 50
ERRORS_SHOWN = 100
SALT = "tagging.upload"
UPLOAD_SECONDS = 24 * 3600  # so long an uploaded table waits for its columns to be named


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("tagging.view_import", raise_exception=True)
def imports(request: HttpRequest) -> HttpResponse:
    """The list and the form of a new one."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return new_import(request, form)
    before = request.GET.get("before", "")
    older = {"pk__lt": before} if before.isdecimal() and len(before) < 19 else {}
    listed = list(Import.objects.filter(**older).select_related("created_by")[: LISTED + 1])
    content = {
        "form": form,
        "imports": listed[:LISTED],
        "before": listed[LISTED - 1].pk if len(listed) > LISTED else None,
    }
    return render(request, "tagging/imports.html", content, status=422 if form.errors else 200)


@permission_required("tagging.add_import", raise_exception=True)
def new_import(request: HttpRequest, form: ImportForm) -> HttpResponse:
    told = form.cleaned_data
    if told["table"]:
        return _ask_for_columns(request, told)
    path = uploads.save(told["clips"]) if told["clips"] else told["folder"]
    name = _("%(count)d uploaded clips") % {"count": len(told["clips"])} if told["clips"] else str(path)
    return _start(request, path, name=name, source=told["source"], business_line=told["business_line"])


def _ask_for_columns(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    """Keep the table and go on to its columns. What was said so far travels in the address, signed."""
    table = told["table"]
    folder = uploads.save([table])
    line = told["business_line"]
    step = {
        "path": str(next(folder.iterdir())),
        "name": table.name[:300],
        "source": told["source"],
        "media": str(told.get("folder") or ""),
        "line": line.pk if line else None,
        "by": request.user.pk,
    }
    return redirect("tagging:import-columns", token=signing.dumps(step, salt=SALT, compress=True))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("tagging.add_import", raise_exception=True)
def columns(request: HttpRequest, token: str) -> HttpResponse:
    """The second step: which column is what."""
    step = _step(request, token)
    path = Path(step["path"])
    try:
        layout = tables.layout(path, intake.kind_of(path))
    except (tables.Unreadable, intake.IntakeError) as error:
        messages.error(request, _(str(error)))
        return redirect("tagging:imports")
    line = BusinessLine.objects.filter(pk=step["line"]).first()
    form = ColumnsForm(request.POST or None, table_columns=layout.columns, initial={"business_line": line})
    if request.method == "POST" and form.is_valid():
        return _start(
            request,
            path,
            name=step["name"],
            source=step["source"],
            mapping=form.mapping(),
            media_folder=Path(step["media"]) if step["media"] else None,
            business_line=form.cleaned_data["business_line"],
        )
    rows = [list(row.values()) for row in tables.preview(path, layout)]
    content = {"form": form, "step": step, "layout": layout, "rows": rows}
    return render(request, "tagging/import_columns.html", content, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required("tagging.view_import", raise_exception=True)
@vary_on_headers("HX-Request")
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Import.objects.select_related("created_by", "business_line"), pk=pk)
    errors = list(shown.errors.all()[: ERRORS_SHOWN + 1])
    live = shown.state in (Import.State.QUEUED, Import.State.RUNNING)
    waiting = 0 if live else shown.videos.filter(media_state="pending").count()
    content = {
        "import": shown,
        "live": live,
        "waiting": waiting,
        "errors": [
            {"line": e.line, "field": e.field, "shown": _(e.reason), "value": e.value} for e in errors[:ERRORS_SHOWN]
        ],
        "reason": _(shown.error) if shown.error else "",
        "more": len(errors) > ERRORS_SHOWN,
    }
    template = "tagging/import.html#progress" if request.htmx else "tagging/import.html"  # type: ignore[attr-defined]
    return render(request, template, content)


@require_POST
@login_required
@permission_required("tagging.change_import", raise_exception=True)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    stopped = get_object_or_404(Import, pk=pk)
    if not intake.cancel(stopped):
        messages.info(request, _("The import was over already."))
    return redirect(stopped)


@require_POST
@login_required
@permission_required("tagging.change_import", raise_exception=True)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    stopped = get_object_or_404(Import, pk=pk)
    if intake.resume(stopped):
        nudges.run_import(stopped.pk)
    return redirect(stopped)


@require_safe
@login_required
@permission_required("tagging.view_import", raise_exception=True)
def errors(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All row errors as CSV, a row at a time."""
    failed = get_object_or_404(Import, pk=pk)
    response = StreamingHttpResponse(error_lines(failed), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-errors.csv"'
    return response


class _Line:
    """What csv.writer needs of a file; `write` hands the line back."""

    def write(self, line: str) -> str:
        return line


def error_lines(failed: Import) -> Iterator[str]:
    """CSV with a byte-order mark, without which Excel takes UTF-8 for something else."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([_("line"), _("column"), _("reason"), _("value")])
    for line, field, reason, value in failed.errors.values_list("line", "field", "reason", "value").iterator(5_000):
        yield writer.writerow([line, field, _(reason), _harmless(value)])


def _harmless(value: str) -> str:
    """A value that a spreadsheet does not take for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _start(request: HttpRequest, path: Path, **told: Any) -> HttpResponse:
    try:
        started = intake.start(path, by=request.user, **told)  # type: ignore[arg-type]
    except (tables.Unreadable, intake.IntakeError) as error:
        messages.error(request, _(str(error)))
        return redirect("tagging:imports")
    nudges.run_import(started.pk)
    return redirect(started)


def _step(request: HttpRequest, token: str) -> dict[str, Any]:
    try:
        step: dict[str, Any] = signing.loads(token, salt=SALT, max_age=UPLOAD_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    if step["by"] != request.user.pk:
        raise Http404
    return step
