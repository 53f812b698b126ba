"""Exercises: two photos each as the frames of a short clip, with instructions as text and seven kinds of tags."""

from __future__ import annotations

import json
from pathlib import Path

import av
from django.conf import settings
from PIL import Image, ImageOps

from benchmarks.loops import steps
from taxonomy.models import Tag

SINGLE = ("category", "equipment", "level", "force", "mechanic")
SIZE = (256, 256)


def run(data: Path) -> dict[str, object]:
    folder = data / "exercises"
    exercises = json.loads((folder / "exercises.json").read_text(encoding="utf-8"))
    told = [labels(exercise) for exercise in exercises]
    known = sorted({label for each in told for label in each})
    steps.import_taxonomy(
        steps.write_csv("tags.csv", [{"id": label, "name": label.split(": ")[1], "kind": "content"} for label in known])
    )
    media = Path(settings.VAR) / "exercises"
    media.mkdir()
    rows = []
    for number, (exercise, tags) in enumerate(zip(exercises, told, strict=True)):
        film([folder / "photos" / name for name in exercise["images"]], media / f"{number}.mp4")
        text = " ".join(exercise["instructions"])
        rows.append(
            {"id": number, "title": exercise["name"], "text": text, "media": f"{number}.mp4", "tags": json.dumps(tags)}
        )
    mapping = {"external_id": "id", "title": "title", "description": "text", "media": "media", "tags": "tags"}
    figures: dict[str, object] = {"exercises": len(rows), "tags": Tag.objects.count()}
    figures["import"] = steps.import_videos(
        steps.write_csv("exercises.csv", rows), "exercises", mapping=mapping, line=steps.make_line(), media=media
    )
    version, figures["training_s"] = steps.train()
    return figures | {"test_split": steps.metrics(version), "recallers": version.metrics["recallers"]}


def labels(exercise: dict[str, object]) -> list[str]:
    """What the set says of one exercise; the kind stands before the name, for `body only` is not a muscle."""
    single = [f"{kind}: {exercise[kind]}" for kind in SINGLE if exercise.get(kind)]
    muscles = [*exercise["primaryMuscles"], *exercise["secondaryMuscles"]]  # type: ignore[misc]
    return single + [f"muscle: {name}" for name in dict.fromkeys(muscles)]


def film(photos: list[Path], to: Path) -> None:
    """One second of each photo."""
    with av.open(str(to), "w") as container:
        stream = container.add_stream("libx264", rate=1, options={"crf": "20", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for photo in photos:
            with Image.open(photo) as picture:
                fitted = ImageOps.pad(picture.convert("RGB"), SIZE)
            container.mux(stream.encode(av.VideoFrame.from_image(fitted)))
        container.mux(stream.encode(None))
