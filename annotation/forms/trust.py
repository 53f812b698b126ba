"""How a business line learns whom to trust, to be changed on its page."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from annotation.models import TrustPolicy


class TrustPolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = TrustPolicy
        fields = ("qualify_clips", "pass_mark", "gold_least", "gold_most", "blind", "wrong", "missing")
        widgets: ClassVar = {
            name: forms.NumberInput(attrs={"min": 0, "max": 30, "step": 0.5})
            for name in ("gold_least", "gold_most", "blind", "wrong", "missing")
        } | {"pass_mark": forms.NumberInput(attrs={"min": 1, "max": 100})}
