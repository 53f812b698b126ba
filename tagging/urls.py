"""Where every address of the product starts."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("", include("annotation.urls")),
    path("", include("tagging.page_urls")),
    path("taxonomy/", include("taxonomy.urls")),
    path("models/", include("ml.registry.urls")),
    path("api/", include("annotation.api.urls")),
    path("api/", include("tagging.rule_api")),
    path("api/", include("tagging.api")),
    path("api/", include("taxonomy.api")),
    path("api/", include("ml.registry.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-docs"),
    path("sign-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("django-admin/", admin.site.urls),
]

if settings.METRICS:
    urlpatterns.append(path("", include("django_prometheus.urls")))
