"""The pages about quality: one line each. A page is read by `page(scope, asked, whole=False)` of its module.

`asked` is the address's query; with `whole` the tables have all rows for a file. "tables" of what it returns are what
can be downloaded; the rest is for its template, `templates/annotation/quality_<slug>.html`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotation.quality import agreement, calibration, efficiency, health, hurting, progress, reviewers, tags, versions

FIRST = "hurting"
PAGES: dict[str, tuple[Promise, Callable[..., dict[str, Any]]]] = {
    "hurting": (_("What hurts most"), hurting.page),
    "progress": (_("Progress"), progress.page),
    "agreement": (_("Agreement"), agreement.page),
    "reviewers": (_("Reviewers"), reviewers.page),
    "tags": (_("Tags"), tags.page),
    "calibration": (_("Calibration"), calibration.page),
    "efficiency": (_("Label efficiency"), efficiency.page),
    "versions": (_("Model versions"), versions.page),
    "health": (_("Taxonomy health"), health.page),
}
