"""Addresses of the pages people work on."""

from django.urls import path

from annotation.quality.pages import FIRST, PAGES
from annotation.views import (
    adjudication,
    canary,
    comments,
    export,
    guidelines,
    history,
    home,
    learning,
    passwords,
    people,
    quality,
    review,
    rules,
    second_looks,
    tags,
    training,
)

app_name = "annotation"
urlpatterns = [
    path("", home.home, name="home"),
    path("review/", review.enter, name="enter"),
    path("review/next/", review.next_clip, name="next"),
    path("review/undo/", review.undo, name="undo"),
    path("review/<int:pk>/", review.review, name="review"),
    path("review/guidelines/read/", review.read, name="guidelines-read"),
    path("review/<int:pk>/guideline/<int:tag>/", review.guideline, name="review-guideline"),
    path("review/<int:pk>/heartbeat/", review.heartbeat, name="heartbeat"),
    path("history/", history.own, name="history"),
    path("videos/<int:pk>/reviews/", history.of_video, name="video-reviews"),
    path("videos/<int:pk>/comments/", comments.thread, name="comments"),
    path("second-looks/", second_looks.look, name="second-looks"),
    path("second-looks/<int:pk>/", second_looks.answer, name="second-answer"),
    path("questions/", comments.questions, name="questions"),
    path("questions/<int:pk>/", comments.answer, name="answer"),
    path("adjudication/", adjudication.queue, name="disputes"),
    path("adjudication/<slug:line>/<int:video>/", adjudication.clip, name="dispute"),
    path("adjudication/<int:pk>/", adjudication.rule, name="rule"),
    path("adjudication/rulings/<int:pk>/undo/", adjudication.undo, name="ruling-undo"),
    path("adjudication/rulings/<int:pk>/example/", adjudication.example, name="ruling-example"),
    path("tags/<int:pk>/figures/", tags.figures, name="tag-figures"),
    path("skipped/", history.skipped, name="skipped"),
    path("skipped/<int:pk>/put-back/", history.put_back, name="put-back"),
    path("export/", export.export, name="export"),
    path("password/", passwords.Choose.as_view(), name="password"),
    path("quality/", quality.figures, {"page": FIRST}, name="quality"),
    *(
        path(f"quality/{slug}/", quality.figures, {"page": slug}, name=f"quality-{slug}")
        for slug in PAGES
        if slug != FIRST
    ),
    path("quality/<slug:page>/<slug:table>.csv", quality.download, name="quality-csv"),
    path("people/", people.roster, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/activity/", people.activity, name="person-activity"),
    path("people/<int:pk>/password/", people.password, name="person-password"),
    path("taxonomy/guidelines/<int:pk>/examples/", guidelines.examples, name="guideline-examples"),
    path("taxonomy/guidelines/<int:pk>/again/", guidelines.again, name="guideline-again"),
    path("taxonomy/guidelines/again/<int:pk>/undo/", guidelines.undo, name="guideline-again-undo"),
    path("taxonomy/rules/proposals/count/", rules.mine, name="mine-rules"),
    path("models/retrain/", training.retrain, name="retrain"),
    path("models/learning/", learning.learning, name="learning"),
    path("models/canaries/", canary.trials, name="trials"),
    path("models/canaries/<int:pk>/", canary.trial, name="trial"),
    path("models/canaries/<int:pk>/end/", canary.end, name="trial-end"),
    path("models/<int:pk>/canary/", canary.begin, name="trial-begin"),
]
