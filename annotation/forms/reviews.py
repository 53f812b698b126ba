"""What the review page sends, and how it is answered.

The page is a plain form, `POST /review/<task>/`; with JavaScript the same fields are sent by fetch.

Fields
    operation           uuid made by the page for this submit; sent twice, stored once
    token               of the claim (fencing): the submit of a lost lease is refused
    taxonomy_version    number the page was drawn with
    model_version       id of the model whose suggestions were shown, or empty
    seconds             of active work, or empty
    keystrokes, edits   keys pressed and verdicts changed on the clip, or empty
    verdict-<tag>       accept | reject | replace | "" (undecided); one for each proposed tag
    reason-<tag>        with reject: wrong | minor | general | guideline | rule | other | ""
    replacement-<tag>   with replace: the id of the tag that takes its place
    span-<tag>          the part of the clip in which the tag (or the one that takes its place) holds: two numbers of
                        seconds, "1.50 4.25", or empty; not with reject
    add                 a tag id; repeated
    confirm             id of a guideline that the reviewer confirms to have read; repeated
    add_name            words typed without JavaScript; looked up in the taxonomy, several matches become a choice
    action              submit (undecided tags are accepted) | skip | give_back | hand_over
    to, note            with hand_over: id of the colleague, and what they should know
    skip_reason         with skip; required
    next                1: the answer brings another clip (with fetch, not with give_back)
    not                 with next: tasks on the screen already, which it must not be; repeated

Answers to fetch (`Accept: application/json`)
    200 {"stored": true, "review": id, "undo_url": "/review/undo/",
         "stats": {"today": 41, "seconds": 8.2, "waiting": 1284}, "clip": HTML, or null when there is no other}
        for skip and give_back {"stored": true, "review": null, ...}; without `next` no "clip"
    409 {"error": "lease_lost", "message": "..."}          the reviewer's work stays on the screen
    422 {"conflicts": [{"rule": id or null, "reason": "excludes", "text": "...", "tags": [ids],
                        "repairs": [{"label": "...", "remove": [ids], "add": [ids]}]}],
         "errors": [{"field": "reason-7", "text": "..."}]}
        a guideline that is to be confirmed first: {"field": "confirm", "tag": id, "guideline": id, "text": "..."}
A plain form is answered with a redirect to the next clip, or with the page again: every entry kept, conflicts shown.

Other addresses (fetch; JSON unless it says HTML)
    GET  /review/?line=<slug>               claims a task (or resumes the one held longest), redirects to its page
    GET  /review/next/?line=&not=<task>     HTML: claims one more, the fragment annotation/review.html#clip; 204 when
                                            there is none (`not` may be repeated: tasks already on the screen)
    GET  /review/<task>/guideline/<tag>/    HTML: the guideline of one tag, for one that was added on the page
    POST /review/guidelines/read/           {guideline, repeated} -> 204: the reviewer had them on the screen
    POST /review/<task>/heartbeat/          {token} -> 200 {"lease_until": ISO time} | 409 {"error": "lease_lost", ...}
    POST /review/undo/                      {operation}, `Accept: application/json` -> 200 {"clip", "stats"}: HTML of
                                            the clip of the reviewer's last review, claimed again, verdicts filled in |
                                            409 {"error": "nothing_to_undo" | "too_late" | "not_undoable", "message"};
                                            a plain form is redirected to the page of that clip
"""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation import verdicts, workbench
from annotation.clips import AddedTag
from annotation.models import Verdict
from annotation.verdicts import Said
from annotation.workbench import Answers
from taxonomy import search
from taxonomy.search_keys import fold

MISTAKES = {
    "twice": _("This tag has two verdicts."),
    "choice": _("Accept, reject or replace it."),
    "reason": _("This reason is not known."),
    "replacement": _("Choose another tag that takes its place."),
    "span": _("A time begins and ends in the clip, the end after the beginning; a rejected tag has none."),
}
LONGEST = 24 * 3600.0  # seconds of work on one clip that can be meant
MOST_STEPS = 100_000  # keys or changes on one clip that can be meant
MOST_TAGS = 200  # verdicts in one form


