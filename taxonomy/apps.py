from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxonomyConfig(AppConfig):
    name = "taxonomy"
    verbose_name = _("Taxonomy")

    def ready(self) -> None:
        from taxonomy import impact, own_impact  # here, because models are known only now

        impact.COUNTERS["taxonomy"] = own_impact.count
