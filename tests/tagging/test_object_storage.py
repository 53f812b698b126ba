"""Media in a bucket, over a real S3 API: taken in, played in pieces, decoded from a local copy, on many machines."""

import os
from pathlib import Path

import pytest
from django.conf import settings as current_settings

from ml import media
from ml.registry import archive
from tagging import clips, intake, media_storage, nudges, probing, suggestions
from tagging.file_cache import FileCache
from tagging.models import Media, Video
from tests import object_storage, stacks
from tests.ml.media_files import make_clip
from tests.workers import until, worker

pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture(scope="module")
def service():
    with object_storage.service() as found:
        yield found


@pytest.fixture
def bucket(service, settings, monkeypatch, tmp_path):
    object_storage.use(service, settings, monkeypatch, tmp_path / "disk")
    yield service
    service.bucket.objects.delete()


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "one.mp4", seconds=2)


@pytest.fixture
def video(bucket, clip) -> Video:
    """Imported from a folder and examined."""
    intake.run(intake.start(clip.parent, source="s"))
    probing.examine_waiting()
    return Video.objects.select_related("media").get()


def test_an_imported_folder_lies_in_the_bucket_and_nowhere_else(video, bucket, clip):
    assert video.media_state == "ready"
    names = [f"tags/media/{name}" for name in (video.media.path, video.media.poster, video.media.filmstrip)]
    assert sorted(bucket.names()) == sorted(names)
    stored = bucket.bucket.Object(f"tags/media/{video.media.path}").get()["Body"].read()
    assert stored == clip.read_bytes()
    assert [path for path in Path(current_settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_the_same_clip_again_is_not_sent_again(video, bucket, clip):
    before = bucket.bucket.Object(f"tags/media/{video.media.path}").last_modified

    assert clips.store(clip) == video.media
    assert bucket.bucket.Object(f"tags/media/{video.media.path}").last_modified == before
    assert Media.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-99", slice(0, 100)), ("bytes=100-", slice(100, None)), ("bytes=-50", slice(-50, None))],
)
def test_a_player_gets_the_bytes_it_asks_for(video, client, sign_in, clip, asked, part):
    sign_in()

    answer = client.get(f"/media/{video.pk}/clip", headers={"Range": asked})

    content, size = clip.read_bytes(), clip.stat().st_size
    assert (answer.status_code, answer["Content-Type"]) == (206, "video/mp4")
    assert b"".join(answer) == content[part]
    first, last, _step = part.indices(size)
    assert answer["Content-Range"] == f"bytes {first}-{last - 1}/{size}"
    assert answer["Content-Length"] == str(last - first)


def test_without_a_range_all_of_it_comes(video, client, sign_in, clip):
    sign_in()

    assert b"".join(client.get(f"/media/{video.pk}/clip")) == clip.read_bytes()
    assert b"".join(client.get(f"/media/{video.pk}/poster"))[:2] == b"\xff\xd8"


def test_a_range_behind_the_end_is_refused(video, client, sign_in, clip):
    sign_in()

    answer = client.get(f"/media/{video.pk}/clip", headers={"Range": f"bytes={clip.stat().st_size}-"})

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{clip.stat().st_size}")


def test_who_may_not_see_videos_gets_nothing_of_the_bucket(video, client, sign_in):
    assert client.get(f"/media/{video.pk}/clip").status_code == 302
    sign_in(None)
    assert client.get(f"/media/{video.pk}/clip").status_code == 403


def test_a_clip_deleted_from_the_bucket_is_not_found(video, client, sign_in):
    sign_in()
    media_storage.current().delete(video.media.path)

    assert client.get(f"/media/{video.pk}/clip").status_code == 404
    with pytest.raises(FileNotFoundError):
        media.decode(clips.StoredClip(video.media.path), size=32)


def test_a_decoder_reads_a_copy_that_is_fetched_once(video, bucket, clip):
    stored = clips.StoredClip(video.media.path)
    with stored.fetched() as path:
        assert path.read_bytes() == clip.read_bytes()
    assert not path.exists()
    bucket.bucket.objects.delete()  # the second time it is here already

    decoded = media.decode(stored, size=32, rate=16000)

    assert decoded.frames is not None
    assert len(decoded.frames) == 2
    assert decoded.sound is not None
    assert media.content_hash(stored) == video.media.content_hash


def test_the_models_see_the_clip(video, bucket):
    stacks.serve()
    (seen,) = suggestions.inputs([video.pk])

    assert media.decode(seen.media, size=32).frames.shape == (2, 32, 32, 3)
    assert suggestions.suggest_batch() == 1
    assert video.suggestion_sets.get().error == ""


def test_a_folder_kept_in_the_archive_comes_back_whole_on_another_disk(bucket, tmp_path):
    made = stacks.train()
    archive.keep(made, "bundles/tiny")
    archive.keep(made, "bundles/tiny")  # by a worker that began again

    assert archive.bring("bundles/tiny", tmp_path / "other" / "tiny")

    theirs, ours = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders(made, tmp_path)
    )
    assert theirs == ours
    archive.forget("bundles/tiny")
    assert bucket.names() == []
    assert not archive.bring("bundles/tiny", tmp_path / "third")


