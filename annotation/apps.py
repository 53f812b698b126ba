from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AnnotationConfig(AppConfig):
    name = "annotation"
    verbose_name = _("Review")

    def ready(self) -> None:
        from annotation import people, receivers  # noqa: F401  # importing the receivers connects them

        # Django makes the permissions of an app after its migration; annotation is the last app of ours.
        post_migrate.connect(people.make_roles, sender=self)
