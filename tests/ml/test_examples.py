"""Reading snapshots: every fault is named by file and line."""

import json

import pytest

from ml.training import examples
from ml.training.examples import SnapshotError
from tests.ml.stack_data import COOKING, VOCABULARY, make_snapshot, seal_snapshot


@pytest.fixture
def folder(tmp_path):
    return make_snapshot(tmp_path / "snapshot", videos=10)


def set_videos(folder, *lines: str) -> None:
    (folder / "videos.jsonl").write_text("".join(line + "\n" for line in lines))
    seal_snapshot(folder)


def test_a_snapshot_is_read(folder):
    snapshot = examples.read(folder)
    assert snapshot.vocabulary == VOCABULARY
    assert len(snapshot.split("train")) == 6
    assert snapshot.examples[1].tags == {COOKING}


def test_a_changed_snapshot_is_refused(folder):
    with (folder / "videos.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(SnapshotError, match="was changed"):
        examples.read(folder)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "JSONDecodeError"),
        ('{"title": "no id"}', "id"),
        ('{"id": 1, "split": "tomorrow"}', "tomorrow"),
        ('{"id": 1, "tags": ["x"]}', "int"),
        ('{"id": 1, "media": "../../etc/passwd"}', "outside"),
        ("[]", "AttributeError"),
    ],
)
def test_a_bad_line_is_named(folder, line, reason):
    set_videos(folder, '{"id": 0}', line)
    with pytest.raises(SnapshotError, match=rf"videos\.jsonl:2: .*{reason}"):
        examples.read(folder)


def test_media_lie_in_the_media_folder(folder):
    set_videos(folder, json.dumps({"id": 0, "media": "ab/clip.mp4", "title": "line\u2028break"}))
    video = examples.read(folder).examples[0].video
    assert video.media == folder / "ab" / "clip.mp4"
    assert video.title == "line\u2028break"


@pytest.mark.parametrize("missing", ["train", "dev", "test"])
def test_an_empty_split_is_refused(folder, missing):
    lines = (folder / "videos.jsonl").read_text().splitlines()
    set_videos(folder, *(line for line in lines if json.loads(line)["split"] != missing))
    with pytest.raises(SnapshotError, match=f"The {missing} split"):
        examples.check(examples.read(folder))


def test_a_snapshot_without_a_tag_is_refused(tmp_path):
    with pytest.raises(SnapshotError, match="nothing to learn"):
        examples.check(examples.read(make_snapshot(tmp_path / "s", videos=10, train=frozenset())))


def test_no_snapshot_at_all_is_said_so(tmp_path):
    with pytest.raises(SnapshotError, match=r"manifest\.json is missing"):
        examples.read(tmp_path)
