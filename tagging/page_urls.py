"""Addresses of the pages of videos and imports."""

from django.urls import path, re_path

from tagging.views import faces, guideline_clips, imports, media, new_phrases, rule_breaks, suggestions, tags, videos

app_name = "tagging"
urlpatterns = [
    path("videos/", videos.videos, name="videos"),
    path("videos/<int:pk>/", videos.video, name="video"),
    path("videos/<int:pk>/examine-again/", videos.examine_again, name="examine-again"),
    path("videos/<int:pk>/suggest-again/", videos.suggest_again, name="suggest-again"),
    re_path(r"^media/(?P<pk>\d{1,18})/(?P<part>clip|poster|filmstrip)$", media.media, name="media"),
    path("tags/counts.json", tags.counts, name="tag-counts"),
    path("faces/", faces.faces, name="faces"),
    path("faces/<int:pk>/", faces.person, name="known-person"),
    path("faces/<int:pk>/photos/", faces.photos, name="face-photos"),
    path("faces/moment/", faces.moment, name="face-moment"),
    path("faces/<int:pk>/merge/", faces.merge, name="face-merge"),
    path("faces/<int:pk>/opt-out/", faces.opt_out, name="face-opt-out"),
    path("faces/<int:pk>/erase/", faces.erase, name="face-erase"),
    path("faces/photos/<int:pk>.jpg", faces.photo, name="face-photo"),
    path("faces/photos/<int:pk>/choose/", faces.choose, name="face-choose"),
    path("faces/photos/<int:pk>/remove/", faces.remove, name="face-remove"),
    path("imports/", imports.imports, name="imports"),
    path("imports/columns/<str:token>/", imports.columns, name="import-columns"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/resume/", imports.resume, name="import-resume"),
    path("imports/<int:pk>/errors.csv", imports.errors, name="import-errors"),
    path("taxonomy/guidelines/clips/", guideline_clips.found, name="guideline-clips"),
    path("taxonomy/guidelines/picked/", guideline_clips.picked, name="guideline-picked"),
    path("taxonomy/phrases/", new_phrases.phrases, name="new-phrases"),
    path("taxonomy/phrases/<int:pk>/tag/", new_phrases.make_tag, name="phrase-tag"),
    path("taxonomy/phrases/<int:pk>/alias/", new_phrases.make_alias, name="phrase-alias"),
    path("taxonomy/phrases/<int:pk>/ignore/", new_phrases.ignore, name="phrase-ignore"),
    path("taxonomy/phrases/<int:pk>/put-back/", new_phrases.put_back, name="phrase-put-back"),
    path("taxonomy/rules/breaks/", rule_breaks.broken, name="rule-breaks"),
    path("suggestions/", suggestions.progress, name="suggestions"),
]
