"""The Celery app: queue `default` for the database's work, `gpu` for the models'."""

from celery import Celery

app = Celery("tagging")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
