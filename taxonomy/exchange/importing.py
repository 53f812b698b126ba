"""Rows of a file -> tags and rules, in one transaction: all of them and a new version, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from taxonomy import names, versions
from taxonomy.exchange.rows import (
    Problem,
    Refused,
    RuleRow,
    TagRow,
    Taxonomy,
    depths,
    problems,
    rule_problems,
)
from taxonomy.models import BusinessLine, Rule, Tag, TagName, TaxonomyVersion

BATCH = 5_000  # rows a statement
TOLD = 200  # changes listed in a report


@dataclass(frozen=True)
class Report:
    """What an import did, or would do."""

    created: int
    changed: int
    unchanged: int
    rules: int  # added or changed
    changes: tuple[str, ...]  # the first ones, in words
    version: TaxonomyVersion | None = None  # None after a dry run


def run(taxonomy: Taxonomy, *, comment: str = "", author: User | None = None, dry_run: bool = False) -> Report:
    """Add and change the tags and rules of a file; what it does not name stays. Publishes a version.

    Raises Refused, with nothing imported, when the rows do not make a sound tree together with the tags that are there.
    """
    try:
        with transaction.atomic():
            report = _Import(taxonomy).run()
            version = versions.publish(comment, author)
            if dry_run:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise Refused([Problem(1, _("the database refuses it: %(error)s") % {"error": error})]) from error
    return report if dry_run else Report(**vars(report) | {"version": version})


class _Import:
    """One import within its transaction."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.tags = {tag.code: tag for tag in Tag.objects.select_for_update().order_by("pk")}
        self.codes = {tag.pk: code for code, tag in self.tags.items()}
        self.changes: list[str] = []
        self.created: set[int] = set()
        self.changed: set[int] = set()

    def run(self) -> Report:
        self._check()
        rows = self.taxonomy.tags
        depth = depths({**self._parents(), **{row.code: row.parent for row in rows}})
        levels: dict[int, list[TagRow]] = defaultdict(list)
        for row in rows:
            levels[depth[row.code]].append(row)
        first = max((tag.position for tag in self.tags.values()), default=-1) + 1
        position = {row.code: first + i for i, row in enumerate(rows)}
        for level in sorted(levels):  # parents first: their depth is part of a child's foreign key
            self._create([row for row in levels[level] if row.code not in self.tags], level, position)
            self._change([row for row in levels[level] if row.code in self.tags], level)
        self._name(rows)
        rules = self._rules(self.taxonomy.rules)
        unchanged = len(rows) - len(self.created) - len(self.changed)
        return Report(len(self.created), len(self.changed), unchanged, rules, tuple(self.changes[:TOLD]))

    def _parents(self) -> dict[str, str]:
        return {code: self.codes[tag.parent_id] if tag.parent_id else "" for code, tag in self.tags.items()}

    def _check(self) -> None:
        found = problems(self.taxonomy.tags, self._parents())
        for row in self.taxonomy.tags:
            if row.code in self.tags and self.tags[row.code].state == Tag.State.MERGED:
                found.append(Problem(row.line, _("%(code)s was merged into another tag") % {"code": row.code}))
        codes = self.tags.keys() | {row.code for row in self.taxonomy.tags}
        lines = set(BusinessLine.objects.values_list("slug", flat=True))
        found += rule_problems(self.taxonomy.rules, codes, lines)
        if found:
            raise Refused(sorted(found, key=lambda problem: problem.line))

    def _create(self, rows: Sequence[TagRow], level: int, position: Mapping[str, int]) -> None:
        made = [
            Tag(
                code=row.code,
                name=row.name,
                kind=row.kind,
                state=row.state,
                assignable=row.assignable,
                position=position[row.code],
                parent=self.tags[row.parent] if row.parent else None,
                parent_depth=level - 1 or None,
            )
            for row in rows
        ]
        for tag in Tag.objects.bulk_create(made, batch_size=BATCH):
            self.tags[tag.code] = tag
        self.created.update(tag.pk for tag in made)
        self._tell(_("new: %(name)s (%(code)s)") % {"name": row.name, "code": row.code} for row in rows)

    def _change(self, rows: Sequence[TagRow], level: int) -> None:
        told = {"name", "parent"} | {"kind", "assignable", "state"} & self.taxonomy.columns
        moved = []
        for row in rows:
            tag = self.tags[row.code]
            wanted = {"name": row.name, "kind": row.kind, "assignable": row.assignable, "state": row.state}
            before = {field: getattr(tag, field) for field in wanted} | {"parent": tag.parent_id}
            if "parent" in self.taxonomy.columns:
                tag.parent = self.tags[row.parent] if row.parent else None
                tag.parent_depth = level - 1 or None
            for field in wanted.keys() & told:
                setattr(tag, field, wanted[field])
            after = {field: getattr(tag, field) for field in wanted} | {"parent": tag.parent_id}
            if before != after:
                moved.append(tag)
                self._tell(
                    f"{row.code}: {field} {before[field]} → {after[field]}"
                    for field in after
                    if before[field] != after[field]
                )
        self.changed.update(tag.pk for tag in moved)
        Tag.objects.bulk_update(
            moved, ["name", "kind", "assignable", "state", "parent", "parent_depth"], batch_size=BATCH
        )

    def _name(self, rows: Iterable[TagRow]) -> None:
        """Give the tags the names of the file; names it does not speak of stay."""
        tags = {self.tags[row.code].pk: self.tags[row.code] for row in rows}
        wanted = {(self.tags[row.code].pk, name.language, name.text): name for row in rows for name in row.names}
        leading = {key[:2] for key, name in wanted.items() if name.preferred}
        texts: set[tuple[int, str]] = set()
        kept, gone = set(), []
        for name in TagName.objects.filter(tag__in=tags) if len(tags) < BATCH else TagName.objects.all():
            key = (name.tag_id, name.language, name.text)
            same = wanted.get(key)
            if same and same.preferred == name.preferred:
                kept.add(key)
            elif name.tag_id in tags and (same or self._speaks_of(name) or (name.preferred and key[:2] in leading)):
                gone.append(name)
            else:
                texts.add((name.tag_id, name.text))  # an alias filed under a third language is no new one
        TagName.objects.filter(pk__in=[name.pk for name in gone]).delete()
        made = [
            names.make(tags[tag], text, language=language, preferred=name.preferred)
            for (tag, language, text), name in wanted.items()
            if (tag, language, text) not in kept and (name.preferred or (tag, text) not in texts)
        ]
        TagName.objects.bulk_create(made, batch_size=BATCH)
        self.changed.update({name.tag_id for name in (*gone, *made)} - self.created)

    def _speaks_of(self, name: TagName) -> bool:
        """Whether the file has a column for such a name, so that a missing one is meant to be missing."""
        chinese, columns = name.language.startswith("zh"), self.taxonomy.columns
        if name.preferred:
            return chinese and "name_zh" in columns
        if name.language not in {"en", "zh"}:
            return False
        return ("aliases_zh" in columns or "aliases" in columns) if chinese else "aliases" in columns

    def _rules(self, rows: Iterable[RuleRow]) -> int:
        lines = {line.slug: line for line in BusinessLine.objects.all()}
        there = {
            (rule.kind, rule.subject_id, frozenset(tag.pk for tag in rule.others.all()), rule.business_line_id): rule
            for rule in Rule.objects.prefetch_related("others")
        }
        done = 0
        for row in rows:
            subject, others = self.tags[row.subject], [self.tags[code] for code in row.others]
            line = lines.get(row.business_line)
            key = (row.kind, subject.pk, frozenset(tag.pk for tag in others), line.pk if line else None)
            rule = there.get(key) or Rule(kind=row.kind, subject=subject, business_line=line)
            if rule.pk and (rule.weight, rule.note) == (row.weight, row.note or rule.note):
                continue
            rule.weight, rule.note = row.weight, row.note or rule.note
            new = rule.pk is None
            rule.save()
            if new:
                rule.others.set(others)
            there[key] = rule
            done += 1
            self._tell([_("rule: %(rule)s") % {"rule": " ".join([row.subject, row.kind, *row.others])}])
        return done

    def _tell(self, sentences: Iterable[str]) -> None:
        if len(self.changes) < TOLD:
            self.changes += sentences
