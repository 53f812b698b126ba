"""Which published taxonomy and which guidelines hold: what is kept in memory of them is kept for an edition."""

from __future__ import annotations

from dataclasses import dataclass

# As part of a larger statement: a JSON array with the fields of `Edition`, or NULL before anything is published.
EDITION = """
    (SELECT jsonb_build_array(id, number, digest,
        (SELECT jsonb_build_array(id, created_at)::text FROM taxonomy_guideline ORDER BY id DESC LIMIT 1))
     FROM taxonomy_taxonomyversion ORDER BY number DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """The newest version and the newest guideline: texts of guidelines are only ever added."""

    version: int  # id
    number: int
    digest: str  # because a restored database may give a number to other content
    guideline: str | None  # id and time, for the same reason


NOTHING = Edition(0, 0, "", None)  # before the first version
