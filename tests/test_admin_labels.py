"""The Django admin speaks the reader's language too."""

import pytest
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import override

from taxonomy.models import BusinessLine
from tests.factories import make_line, make_user

OURS = {"taxonomy", "tagging", "annotation", "registry"}
PAGES = [(model, page) for model, page in admin.site._registry.items() if model._meta.app_label in OURS]


def shown(model, page, request):
    """The model's fields on the page and in the list."""
    names = [name for name in page.list_display if isinstance(name, str)]
    for name in [*names, *(name for part in page.get_fieldsets(request) for name in part[1]["fields"])]:
        try:
            yield model._meta.get_field(name)
        except FieldDoesNotExist:
            continue  # computed: its label is a `description`
    for inline in page.get_inline_instances(request):
        yield from (inline.model._meta.get_field(name) for name in inline.fields)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "page"), PAGES, ids=lambda part: getattr(part, "__name__", ""))
def test_every_label_can_be_translated(model, page, rf):
    request = rf.get("/")
    request.user = make_user(is_superuser=True, is_staff=True)

    fields = {field.name: field.verbose_name for field in shown(model, page, request) if not field.auto_created}
    named = [model._meta.verbose_name, model._meta.verbose_name_plural]

    assert [name for name, label in fields.items() if not isinstance(label, Promise)] == []
    assert all(isinstance(label, Promise) for label in named)


def test_the_page_of_a_business_line_is_chinese_for_who_reads_chinese(client, sign_in, db):
    sign_in("admin")
    line = make_line(slug="search")
    client.cookies["django_language"] = "zh-hans"

    page = client.get(f"/django-admin/taxonomy/businessline/{line.pk}/change/").content.decode()

    with override("zh-hans"):
        labels = [str(BusinessLine._meta.get_field(name).verbose_name) for name in ("slug", "members")]
    assert labels == ["短名", "成员"]
    assert all(label in page for label in labels)
