from django.urls import path

from annotation.views import training

app_name = "annotation"
urlpatterns = [
    path("models/retrain/", training.retrain, name="retrain"),
]
