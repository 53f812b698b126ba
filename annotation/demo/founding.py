"""The demo's business lines, people, taxonomy and policies, made through the use cases that people use."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from annotation import people
from annotation.demo import world
from annotation.models import TrustPolicy
from tagging.models import LinePolicy, Video
from taxonomy import body_languages, changes, publishing, versions
from taxonomy.exchange import csv, importing
from taxonomy.models import BusinessLine, Tag


def begun() -> bool:
    """Whether this database has the demo, whole or half."""
    return BusinessLine.objects.filter(slug__in=world.lines()).count() == len(world.lines())


def possible() -> bool:
    """Whether nothing of somebody else's is here."""
    return begun() or not any(model.objects.exists() for model in (BusinessLine, Tag, Video))


@transaction.atomic
def lines_and_people() -> None:
    """Business lines with their members. Demo people have no password: an admin gives them one."""
    members = {name: _person(name, person) for name, person in world.people().items()}
    for slug, line in world.lines().items():
        row, _created = BusinessLine.objects.get_or_create(
            slug=slug, defaults={"name": line.name, "name_zh": line.name_zh}
        )
        row.members.add(*(members[name] for name in line.reviewers))
        row.members.add(*User.objects.filter(is_superuser=True))


def _person(username: str, person: world.DemoPerson) -> User:
    first, last = person.name.split(" ", 1)
    user, created = User.objects.get_or_create(username=username, defaults={"first_name": first, "last_name": last})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        people.give_roles(user, [person.role])
    return user


@transaction.atomic
def policies() -> None:
    """A policy for each line that has none. An admin's changes stay."""
    for slug, line in world.lines().items():
        policy, created = LinePolicy.objects.get_or_create(
            business_line=BusinessLine.objects.get(slug=slug),
            defaults={"threshold": line.threshold, "limit": line.limit, "auto_accept": line.auto_accept},
        )
        if created:
            policy.subtrees.set(Tag.objects.filter(code__in=line.subtrees))
        # The demo's reviewers answer what the models say; once they have, `gold_clips` lets probes begin.
        nothing = dict.fromkeys(("blind", "wrong", "missing", "gold_least", "gold_most"), 0)
        TrustPolicy.objects.get_or_create(business_line=policy.business_line, defaults=nothing)


@transaction.atomic
def taxonomy() -> None:
    """Tags and rules, published as the first version, and guidelines as the second. Where one is published, nothing."""
    if versions.current():
        return
    rows = csv.read(world.TAXONOMY.read_bytes(), world.RULES.read_bytes())
    importing.run(rows, comment="The taxonomy of the demo")
    editor = User.objects.filter(groups__name="editor", username__in=world.people()).first()
    if editor:
        _guidelines(editor)


def _guidelines(editor: User) -> None:
    """What the tags mean, in both languages, as an editor publishes it: in one change set."""
    begun, chinese = changes.open(editor, "What the tags mean"), world.guidelines("zh")
    texts = [
        (
            "guideline",
            {
                "tag": code,
                "line": None if line == "general" else line,
                "body": body_languages.joined({"": body, "zh": chinese[code][line]}),
            },
        )
        for code, bodies in world.guidelines().items()
        for line, body in bodies.items()
    ]
    changes.add_all(begun.pk, texts, editor)
    publishing.publish(begun.pk, editor)
