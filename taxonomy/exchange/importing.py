"""A file -> tags, rules, relations and guidelines, in one transaction: all of it and a new version, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from taxonomy import publishing, versions
from taxonomy.exchange import checking, formats, merging, merging_rules, report, staging
from taxonomy.exchange.report import Report
from taxonomy.exchange.rows import Problem, Refused, Taxonomy
from taxonomy.models import Governance

MANY = 1_000  # changed tags; fewer are left to autovacuum


def run_file(
    file: BinaryIO, form: str = "", rules: BinaryIO | None = None, columns: Mapping[str, str] | None = None, **told: Any
) -> Report:
    """Import a file in a format, or in that which it looks like. `rules` and `columns` are for CSV; the rest as in run.

    Raises Refused.
    """
    form = form or formats.detect(file)
    if form != "csv" and (rules or columns):
        raise Refused([Problem(0, _("only CSV has its rules in a file of their own, and columns to name"))])
    return run(formats.read(form, file, rules=rules, columns=columns), form=form, **told)


def run(
    taxonomy: Taxonomy, *, comment: str = "", author: User | None = None, dry_run: bool = False, form: str = "csv"
) -> Report:
    """Add and change what a file names; what it does not name stays. Published as one change set.

    `form`: the format, for the record. Raises Refused, with nothing imported, when the rows do not make a sound tree
    together with the tags that are there, or when the author may not publish alone.
    """
    if not dry_run:
        _check_approval(author)
    try:
        with transaction.atomic():
            done = _import(taxonomy, author)
            if dry_run:
                transaction.set_rollback(True)
                return done
            counts = {name: getattr(done, name) for name in ("created", "changed", "rules", "relations", "guidelines")}
            publishing.publish_import(comment, author, {"format": form, **counts})
            done = replace(done, version=versions.current())
    except IntegrityError as error:
        raise Refused([Problem(0, _("the database refuses it: %(error)s") % {"error": error})]) from error
    if done.created + done.changed > MANY:
        _settle()
    return done


def _import(taxonomy: Taxonomy, author: User | None) -> Report:
    versions.lock()
    remarks = staging.fill(taxonomy)
    checking.check(taxonomy.columns)
    created, changed, unchanged = merging.merge()
    rules = merging_rules.rules()
    relations = merging_rules.relations("relations" in taxonomy.columns)
    guidelines = merging_rules.guidelines(author)
    told = report.changes()
    return Report(created, changed, unchanged, rules, relations, guidelines, told, tuple(remarks))


def _check_approval(author: User | None) -> None:
    """Where a second person approves, only who may lift that rule imports: an import is published at once."""
    if author and Governance.load().approval and not author.has_perm("taxonomy.change_governance"):
        reason = _(
            "here a second person approves changes, which an import cannot wait for: "
            "an administrator who edits the taxonomy may do it"
        )
        raise Refused([Problem(0, reason)])


def _settle() -> None:
    """Leave the search as fast as it was: statistics renewed, and no row waiting outside of the word indexes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE taxonomy_tag, taxonomy_tagname, taxonomy_tagword")
        cursor.execute("SELECT gin_clean_pending_list('tagname_words'), gin_clean_pending_list('tagword_keys')")
