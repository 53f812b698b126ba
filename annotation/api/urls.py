"""Addresses of what programs may do."""

from annotation.api import (
    assignments,
    canaries,
    comments,
    disputes,
    groups,
    guidelines,
    people,
    quality,
    queue,
    reviews,
    second_looks,
    tags,
    tasks,
    token,
    training,
    trust,
)

urlpatterns = [
    *token.urlpatterns,
    *queue.urlpatterns,
    *tasks.urlpatterns,
    *reviews.urlpatterns,
    *assignments.urlpatterns,
    *groups.urlpatterns,
    *second_looks.urlpatterns,
    *comments.urlpatterns,
    *disputes.urlpatterns,
    *people.urlpatterns,
    *quality.urlpatterns,
    *tags.urlpatterns,
    *guidelines.urlpatterns,
    *training.urlpatterns,
    *canaries.urlpatterns,
    *trust.urlpatterns,
]
