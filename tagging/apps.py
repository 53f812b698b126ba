from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaggingConfig(AppConfig):
    name = "tagging"
    verbose_name = _("Videos and suggestions")

    def ready(self) -> None:
        # Here and not in __init__, so that the pure modules stay pure. Importing the receivers connects them.
        from tagging import celery, receivers  # noqa: F401