class ReviewForm(forms.Form):
    """One submit of the review page. `answers` are there also when something is wrong, to draw the page again."""

    data: QueryDict

    action = forms.ChoiceField(choices=[(name, name) for name in ("submit", "skip", "give_back", "hand_over")])
    operation = forms.UUIDField()
    token = forms.IntegerField(min_value=0)
    taxonomy_version = forms.IntegerField(required=False)
    model_version = forms.IntegerField(required=False)
    seconds = forms.FloatField(required=False, min_value=0, max_value=LONGEST)
    keystrokes = forms.IntegerField(required=False, min_value=0, max_value=MOST_STEPS)
    edits = forms.IntegerField(required=False, min_value=0, max_value=MOST_STEPS)
    next = forms.BooleanField(required=False)
    to = forms.IntegerField(required=False, min_value=1)
    note = forms.CharField(required=False, max_length=500)
    skip_reason = forms.CharField(required=False, max_length=500)
    add_name = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong: list[dict[str, str]] = []  # about fields that are there once for each tag
        self.choices: list[AddedTag] = []  # several tags match what was typed
        self.looked_up: int | None = None  # one does

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("action") == "skip" and not data.get("skip_reason"):
            self.add_error("skip_reason", _("Say why you skip it: it helps whoever looks at it next."))
        if data.get("action") == "hand_over" and not data.get("to"):
            self.add_error("to", _("Say to whom."))
        self._look_up(data.get("add_name", ""))
        if data.get("action") == "submit":
            data["verdicts"] = list(self._said(undecided=Verdict.Choice.ACCEPT))
            for field, mistake in verdicts.mistakes(data["verdicts"]):
                self.wrong.append({"field": field, "text": str(MISTAKES[mistake])})
        return data

    @property
    def confirmed(self) -> list[int]:
        """Guidelines that the reviewer confirms to have read."""
        return [int(value) for value in self.data.getlist("confirm")[:MOST_TAGS] if is_id(value)]

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong, as the answer 422 says it."""
        named = [{"field": name, "text": str(text)} for name, texts in self.errors.items() for text in texts]
        return named + self.wrong

    def _look_up(self, typed: str) -> None:
        """Add the tag that was typed without JavaScript; where several match, let the reviewer choose."""
        found = search.search(typed, assignable=True)
        whole = [f for f in found if fold(f.matched) == fold(typed)]
        if len(whole or found) == 1:
            self.looked_up = (whole or found)[0].tag
        elif found:
            self.choices = [AddedTag(f.tag, f.name, f.path, f.kind) for f in found]
            self.add_error("add_name", _("Several tags match. Choose one of them."))
        elif typed:
            self.add_error("add_name", _("No tag is called that."))

    @property
    def answers(self) -> Answers:
        """What the reviewer entered, undecided tags left undecided."""
        said = list(self._said(undecided=""))
        added = tuple(s.tag for s in said if s.choice == Verdict.Choice.ADD)
        model = self.data.get("model_version", "")
        seen = int(model) if is_id(model) else None
        spans = workbench.spans(said)
        return Answers({s.tag: s for s in said if s.choice != Verdict.Choice.ADD}, added, seen, spans)

    def _said(self, undecided: str) -> Iterator[Said]:
        names = [name for name in self.data if name.startswith("verdict-")][:MOST_TAGS]
        proposed = [(int(name[8:]), self.data.get(name, "")) for name in names if is_id(name[8:])]
        for tag, choice in proposed:
            choice = choice or undecided
            reason = self.data.get(f"reason-{tag}", "") if choice == Verdict.Choice.REJECT else ""
            other = self.data.get(f"replacement-{tag}", "") if choice == Verdict.Choice.REPLACE else ""
            span = self._span(tag) if choice != Verdict.Choice.REJECT else (None, None)
            yield Said(tag, choice, reason, int(other) if is_id(other) else None, *span)
        judged = {tag for tag, _choice in proposed}
        typed = [self.looked_up] if self.looked_up else []
        for tag in dict.fromkeys([*(int(value) for value in self.data.getlist("add") if is_id(value)), *typed]):
            if tag not in judged:
                yield Said(tag, Verdict.Choice.ADD, "", None, *self._span(tag))

    def _span(self, tag: int) -> tuple[float | None, float | None]:
        """Two numbers that are none where something else was sent."""
        told = self.data.get(f"span-{tag}", "").split()
        if not told:
            return None, None
        try:
            start, end = (float(second) for second in told)
        except ValueError:
            return nan, nan
        return start, end


def is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19
