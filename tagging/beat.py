"""What beat asks the workers to do, and how often.

To add work that is looked for by itself: a task in `<app>/tasks.py`, its line here, and its queue in
`CELERY_TASK_ROUTES` if it needs the models.
"""

from __future__ import annotations


def schedule(look: int) -> dict[str, dict[str, object]]:
    """By name, as Celery wants it. `look`: seconds until work whose message was lost is found.

    A message that nobody has taken when the next one is due says nothing new, and is dropped.
    """
    seconds = {
        "tagging.tasks.suggest_waiting": look,
        "tagging.tasks.probe_waiting": look,
        "tagging.tasks.examine_faces": look,
        "tagging.tasks.resume_imports": 3 * look,
        "tagging.tasks.carry_labels": 30,
        "tagging.tasks.sweep": 3600,
        "annotation.tasks.add_up_reviews": look,
        "annotation.tasks.resume_training": 3 * look,
        "annotation.tasks.review_split_tags": 30,
        "annotation.tasks.learn_trust": 60,
        "annotation.tasks.look_back": 60,
        "annotation.tasks.watch_learning": 60,
        "annotation.tasks.measure_agreement": 300,
        "annotation.tasks.find_missing_tags": 3600,
        "annotation.tasks.gather_groups": 3600,
        "annotation.tasks.rescore": 3600,
    }
    return {task: {"task": task, "schedule": each, "options": {"expires": each}} for task, each in seconds.items()}
