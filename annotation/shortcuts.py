"""The keys of the review page: what they are for everybody, and what each person made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models import Shortcut


@dataclass(frozen=True)
class Command:
    """Something the review page does at one key."""

    name: str  # as static/js/commands.js knows it
    key: str  # as browsers name it; for everybody who did not choose another
    does: str | Promise


COMMANDS = (
    Command("send", "Enter", gettext_lazy("Accept what is undecided, save, and show the next clip")),
    Command("down", "ArrowDown", gettext_lazy("Focus the next tag: its words, its moment and its guideline")),
    Command("up", "ArrowUp", gettext_lazy("Focus the tag before")),
    Command("accept", "a", gettext_lazy("Accept the tag in focus")),
    Command("reject", "r", gettext_lazy("Reject the tag in focus and say why")),
    Command("replace", ".", gettext_lazy("Replace the tag in focus by one of its siblings")),
    Command("add", "/", gettext_lazy("Add a tag: type its name, alias or pinyin")),
    Command("undo", "u", gettext_lazy("Undo; with nothing to undo here, take back the clip before")),
    Command("skip", "s", gettext_lazy("Skip the clip and say why")),
    Command("hand_over", "h", gettext_lazy("Hand the clip to a colleague, with a note")),
    Command("play", " ", gettext_lazy("Play or pause")),
    Command("back", "ArrowLeft", gettext_lazy("One second back")),
    Command("forth", "ArrowRight", gettext_lazy("One second forth")),
    Command("jump", "j", gettext_lazy("Jump to the next moment of the tag in focus")),
    Command("jump_back", "k", gettext_lazy("Jump to the moment before")),
    Command("begin", "i", gettext_lazy("The tag in focus holds from here")),
    Command("finish", "o", gettext_lazy("The tag in focus holds up to here")),
    Command("take", "x", gettext_lazy("Take over the time suggested here; again: no time")),
    Command("earlier", "[", gettext_lazy("Move the nearer end of that time a tenth of a second back")),
    Command("later", "]", gettext_lazy("Move the nearer end of that time a tenth of a second forth")),
    Command("faster", ",", gettext_lazy("Change the speed")),
    Command("mute", "m", gettext_lazy("Sound on or off")),
    Command("guideline", "g", gettext_lazy("To the guideline")),
    Command("confirm", "c", gettext_lazy("Confirm that you have read a changed guideline")),
    Command("talk", "t", gettext_lazy("Comment on the clip, or ask about it")),
    Command("keys", "?", gettext_lazy("This list")),
)
DEFAULTS = {command.name: command.key for command in COMMANDS}
NAMES = {" ": "Space", "ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→"}
WRITTEN = {name.lower(): key for key, name in NAMES.items()} | {"enter": "Enter"}
# What a Chinese keyboard types where its punctuation is full-width, as static/js/keys.js reads it.
FULL_WIDTH = str.maketrans({"。": ".", "、": "/", "？": "?", "，": ",", "／": "/", "．": ".", "【": "[", "】": "]"})
REPAIRS = frozenset("qwey")  # mend a broken rule where there is one; so does "t", and comments where there is none


class Refused(ValueError):
    """Keys that cannot be: the reasons by command."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(reasons)))
        self.reasons = dict(reasons)


def of(person: User | AnonymousUser) -> dict[str, str]:
    """The key of each command for this person. One query."""
    own = dict(Shortcut.objects.filter(person=person.pk).values_list("command", "key")) if person.pk else {}
    return DEFAULTS | {name: key for name, key in own.items() if name in DEFAULTS}


def table(person: User | AnonymousUser) -> list[dict[str, Any]]:
    """The commands with this person's keys, as the list of keys shows them."""
    own = of(person)
    return [
        {
            "name": command.name,
            "does": command.does,
            "code": own[command.name],
            "key": label(own[command.name]),
            "usual": label(command.key),
            "own": own[command.name] != command.key,
        }
        for command in COMMANDS
    ]


def change(person: User, typed: Mapping[str, str]) -> None:
    """Give commands these keys, typed as `label` writes them; an empty one is the usual key. Raises Refused.

    All of a person's keys are held against each other, so two changes at once cannot give one key to two commands.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        wanted = of(person) | {name: read(typed[name]) or DEFAULTS[name] for name in typed.keys() & DEFAULTS.keys()}
        if reasons := faults(wanted):
            raise Refused(reasons)
        Shortcut.objects.filter(person=person).delete()
        Shortcut.objects.bulk_create(
            Shortcut(person=person, command=name, key=key) for name, key in wanted.items() if key != DEFAULTS[name]
        )


def reset(person: User) -> None:
    """Back to everybody's keys."""
    Shortcut.objects.filter(person=person).delete()


def faults(keys: Mapping[str, str]) -> dict[str, str]:
    """Why commands cannot have these keys; empty means they can."""
    found = {}
    does = {command.name: command.does for command in COMMANDS}
    for name, key in keys.items():
        twins = [other for other in keys if other != name and keys[other] == key]
        if len(key) > 1 and key not in NAMES and key != "Enter":
            found[name] = _("Press one key. Tab, Escape and keys held with others belong to the browser.")
        elif key.isdigit():
            found[name] = _("The digits judge the tags they stand beside.")
        elif key in REPAIRS:
            found[name] = _("This key mends a broken rule.")
        elif twins:
            found[name] = _("This key does something else already: %(does)s") % {"does": does[twins[0]]}
    return found


def label(key: str) -> str:
    """A key as it is written for people."""
    return NAMES.get(key, key)


def read(written: str) -> str:
    """The key that is written so, or typed itself; letters are small."""
    written = " " if written == " " else written.strip()
    return WRITTEN.get(written.lower(), written.translate(FULL_WIDTH).lower())
