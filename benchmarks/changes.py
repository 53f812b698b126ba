"""Previewing a merge and publishing 1,000 edits over 1,000,000 verdicts, while reviewers claim and submit."""

from __future__ import annotations

import sys
import threading
import uuid
from argparse import ArgumentParser, Namespace
from time import perf_counter
from typing import Any

from benchmarks.editing import made
from benchmarks.reviewing.client import milliseconds


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--verdicts", type=int, default=1_000_000)
    parser.add_argument("--tags", type=int, default=20_000)
    parser.add_argument("--edits", type=int, default=1_000)
    parser.add_argument("--reviewers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5, help="previews")


def run(options: Namespace) -> dict[str, object]:
    """Times are on the clock; `before` and `during` are what reviewers waited without and with a publishing."""
    content = made.make(options.verdicts, options.tags, options.reviewers)
    figures: dict[str, object] = {
        "bound_preview_s": 2,
        "bound_publish_s": 10,
        "verdicts": options.verdicts,
        "tags": options.tags,
        "edits": options.edits,
        **_previews(content, options.rounds),
    }
    alone = _publish(content, _set(content, options.edits, 2_000))
    figures |= {f"{name}_alone": value for name, value in alone.items()}
    with _Reviewers(content) as reviewers:
        before = reviewers.times_of(lambda: threading.Event().wait(10))
        change_set = _set(content, options.edits)
        took: dict[str, float] = {}
        during = reviewers.times_of(lambda: took.update(_publish(content, change_set)))
        back = reviewers.times_of(lambda: took.update(_revert(content, change_set)))
    figures |= took
    for name, times in (("before", before), ("during_publish", during), ("during_revert", back)):
        for kind, values in times.items():
            figures |= milliseconds(f"{name}_{kind}", values)
            figures[f"{name}_{kind}_worst_ms"] = round(max(values, default=0) * 1000, 1)
            figures[f"{name}_{kind}s"] = len(values)
    return figures


def _previews(content: made.Content, rounds: int) -> dict[str, float]:
    """Of merging the tag with the most verdicts, and one with as many as the others."""
    from taxonomy import changes, impact

    found = {}
    for name, tag in (("largest", content.codes[0]), ("usual", content.codes[1000])):
        change_set = changes.open(content.editor)
        changes.add(change_set.pk, "merge", {"tag": tag, "into": content.codes[1]}, content.editor)
        change_set.refresh_from_db()
        times = []
        for _ in range(rounds):
            start = perf_counter()
            counts = {count.name: count.count for count in impact.of(change_set)}
            times.append(perf_counter() - start)
        changes.discard(change_set.pk)
        found[f"preview_{name}_verdicts"] = counts["verdicts"]
        found[f"preview_{name}_first_s"] = round(times[0], 3)  # the first one loads the version into the process
        found[f"preview_{name}_s"] = round(sorted(times)[len(times) // 2], 3)
    return found


def _set(content: made.Content, edits: int, first: int = 0) -> int:
    """Renames and moves, merges (one of them of the tag with the most labels), splits, new tags, rules, guidelines."""
    from taxonomy import changes

    change_set, codes = changes.open(content.editor, "Benchmark"), content.codes[first:]
    kinds = [
        lambda n: ("rename", {"tag": codes[10 * n], "name": f"Renamed {n}"}),
        lambda n: ("move", {"tag": codes[10 * n + 1], "parent": content.parents[n % 7], "after": None}),
        lambda n: ("merge", {"tag": codes[10 * n + 2] if n else codes[0], "into": codes[10 * n + 3]}),
        lambda n: ("create", {"code": f"new-{first}-{n}", "name": f"New {n}", "parent": content.parents[n % 5]}),
        lambda n: ("rename", {"tag": codes[10 * n + 4], "name": f"Renamed too {n}"}),
        lambda n: ("move", {"tag": codes[10 * n + 5], "parent": content.parents[n % 11]}),
        lambda n: ("merge", {"tag": codes[10 * n + 6], "into": codes[10 * n + 7]}),
        lambda n: ("rule_add", {"kind": "excludes", "subject": codes[10 * n + 8], "others": [codes[10 * n + 9]]}),
        lambda n: ("guideline", {"tag": codes[10 * n + 8], "body": "What counts, and what does not. " * 20}),
        lambda n: ("split", {"tag": codes[10 * n + 9], "into": [codes[10 * n + 3], codes[10 * n + 7]]}),
    ]
    made_edits = [kinds[n % 10](n // 10) for n in range(edits)]
    start = perf_counter()
    changes.add_all(change_set.pk, made_edits, content.editor)
    print(f"{edits} edits added in {perf_counter() - start:.2f} s", file=sys.stderr, flush=True)
    return change_set.pk


def _publish(content: made.Content, change_set: int) -> dict[str, Any]:
    """`publish_s` until the page shows the result, `carry_s` what a worker does after it."""
    from tagging.models import CarriedTag
    from taxonomy import publishing

    start = perf_counter()
    publishing.publish(change_set, content.editor)
    middle = perf_counter()
    _carry()
    end = perf_counter()
    carried = CarriedTag.objects.count()
    return {"publish_s": round(middle - start, 2), "carry_s": round(end - middle, 2), "labels_carried": carried}


def _revert(content: made.Content, change_set: int) -> dict[str, Any]:
    from taxonomy import changes, publishing
    from taxonomy.models import ChangeSet

    start = perf_counter()
    begun = changes.revert(ChangeSet.objects.get(pk=change_set), content.editor)
    middle = perf_counter()
    publishing.publish(begun.pk, content.editor)
    end = perf_counter()
    _carry()
    return {
        "revert_s": round(middle - start, 2),
        "revert_publish_s": round(end - middle, 2),
        "revert_carry_s": round(perf_counter() - end, 2),
    }


def _carry() -> None:
    """What the tasks of the beat do."""
    from annotation import rereview
    from tagging import carrying

    carrying.carry()
    rereview.of_split_tags()


class _Reviewers:
    """People who claim and submit without a pause, each in a thread with a connection of their own."""

    def __init__(self, content: made.Content) -> None:
        self.content, self.ended = content, threading.Event()
        self.times: dict[str, list[float]] = {"claim": [], "submit": []}
        self.faults: list[BaseException] = []
        self.threads = [threading.Thread(target=self._work, args=(person,)) for person in content.reviewers]

    def __enter__(self) -> _Reviewers:
        for thread in self.threads:
            thread.start()
        threading.Event().wait(3)  # warm
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def times_of(self, work: Any) -> dict[str, list[float]]:
        """What the reviewers waited while `work` went on."""
        self.times = {"claim": [], "submit": []}
        times = self.times
        work()
        return {kind: list(values) for kind, values in times.items()}

    def _work(self, person: Any) -> None:
        from django.db import connection

        try:
            while not self.ended.is_set():
                self._review(person)
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    def _review(self, person: Any) -> None:
        """Accepts the first proposal that may still be given; what changes in that very moment is left out."""
        from annotation import queue, reviews
        from annotation.verdicts import Said
        from tagging.models import Suggestion

        start = perf_counter()
        task = queue.claim(person, self.content.line)
        claimed = perf_counter()
        assert task, "there is nothing left to claim: make more tasks"
        proposed = Suggestion.objects.filter(suggestion_set__video=task.video_id, tag__state="active")
        said = [Said(tag, "accept") for tag in proposed.values_list("tag", flat=True)[:1]]
        loaded = perf_counter()
        sent = {"reviewer": person, "token": task.token, "model_version": self.content.model}
        try:
            reviews.submit(task.pk, operation=uuid.uuid4(), verdicts=said, **sent)
        except reviews.Refused:
            reviews.submit(task.pk, operation=uuid.uuid4(), verdicts=[], **sent)
        self.times["claim"].append(claimed - start)
        self.times["submit"].append(perf_counter() - loaded)
