"""A probed clip cannot be told from one of which the models really said that: not by page, program or statements."""

import re
import uuid
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation import queue
from annotation.models import Probe, TrustPolicy
from tagging.models import Suggestion, Video
from tests.annotation.factories import claim, make_task, publish
from tests.annotation.probes.factories import LOOKS, make_probe
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}
NUMBERS = count(70_000_000)  # of clips and tasks, seen in no other place
KINDS = ["blind", "wrong", "missing"]


@pytest.fixture
def reviewer(line):
    return make_user(lines=(line,))


@pytest.fixture
def desk(line, street, reviewer, client):
    """Makes a claimed task: one that is probed, or its twin, of which the model itself says what the probe shows."""
    dunk, seed, model = make_tag("Slam dunk"), make_tag("Ice hockey"), make_model()
    taxonomy = publish()
    client.force_login(reviewer)

    def make(kind, *, probed):
        scores = {dunk: 0.9, street: 0.6}
        if not probed:
            scores = {"blind": {}, "wrong": scores | {seed: LOOKS[0]}, "missing": {street: 0.6}}[kind]
        video = make_video(title="He dunks at the court", external_id=f"clip {next(NUMBERS)}", pk=next(NUMBERS))
        made = make_suggestions(video, scores, model=model, taxonomy=taxonomy)
        Suggestion.objects.filter(suggestion_set=made).update(recallers=LOOKS[1], evidence=LOOKS[2])
        make_task(
            line,
            video=video,
            why={"nothing_found": 1} if kind == "blind" and not probed else {"unsure": 2},
            pk=next(NUMBERS),
        )
        task = claim(reviewer, line)
        if probed:
            make_probe(task, kind, {"wrong": seed, "missing": dunk}.get(kind))
        return task

    return make


def drawn(text):
    """Without what belongs to this one clip and this one moment."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+Z?", "", text)
    return re.sub(r"\b7000\d\d\d\d\b", "N", text)


def read(client, task):
    """The page, what programs are answered, and how many statements both take."""
    with CaptureQueriesContext(
        connection,
    ) as page:
        html = client.get(task.get_absolute_url()).content.decode()
    with CaptureQueriesContext(connection) as api:
        told = client.get(f"/api/tasks/{task.pk}/").content.decode()
    return drawn(html), drawn(told), len(page), len(api)


@pytest.mark.parametrize("kind", KINDS)
def test_page_and_program_see_what_they_see_of_a_clip_of_which_the_models_said_that(client, desk, kind):
    twin, probed = desk(kind, probed=False), desk(kind, probed=True)
    read(client, twin)  # names and guidelines are known from now on

    assert read(client, probed) == read(client, twin)


@pytest.mark.parametrize("kind", KINDS)
def test_a_probed_review_takes_the_same_statements_and_gets_the_same_answer(client, desk, kind):
    def send(task):
        clip = client.get(f"/api/tasks/{task.pk}/").json()
        verdicts = [{"tag": proposed["tag"], "choice": "accept"} for proposed in clip["proposals"]]
        sent = {"token": clip["token"], "operation": str(uuid.uuid4()), "model_version": clip["model_version"]}
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                f"/api/tasks/{task.pk}/submit/", sent | {"verdicts": verdicts}, content_type="application/json"
            )
        return answer.status_code, sorted(answer.json()), [shape(query["sql"]) for query in asked]

    twin, probed = desk(kind, probed=False), desk(kind, probed=True)
    send(desk(kind, probed=False))

    assert send(probed) == send(twin)


@pytest.mark.parametrize("kind", KINDS)
def test_history_takes_the_same_statements_and_says_the_same(client, desk, kind):
    def told(task):
        entries = client.get(task.get_absolute_url()).context["clip"]
        client.post(
            task.get_absolute_url(),
            {"operation": str(uuid.uuid4()), "token": task.token, "action": "submit"}
            | {"model_version": entries.model_version}
            | {f"verdict-{p.tag}": "" for p in entries.proposals},
            **JSON,
        )
        with CaptureQueriesContext(connection) as asked:
            (newest, *_older) = client.get("/api/reviews/").json()["results"]
        return sorted(newest), [(v["tag"], v["choice"], v["confidence"]) for v in newest["verdicts"]], len(asked)

    assert told(desk(kind, probed=True)) == told(desk(kind, probed=False))


def shape(statement):
    return re.sub(r"s\d+_x\d+", "", statement.split("WHERE")[0][:60])


def test_a_claim_that_becomes_a_probe_takes_one_statement_like_any_other(line, street, reviewer):
    TrustPolicy.objects.create(business_line=line, blind=30, wrong=30, missing=30)
    dunk, model, taxonomy = make_tag(), make_model(), publish()
    counts = {}
    for _ in range(8):
        video = make_video()
        make_suggestions(video, {dunk: 0.9, street: 0.8}, model=model, taxonomy=taxonomy)
        make_task(line, video=video)
        with CaptureQueriesContext(connection) as asked:
            task = queue.claim(reviewer, line)
        counts.setdefault(Probe.objects.filter(task=task).exists(), set()).add(len(asked))
        queue.skip(task.pk, reviewer, task.token, "other")

    assert counts == {True: {1}, False: {1}}


def test_the_address_of_a_probed_clip_is_that_of_its_task(client, desk):
    """No id of a probe is told: the numbers are those of tasks and videos, made before anybody drew."""
    task = desk("wrong", probed=True)
    probe = Probe.objects.get()
    Probe.objects.filter(pk=probe.pk).update(id=987654321)

    page = client.get(task.get_absolute_url()).content.decode()

    assert "987654321" not in page
    assert not re.search(r"probe|seed|blind|gold", page, re.IGNORECASE)
    assert Video.objects.get(pk=task.video_id).tasks.count() == 1
