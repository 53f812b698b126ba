"""Addresses of the pages of videos and imports."""

from django.urls import path, re_path

from tagging.views import guideline_clips, imports, media, rule_breaks, suggestions, tags, videos

app_name = "tagging"
urlpatterns = [
    path("videos/", videos.videos, name="videos"),
    path("videos/<int:pk>/", videos.video, name="video"),
    path("videos/<int:pk>/examine-again/", videos.examine_again, name="examine-again"),
    path("videos/<int:pk>/suggest-again/", videos.suggest_again, name="suggest-again"),
    re_path(r"^media/(?P<pk>\d{1,18})/(?P<part>clip|poster|filmstrip)$", media.media, name="media"),
    path("tags/counts.json", tags.counts, name="tag-counts"),
    path("imports/", imports.imports, name="imports"),
    path("imports/columns/<str:token>/", imports.columns, name="import-columns"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/resume/", imports.resume, name="import-resume"),
    path("imports/<int:pk>/errors.csv", imports.errors, name="import-errors"),
    path("taxonomy/guidelines/clips/", guideline_clips.found, name="guideline-clips"),
    path("taxonomy/guidelines/picked/", guideline_clips.picked, name="guideline-picked"),
    path("taxonomy/rules/breaks/", rule_breaks.broken, name="rule-breaks"),
    path("suggestions/", suggestions.progress, name="suggestions"),
]
