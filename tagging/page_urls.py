from django.urls import path

from tagging.views import suggestions

app_name = "tagging"
urlpatterns = [
    path("suggestions/", suggestions.progress, name="suggestions"),
]
