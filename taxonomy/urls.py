from django.urls import path, re_path

from taxonomy import views

app_name = "taxonomy"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.tag, name="tag"),
    path("import/", views.import_, name="import"),
    re_path(r"^export/(?P<what>tags|rules)\.csv$", views.export, name="export"),
    path("file/current.json", views.current_file, name="current-file"),
    re_path(r"^file/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.json$", views.file, name="file"),
]
