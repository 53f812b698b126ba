"""What an admin types about trainings that begin by themselves, and about a trial."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from annotation.learning.models import LearningSettings
from ml.registry import stack_names
from ml.registry.models import Canary

TRIAL = ["share", "margin", "fewest", "audited_only", "promotes"]


class LearningForm(forms.ModelForm):  # type: ignore[type-arg]
    """Settings that follow the ones the person saw: `number` says which these were."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = LearningSettings
        fields: ClassVar = [
            "verdicts",
            "drift",
            "drift_reviews",
            "alarm_rate",
            "every_days",
            "hour",
            "stack",
            "sequel",
            *TRIAL,
        ]

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        usual = (("", _("the usual one (%(stack)s)") % {"stack": settings.TRAINING_STACK}),)
        self.fields["stack"] = forms.ChoiceField(
            label=_("Stack"), choices=[*usual, *stack_names.choices()], required=False
        )

    def clean_number(self) -> int:
        return int(self.cleaned_data["number"]) + 1


class TrialForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Canary
        fields: ClassVar = TRIAL
