from django.urls import path, re_path

from taxonomy import tree_views, views

app_name = "taxonomy"
urlpatterns = [
    path("", tree_views.index, name="index"),
    path("tags/<int:pk>/", tree_views.tag, name="tag"),
    re_path(
        r"^tree/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.(?P<language>[a-z-]{2,10})\.json$",
        tree_views.categories,
        name="tree",
    ),
    path("import/", views.import_, name="import"),
    re_path(r"^export/(?P<what>tags|rules)\.csv$", views.export, name="export"),
    path("file/current.json", views.current_file, name="current-file"),
    re_path(r"^file/(?P<number>\d{1,9})-(?P<digest>[0-9a-f]{64})\.json$", views.file, name="file"),
]
