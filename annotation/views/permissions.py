"""Who may open pages that several modules serve."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required

reviewer_only = permission_required("annotation.add_review", raise_exception=True)
