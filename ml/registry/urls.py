from django.urls import path

from ml.registry import views

app_name = "registry"
urlpatterns = [
    path("", views.versions, name="versions"),
    path("<int:pk>/", views.version, name="version"),
    path("<int:pk>/promote/", views.promote, name="promote"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/cancel/", views.cancel, name="cancel"),
]