def folders(made, tmp_path):
    return made, tmp_path / "other" / "tiny"


def test_what_was_changed_in_the_archive_is_refused(bucket, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "weights").write_bytes(b"right")
    archive.keep(tmp_path / "made", "bundles/made")
    bucket.bucket.Object("tags/archive/bundles/made/weights").put(Body=b"wrong")

    with pytest.raises(archive.Damaged, match="bundles/made/weights"):
        archive.bring("bundles/made", tmp_path / "here")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir() and path.name != "disk"] == ["made"]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_workers_of_other_machines_share_nothing_but_the_services(bucket, clip, tmp_path):
    """One examines the clips, the other tags them with a bundle that a third machine trained."""
    archive.keep(stacks.train(), f"bundles/{stacks.NAME}")
    stacks.serve()
    disks = [{"TAGWRIGHT_VAR": str(tmp_path / name), "SECRET_KEY": "theirs"} for name in ("first", "second")]
    import_ = intake.start(clip.parent, source="s")

    with worker("default", "--beat", "--schedule", str(tmp_path / "beat"), **bucket.environment, **disks[0]):
        nudges.run_import(import_.pk)
        until(lambda: Video.objects.filter(media_state="ready").exists(), "the clip is examined")
    video = Video.objects.get()
    assert f"tags/media/{video.media.path}" in bucket.names()
    with worker("gpu,default", "--beat", "--schedule", str(tmp_path / "beat"), **bucket.environment, **disks[1]):
        until(video.suggestion_sets.exists, "the bundle is brought and the clip tagged")

    assert video.suggestion_sets.get().error == ""
    assert (tmp_path / "second" / "bundles" / stacks.NAME / "bundle.json").is_file()
    assert not (tmp_path / "first" / "bundles").exists()


class Source:
    """Files that lie elsewhere, and how often each was fetched."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, name):
        def fetch(to):
            self.fetched.append(name)
            to.write_bytes(name.encode() * 100)

        return fetch


def test_the_cache_forgets_what_was_used_longest_ago(tmp_path):
    source, cache = Source(), FileCache(tmp_path / "cache", limit=250)
    for age, name in ((30, "a"), (20, "b")):
        with cache.file(name, source(name)):
            pass
        used = os.stat(cache.root / name).st_mtime - age
        os.utime(cache.root / name, (used, used))
    with cache.file("a", source("a")):  # used again: b is the older now
        pass
    with cache.file("c", source("c")):
        pass

    assert source.fetched == ["a", "b", "c"]
    assert sorted(path.name for path in cache.root.iterdir()) == ["a", "c"]


def test_a_file_being_read_stays_readable_whatever_leaves_the_cache(tmp_path):
    source, cache = Source(), FileCache(tmp_path / "cache", limit=0)
    with cache.file("ab/a", source("a")) as path:
        assert not (cache.root / "ab" / "a").exists()
        assert path.read_bytes() == b"a" * 100

    assert list(cache.root.rglob("*a")) == []


def test_a_fetch_that_fails_leaves_nothing(tmp_path):
    cache = FileCache(tmp_path / "cache", limit=1000)

    def broken(to):
        to.write_bytes(b"half")
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError), cache.file("a", broken):
        pass
    assert list(cache.root.iterdir()) == []
