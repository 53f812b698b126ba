"""Every address of the product, asked by everybody: one table says who is let in, and a new address needs a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.factories import make_user

pytestmark = [pytest.mark.long, pytest.mark.django_db]

VISITORS = {"nobody": None, "no role": None, "annotator": "annotator", "editor": "editor", "admin": "admin"}
SIGNED_IN = {"no role", "annotator", "editor", "admin"}
PUBLIC = SIGNED_IN | {"nobody"}
WITH_ROLE = {"annotator", "editor", "admin"}
ANNOTATOR, EDITOR, ADMIN = {"annotator"}, {"editor"}, {"admin"}

# Who gets as far as "not found" or "this is incomplete" was let in: object 0 does not exist. That objects of other
# business lines are not found either is told by the tests of each page.
SAMPLES = {"uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "int": "0", "str": "none", "slug": "none", "path": "0"}
REGEX_SAMPLES = {
    r"^media/(?P<pk>\d{1,18})/(?P<part>clip|poster|filmstrip)$": "media/0/clip",
    r"taxonomy/^export/(?P<what>tags|rules)\.csv$": "taxonomy/export/tags.csv",
    r"taxonomy/^rules/proposals/(?P<pk>\d{1,18})/(?P<decision>accept|refuse)/$": "taxonomy/rules/proposals/0/accept/",
    r"taxonomy/^export/taxonomy\.(?P<ending>ttl|rdf|jsonld|json)$": "taxonomy/export/taxonomy.ttl",
    r"api/^taxonomy/export/(?P<ending>tags\.csv|rules\.csv|ttl|rdf|jsonld|json)$": "api/taxonomy/export/ttl",
    r"taxonomy/^file/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.json$": f"taxonomy/file/1-{'0' * 64}.json",
    r"taxonomy/^tree/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.(?P<language>[a-z-]{2,10})\.json$": (
        f"taxonomy/tree/1-{'0' * 64}.en.json"
    ),
}

# Route -> method -> who is let in. A method that is not named lets nobody in.
TABLE: dict[str, dict[str, set[str]]] = {
    "": {"GET": SIGNED_IN},
    "sign-in/": {"GET": PUBLIC, "POST": PUBLIC},
    "sign-out/": {"POST": PUBLIC},
    "password/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "language/setlang/": {"GET": PUBLIC, "POST": PUBLIC},
    "keys/": {"GET": PUBLIC},
    "keys/mine/": {"GET": ANNOTATOR, "POST": ANNOTATOR},
    # Review
    "review/": {"GET": ANNOTATOR},
    "review/next/": {"GET": ANNOTATOR},
    "review/undo/": {"POST": ANNOTATOR},
    "review/<int:pk>/": {"GET": ANNOTATOR, "POST": ANNOTATOR},
    "review/guidelines/read/": {"POST": ANNOTATOR},
    "review/<int:pk>/guideline/<int:tag>/": {"GET": ANNOTATOR},
    "review/<int:pk>/heartbeat/": {"POST": ANNOTATOR},
    "review/qualify/": {"GET": ANNOTATOR, "POST": ANNOTATOR},
    "gold/": {"GET": EDITOR | ADMIN},
    "gold/new/": {"GET": EDITOR | ADMIN, "POST": EDITOR | ADMIN},
    "gold/<int:pk>/retire/": {"POST": EDITOR | ADMIN},
    "trust/": {"GET": ADMIN, "POST": ADMIN},
    "trust/<int:pk>/": {"POST": ADMIN},
    "groups/": {"GET": ANNOTATOR},
    "groups/gather/": {"POST": ANNOTATOR},
    "groups/<int:pk>/": {"GET": ANNOTATOR, "POST": ANNOTATOR},
    "groups/<int:pk>/preview/": {"POST": ANNOTATOR},
    "groups/<int:pk>/clips/<int:video>/": {"POST": ANNOTATOR},
    "groups/reviews/<int:pk>/": {"GET": ANNOTATOR},
    "groups/reviews/<int:pk>/undo/": {"POST": ANNOTATOR},
    "history/": {"GET": ANNOTATOR},
    "videos/<int:pk>/reviews/": {"GET": WITH_ROLE},
    "videos/<int:pk>/comments/": {"GET": WITH_ROLE, "POST": WITH_ROLE},
    "second-looks/": {"GET": ANNOTATOR},
    "second-looks/<int:pk>/": {"POST": ANNOTATOR},
    "second-looks/<int:pk>/undo/": {"POST": ANNOTATOR},
    "questions/": {"GET": WITH_ROLE},
    "questions/<int:pk>/": {"POST": WITH_ROLE},
    "adjudication/": {"GET": EDITOR | ADMIN},
    "adjudication/<slug:line>/<int:video>/": {"GET": EDITOR | ADMIN},
    "adjudication/<int:pk>/": {"POST": EDITOR | ADMIN},
    "adjudication/rulings/<int:pk>/undo/": {"POST": EDITOR | ADMIN},
    "adjudication/rulings/<int:pk>/example/": {"POST": EDITOR},
    "rulings/<int:pk>/": {"GET": ANNOTATOR},
    "tags/<int:pk>/figures/": {"GET": WITH_ROLE},
    "skipped/": {"GET": ADMIN},
    "skipped/<int:pk>/put-back/": {"POST": ADMIN},
    "export/": {"GET": ADMIN},
    "assignments/": {"GET": ADMIN, "POST": ADMIN},
    "people/": {"GET": ADMIN, "POST": ADMIN},
    "people/<int:pk>/": {"GET": ADMIN, "POST": ADMIN},
    "people/<int:pk>/activity/": {"POST": ADMIN},
    "people/<int:pk>/password/": {"POST": ADMIN},
    "quality/": {"GET": EDITOR | ADMIN},
    "quality/progress/": {"GET": EDITOR | ADMIN},
    "quality/agreement/": {"GET": EDITOR | ADMIN},
    "quality/reviewers/": {"GET": EDITOR | ADMIN},
    "quality/tags/": {"GET": EDITOR | ADMIN},
    "quality/calibration/": {"GET": EDITOR | ADMIN},
    "quality/efficiency/": {"GET": EDITOR | ADMIN},
    "quality/versions/": {"GET": EDITOR | ADMIN},
    "quality/health/": {"GET": EDITOR | ADMIN},
    "quality/<slug:page>/<slug:table>.csv": {"GET": EDITOR | ADMIN},
    # Videos
    "videos/": {"GET": WITH_ROLE},
    "videos/<int:pk>/": {"GET": WITH_ROLE},
    "videos/<int:pk>/examine-again/": {"POST": ADMIN},
    "videos/<int:pk>/suggest-again/": {"POST": ADMIN},
    r"^media/(?P<pk>\d{1,18})/(?P<part>clip|poster|filmstrip)$": {"GET": WITH_ROLE},
    "tags/counts.json": {"GET": WITH_ROLE},
    "suggestions/": {"GET": ADMIN},
    "faces/": {"GET": EDITOR | ADMIN, "POST": EDITOR | ADMIN},
    "faces/<int:pk>/": {"GET": EDITOR | ADMIN, "POST": EDITOR | ADMIN},
    "faces/<int:pk>/photos/": {"POST": EDITOR | ADMIN},
    "faces/moment/": {"POST": EDITOR | ADMIN},
    "faces/<int:pk>/merge/": {"POST": EDITOR | ADMIN},
    "faces/<int:pk>/opt-out/": {"POST": EDITOR | ADMIN},
    "faces/<int:pk>/erase/": {"POST": EDITOR | ADMIN},
    "faces/photos/<int:pk>.jpg": {"GET": EDITOR | ADMIN},
    "faces/photos/<int:pk>/choose/": {"POST": EDITOR | ADMIN},
    "faces/photos/<int:pk>/remove/": {"POST": EDITOR | ADMIN},
    "imports/": {"GET": ADMIN, "POST": ADMIN},
    "imports/columns/<str:token>/": {"GET": ADMIN, "POST": ADMIN},
    "imports/<int:pk>/": {"GET": ADMIN},
    "imports/<int:pk>/cancel/": {"POST": ADMIN},
    "imports/<int:pk>/resume/": {"POST": ADMIN},
    "imports/<int:pk>/errors.csv": {"GET": ADMIN},
    # Taxonomy
    "taxonomy/": {"GET": WITH_ROLE},
    "taxonomy/tags/<int:pk>/": {"GET": WITH_ROLE},
    r"taxonomy/^tree/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.(?P<language>[a-z-]{2,10})\.json$": {
        "GET": WITH_ROLE
    },
    "taxonomy/guidelines/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/guidelines/preview/": {"POST": EDITOR},
    "taxonomy/guidelines/clips/": {"GET": EDITOR},
    "taxonomy/guidelines/picked/": {"GET": EDITOR},
    "taxonomy/guidelines/<int:pk>/examples/": {"GET": WITH_ROLE},
    "taxonomy/guidelines/<int:pk>/again/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/guidelines/again/<int:pk>/undo/": {"POST": EDITOR},
    "taxonomy/phrases/": {"GET": EDITOR},
    "taxonomy/phrases/<int:pk>/tag/": {"POST": EDITOR},
    "taxonomy/phrases/<int:pk>/alias/": {"POST": EDITOR},
    "taxonomy/phrases/<int:pk>/ignore/": {"POST": EDITOR},
    "taxonomy/phrases/<int:pk>/put-back/": {"POST": EDITOR},
    "taxonomy/rules/": {"GET": WITH_ROLE},
    "taxonomy/rules/new/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/rules/contradictions/": {"POST": EDITOR},
    "taxonomy/rules/breaks/": {"POST": EDITOR},
    "taxonomy/rules/tags/": {"GET": WITH_ROLE},
    "taxonomy/rules/<uuid:key>/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/rules/<uuid:key>/remove/": {"POST": EDITOR},
    "taxonomy/rules/proposals/": {"GET": EDITOR},
    r"taxonomy/^rules/proposals/(?P<pk>\d{1,18})/(?P<decision>accept|refuse)/$": {"POST": EDITOR},
    "taxonomy/rules/proposals/count/": {"POST": EDITOR},
    "taxonomy/change-sets/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/change-sets/<int:pk>/": {"GET": EDITOR, "POST": EDITOR},
    "taxonomy/change-sets/<int:pk>/impact/": {"GET": EDITOR},
    "taxonomy/change-sets/<int:pk>/revert/": {"POST": EDITOR},
    "taxonomy/change-sets/<int:pk>/<slug:step>/": {"POST": EDITOR},
    "taxonomy/change-sets/<int:pk>/edits/<int:number>/remove/": {"POST": EDITOR},
    "taxonomy/versions/": {"GET": EDITOR},
    "taxonomy/versions/compare/": {"GET": EDITOR},
    "taxonomy/versions/<int:number>.json": {"GET": EDITOR},
    "taxonomy/versions/<int:number>/restore/": {"POST": EDITOR},
    "taxonomy/import/": {"GET": EDITOR, "POST": EDITOR},
    r"taxonomy/^export/(?P<what>tags|rules)\.csv$": {"GET": WITH_ROLE},
    r"taxonomy/^export/taxonomy\.(?P<ending>ttl|rdf|jsonld|json)$": {"GET": WITH_ROLE},
    "taxonomy/file/current.json": {"GET": WITH_ROLE},
    r"taxonomy/^file/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.json$": {"GET": WITH_ROLE},
    # Models
    "models/": {"GET": ADMIN},
    "models/<int:pk>/": {"GET": ADMIN},
    "models/<int:pk>/promote/": {"POST": ADMIN},
    "models/retrain/": {"POST": ADMIN},
    "models/learning/": {"GET": ADMIN, "POST": ADMIN},
    "models/canaries/": {"GET": ADMIN},
    "models/canaries/<int:pk>/": {"GET": ADMIN},
    "models/canaries/<int:pk>/end/": {"POST": ADMIN},
    "models/<int:pk>/canary/": {"GET": ADMIN, "POST": ADMIN},
    "models/runs/<int:pk>/": {"GET": ADMIN},
    "models/runs/<int:pk>/cancel/": {"POST": ADMIN},
    # API
    "api/schema/": {"GET": PUBLIC},
    "api/docs/": {"GET": PUBLIC},
    "api/token/": {"POST": PUBLIC},
    "api/gold/": {"GET": EDITOR | ADMIN, "POST": EDITOR | ADMIN},
    "api/gold/<int:pk>/retire/": {"POST": EDITOR | ADMIN},
    "api/trust/": {"GET": ADMIN},
    "api/trust/<int:pk>/": {"POST": ADMIN},
    "api/queue/": {"GET": ANNOTATOR},
    "api/queue/claim/": {"POST": ANNOTATOR},
    "api/tasks/<int:pk>/": {"GET": ANNOTATOR},
    "api/tasks/<int:pk>/heartbeat/": {"POST": ANNOTATOR},
    "api/tasks/<int:pk>/give-back/": {"POST": ANNOTATOR},
    "api/tasks/<int:pk>/skip/": {"POST": ANNOTATOR},
    "api/tasks/<int:pk>/submit/": {"POST": ANNOTATOR},
    "api/tasks/<int:pk>/put-back/": {"POST": ADMIN},
    "api/tasks/skipped/": {"GET": ADMIN},
    "api/reviews/": {"GET": ANNOTATOR},
    "api/reviews/undo/": {"POST": ANNOTATOR},
    "api/videos/<int:pk>/reviews/": {"GET": WITH_ROLE},
    "api/videos/<int:pk>/comments/": {"GET": WITH_ROLE, "POST": WITH_ROLE},
    "api/questions/": {"GET": WITH_ROLE},
    "api/questions/<int:pk>/answer/": {"POST": WITH_ROLE},
    "api/disputes/": {"GET": EDITOR | ADMIN},
    "api/disputes/<slug:line>/<int:video>/": {"GET": EDITOR | ADMIN},
    "api/disputes/<int:pk>/rule/": {"POST": EDITOR | ADMIN},
    "api/rulings/<int:pk>/undo/": {"POST": EDITOR | ADMIN},
    "api/rulings/<int:pk>/example/": {"POST": EDITOR},
    "api/second-looks/": {"GET": ANNOTATOR},
    "api/second-looks/<int:pk>/answer/": {"POST": ANNOTATOR},
    "api/second-looks/<int:pk>/review/": {"POST": ANNOTATOR},
    "api/second-looks/<int:pk>/undo/": {"POST": ANNOTATOR},
    "api/groups/": {"GET": ANNOTATOR},
    "api/groups/gather/": {"POST": ANNOTATOR},
    "api/groups/<int:pk>/": {"GET": ANNOTATOR},
    "api/groups/<int:pk>/clips/<int:video>/": {"POST": ANNOTATOR},
    "api/groups/<int:pk>/preview/": {"POST": ANNOTATOR},
    "api/groups/<int:pk>/verdict/": {"POST": ANNOTATOR},
    "api/group-reviews/<int:pk>/": {"GET": ANNOTATOR},
    "api/group-reviews/<int:pk>/undo/": {"POST": ANNOTATOR},
    "api/assignments/": {"GET": ADMIN, "POST": ADMIN},
    "api/assignments/preview/": {"POST": ADMIN},
    "api/assignments/release/": {"POST": ADMIN},
    "api/tasks/<int:pk>/colleagues/": {"GET": ANNOTATOR},
    "api/tasks/<int:pk>/hand-over/": {"POST": ANNOTATOR},
    "api/quality/<slug:page>/": {"GET": EDITOR | ADMIN},
    "api/people/": {"GET": ADMIN, "POST": ADMIN},
    "api/people/<int:pk>/": {"PUT": ADMIN},
    "api/people/<int:pk>/access/": {"POST": ADMIN},
    "api/people/<int:pk>/password/": {"POST": ADMIN},
    "api/tags/<int:pk>/figures/": {"GET": WITH_ROLE},
    "api/export/": {"GET": ADMIN},
    "api/videos/": {"GET": WITH_ROLE, "POST": ADMIN},
    "api/videos/<int:pk>/": {"GET": WITH_ROLE},
    "api/videos/<int:pk>/suggest-again/": {"POST": ADMIN},
    "api/imports/": {"GET": ADMIN, "POST": ADMIN},
    "api/imports/<int:pk>/": {"GET": ADMIN},
    "api/imports/<int:pk>/errors/": {"GET": ADMIN},
    "api/imports/<int:pk>/cancel/": {"POST": ADMIN},
    "api/imports/<int:pk>/resume/": {"POST": ADMIN},
    "api/tags/": {"GET": WITH_ROLE},
    "api/tags/<int:pk>/": {"GET": WITH_ROLE},
    "api/tags/<int:pk>/guideline/": {"GET": WITH_ROLE},
    "api/rules/": {"GET": WITH_ROLE},
    "api/rules/contradictions/": {"GET": EDITOR},
    "api/rules/breaks/": {"POST": EDITOR},
    "api/rule-proposals/": {"GET": EDITOR},
    "api/rule-proposals/count/": {"POST": EDITOR},
    "api/rule-proposals/<int:pk>/accept/": {"POST": EDITOR},
    "api/rule-proposals/<int:pk>/refuse/": {"POST": EDITOR},
    "api/guidelines/read/": {"POST": ANNOTATOR},
    "api/guidelines/<int:pk>/again/": {"GET": EDITOR, "POST": EDITOR},
    "api/guidelines/again/<int:pk>/undo/": {"POST": EDITOR},
    "api/taxonomy/": {"GET": WITH_ROLE},
    "api/taxonomy/import/": {"POST": EDITOR},
    r"api/^taxonomy/export/(?P<ending>tags\.csv|rules\.csv|ttl|rdf|jsonld|json)$": {"GET": WITH_ROLE},
    "api/taxonomy/versions/": {"GET": EDITOR},
    "api/taxonomy/versions/compare/": {"GET": EDITOR},
    "api/taxonomy/versions/<int:number>/": {"GET": EDITOR},
    "api/taxonomy/versions/<int:number>/restore/": {"POST": EDITOR},
    "api/change-sets/": {"GET": EDITOR, "POST": EDITOR},
    "api/change-sets/<int:pk>/": {"GET": EDITOR, "PUT": EDITOR},
    "api/change-sets/<int:pk>/edits/": {"GET": EDITOR, "POST": EDITOR},
    "api/change-sets/<int:pk>/edits/<int:number>/": {"DELETE": EDITOR},
    "api/change-sets/<int:pk>/impact/": {"GET": EDITOR},
    "api/change-sets/<int:pk>/undo/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/propose/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/approve/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/send-back/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/discard/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/carry-over/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/publish/": {"POST": EDITOR},
    "api/change-sets/<int:pk>/revert/": {"POST": EDITOR},
    "api/models/": {"GET": ADMIN},
    "api/models/<int:pk>/": {"GET": ADMIN},
    "api/models/<int:pk>/promote/": {"POST": ADMIN},
    "api/canaries/": {"GET": ADMIN, "POST": ADMIN},
    "api/canaries/<int:pk>/end/": {"POST": ADMIN},
    "api/training-runs/": {"GET": ADMIN, "POST": ADMIN},
    "api/training-runs/<int:pk>/": {"GET": ADMIN},
    "api/training-runs/<int:pk>/cancel/": {"POST": ADMIN},
}


# What staff may open in the Django admin, by table.
DJANGO_ADMIN: dict[str, dict[str, str]] = {
    "editor": {
        "taxonomy/tag": "change list",  # to look at, as are the next ones: change sets write them
        "taxonomy/rule": "change list",
        "taxonomy/guideline": "change list",
        "taxonomy/taxonomyversion": "change list",  # to look at
        "tagging/video": "change list",  # to look at
    },
    "admin": {
        "taxonomy/tag": "change list",  # to look at
        "taxonomy/businessline": "add change list",
        "taxonomy/governance": "add change list",
        "tagging/video": "change list",  # to look at
        "tagging/import": "change list",  # to look at
        "tagging/linepolicy": "add change list",
        "annotation/reviewtask": "change list",  # to look at
        "annotation/review": "change list",  # to look at
    },
}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def address(route: str) -> str:
    """An example of the route."""
    return "/" + (REGEX_SAMPLES.get(route) or re.sub(r"<(\w+):\w+>", lambda match: SAMPLES[match[1]], route))


def lets_in(answer: HttpResponse) -> bool:
    to_sign_in = answer.status_code == 302 and "?next=" in answer.url
    return not to_sign_in and answer.status_code not in {401, 403, 405}


def ask(client: Client, method: str, route: str) -> HttpResponse:
    """Ask, and undo what it did."""
    cache.clear()  # throttles count requests there
    cookies = SimpleCookie(client.cookies)  # signing out takes them away
    with transaction.atomic():
        answer = client.generic(method, address(route))
        answer.streaming or answer.content  # noqa: B018
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def ours() -> list[str]:
    return [route for route in routes() if not route.startswith("django-admin/")]


@pytest.mark.parametrize("visitor", VISITORS)
def test_everybody_is_let_in_exactly_where_the_table_says(client, visitor):
    if visitor != "nobody":
        client.force_login(make_user(VISITORS[visitor]))
    client.raise_request_exception = True
    wrong = []
    for route in ours():
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE") if route.startswith("api/") else ("GET", "POST")
        for method in methods:
            expected = visitor in TABLE.get(route, {}).get(method, set())
            answer = ask(client, method, route)
            if lets_in(answer) != expected:
                wrong.append(f"{method} {route}: {answer.status_code}, expected {'in' if expected else 'out'}")
    assert not wrong


def test_every_address_has_a_row():
    assert set(ours()) - TABLE.keys() == set(), "give the new address a row in TABLE"


def test_every_row_has_an_address():
    assert TABLE.keys() - set(ours()) == set()


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_django_admin_shows_each_role_its_tables_only(client, visitor):
    if visitor != "nobody":
        client.force_login(make_user(VISITORS[visitor]))
    seen: dict[str, set[str]] = {}
    for route in routes():
        match = re.fullmatch(r"django-admin/(\w+/\w+)/(|add/|<path:object_id>/(?:change|delete)/)", route)
        if match and match[1] != "password_change/done" and lets_in(ask(client, "GET", route)):
            seen.setdefault(match[1], set()).add(match[2].split(">/")[-1].strip("/") or "list")
    assert {table: " ".join(sorted(pages)) for table, pages in seen.items()} == DJANGO_ADMIN.get(visitor, {})


@pytest.mark.parametrize("visitor", ["nobody", "no role", "annotator"])
def test_the_django_admin_is_closed_to_who_is_not_staff(client, visitor):
    if visitor != "nobody":
        client.force_login(make_user(VISITORS[visitor]))
    inside = [route for route in routes() if route.startswith("django-admin/") and "(?P" not in route]
    wrong = [route for route in inside if lets_in(ask(client, "GET", route))]
    assert wrong == ["django-admin/login/", "django-admin/logout/"]
