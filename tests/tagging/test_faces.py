"""The gallery of faces: enrolled with consent, recognised at once, merged, and taken out without a trace."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ml.feature_store import FeatureStore
from ml.modality import faces
from ml.types import FACE_WIDTH, Evidence, Proposal, Region
from tagging import clips, face_erasure, face_photos, gallery, media_storage
from tagging.face_models import FacePhoto, KnownPerson
from tagging.models import Suggestion
from taxonomy import versions
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video
from tests.ml.drawn_faces import ANN, BOB, CAL, group, make_portrait_clip, portrait

pytestmark = pytest.mark.django_db
CONSENT = {"consent": "Contract 7, kept by legal", "consent_on": "2026-01-31"}
SURE = Evidence(moment=(0.0, 1.0), region=Region(0.0, 0.1, 0.1, 0.4, 0.5))


@pytest.fixture(autouse=True)
def roots(settings, tmp_path):
    settings.MEDIA_ROOT, settings.FEATURE_ROOT = tmp_path / "media", tmp_path / "features"


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


def make_person(name="Ann", **kw):
    tag = make_tag(name, kind="person")
    return KnownPerson.objects.create(**{"tag": tag, "consent": "yes", "consent_on": "2026-01-31"} | kw)


def make_photo(person, embedding=None, **kw):
    """A photo that was examined."""
    embedding = [0.0] * FACE_WIDTH if embedding is None else embedding
    name = media_storage.current().save("faces/0.jpg", ContentFile(b"picture")) if "file" not in kw else kw["file"]
    values = {"state": "ready", "embedding": list(embedding), "boxes": [[0, 0, 1, 1]], "chosen": 0, "file": name}
    return FacePhoto.objects.create(person=person, **values | kw)


def picture(drawn, name="photo.jpg", kind="JPEG"):
    content = BytesIO()
    Image.fromarray(drawn).save(content, kind)
    return SimpleUploadedFile(name, content.getvalue())


def files():
    root = Path(media_storage.current().path("faces"))
    return sorted(path.name for path in root.glob("*")) if root.is_dir() else []


def post(client, person, action, data=None):
    return client.post(f"/faces/{person.pk}/{action}/", data or {})


def embedded(drawn):
    reader = faces.reader()
    [face] = reader.find(drawn)
    return reader.embed([reader.aligned(drawn, face)])[0]


def test_a_person_is_added_with_consent_and_known_by_a_photo(client, editor):
    tag = make_tag("Ann", kind="person")
    assert client.post("/faces/", {"tag": "Ann"} | CONSENT).status_code == 302
    person = KnownPerson.objects.get()
    assert (person.tag, person.consent, person.created_by) == (tag, CONSENT["consent"], editor)

    post(client, person, "photos", {"photos": [picture(portrait(ANN)), picture(portrait(ANN, light=0.8), kind="PNG")]})
    assert face_photos.examine_waiting() == 2

    assert list(person.photos.values_list("state", flat=True)) == ["ready", "ready"]
    assert [name.endswith(".jpg") for name in files()] == [True, True]  # nothing is kept as it was sent
    known = gallery.load()
    assert known.tags == (tag.pk, tag.pk)
    assert np.linalg.norm(known.faces[0] - embedded(portrait(ANN))) < 0.2
    photo = person.photos.first()
    page = client.get(person.get_absolute_url()).content.decode()
    assert f"/faces/photos/{photo.pk}.jpg" in page
    shown = client.get(f"/faces/photos/{photo.pk}.jpg")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"tag": "Nobody"}, "tag"),
        ({"tag": "Sport"}, "tag"),  # no person
        ({"tag": "Ann", "consent": ""}, "consent"),
        ({"tag": "Ann", "consent_on": "2999-01-01"}, "consent_on"),
    ],
)
def test_nobody_is_added_without_a_tag_of_a_person_and_consent(client, editor, told, field):
    make_tag("Ann", kind="person")
    make_tag("Sport")

    answer = client.post("/faces/", {"tag": "Ann"} | CONSENT | told)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not KnownPerson.objects.exists()


def test_of_several_faces_somebody_chooses(client, editor):
    person = make_person("Cal")
    gallery.add_photos(person, [picture(group(ANN, CAL))])
    face_photos.examine_waiting()
    photo = person.photos.get()
    assert (photo.state, len(photo.boxes), photo.embedding) == ("choose", 2, None)
    assert not gallery.load().tags

    client.post(f"/faces/photos/{photo.pk}/choose/", {"face": "7"})
    assert not face_photos.waiting()
    client.post(f"/faces/photos/{photo.pk}/choose/", {"face": "1"})
    face_photos.examine_waiting()

    photo.refresh_from_db()
    assert photo.state == "ready"
    assert len(photo.boxes) == 1  # of the other one nothing is kept
    assert np.linalg.norm(np.array(photo.embedding) - embedded(portrait(CAL))) < 0.25


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"not a picture", "broken"), (b"", "broken"), ("landscape", "no_face")],
)
def test_a_photo_that_cannot_be_used_says_why(content, refusal):
    person = make_person()
    sent = picture(np.full((90, 120, 3), 80, np.uint8)) if content == "landscape" else ContentFile(content, "a.jpg")
    gallery.add_photos(person, [sent])

    face_photos.examine_waiting()

    photo = person.photos.get()
    assert (photo.state, photo.refusal) == ("refused", refusal)


def test_without_the_networks_the_photo_says_so(monkeypatch):
    monkeypatch.setattr(faces, "PACKAGE", "no_such_package")
    gallery.add_photos(make_person(), [picture(portrait(ANN))])

    face_photos.examine_waiting()

    assert FacePhoto.objects.get().refusal == "no_networks"


def test_a_photo_that_kills_workers_is_given_up():
    photo = FacePhoto.objects.create(person=make_person(), attempts=face_photos.ATTEMPTS)

    face_photos.examine_waiting()

    photo.refresh_from_db()
    assert (photo.state, photo.refusal) == ("refused", "worker")


def test_a_moment_of_a_clip_shows_the_face(client, editor, tmp_path):
    media = clips.store(make_portrait_clip(tmp_path / "clip.mp4", BOB, seconds=2, fps=4))
    video, person = make_video(media=media, media_state="ready"), make_person("Bob")
    told = {"person": person.pk, "video": video.pk, "second": "1.2"}
    assert client.post("/faces/moment/", told | {"second": "60"}).status_code == 422
    assert client.post("/faces/moment/", told | {"video": 0}).status_code == 422
    assert client.post("/faces/moment/", told | {"person": 0}).status_code == 404
    assert f'<option value="{person.pk}">Bob</option>' in client.get(video.get_absolute_url()).content.decode()

    client.post("/faces/moment/", told)
    face_photos.examine_waiting()

    photo = person.photos.get()
    assert photo.state == "ready"
    assert np.linalg.norm(np.array(photo.embedding) - embedded(portrait(BOB))) < 0.45
    assert video.title in client.get(person.get_absolute_url()).content.decode()


def test_two_who_are_one_are_put_together(client, editor):
    kept, gone = make_person("Ann"), make_person("Annie")
    make_photo(kept)
    make_photo(gone)
    before = gallery.version()

    post(client, gone, "merge", {"into": kept.pk})

    assert list(KnownPerson.objects.all()) == [kept]
    assert gallery.load().tags == (kept.tag_id, kept.tag_id)
    assert gallery.version() != before
    assert post(client, kept, "merge", {"into": kept.pk}).status_code == 404


def test_a_merged_tag_of_a_person_means_where_it_went():
    person, heir = make_person("Annie"), make_tag("Ann", kind="person")
    make_photo(person)
    type(heir).objects.filter(pk=person.tag_id).update(state="merged", merged_into=heir)

    assert gallery.load().tags == (heir.pk,)


def test_the_version_changes_with_the_gallery_and_only_then():
    empty = gallery.version()
    person = make_person()
    assert gallery.version() == empty == 0
    photo = make_photo(person)
    one = gallery.version()
    assert one != empty
    KnownPerson.objects.update(consent="said better")
    assert gallery.version() == one
    gallery.remove(photo)
    assert gallery.version() == empty


def make_stored(store, key, *faces_):
    store.put(key * 64, "dlib_faces.v1-1234", {"faces": np.array(faces_, np.float32)})


def test_an_erased_person_leaves_nothing_behind(client, editor, settings):
    """Photos, embeddings, features of clips that show the face, where it was in suggestions; others stay whole."""
    person, other = make_person("Ann"), make_person("Bob")
    mine, theirs = np.eye(FACE_WIDTH)[:2]
    make_photo(person, mine)
    make_photo(other, theirs, file=media_storage.current().save("faces/1.jpg", ContentFile(b"other")))
    store = FeatureStore(Path(settings.FEATURE_ROOT))
    make_stored(store, "a", mine * 1.1, theirs)
    make_stored(store, "b", theirs)
    scores = {person.tag: 0.9, other.tag: 0.8}
    stored = make_suggestions(make_video(), scores, model=make_model(), taxonomy=versions.publish())
    told = {"recallers": {"faces.v1": 0.9}, "evidence": {"region": [0, 0, 0, 1, 1]}}
    stored.suggestions.update(**told)
    named = make_suggestions(make_video(), {person.tag: 0.9}, model=make_model(), taxonomy=versions.current())
    named.suggestions.update(recallers={"faces.v1": 0.9, "mentions.v1": 0.5}, evidence={"region": [0, 0, 0, 1, 1]})
    decided = make_suggestions(
        make_video(reviewed_at="2026-01-01T00:00Z"), {person.tag: 0.9}, model=make_model(), taxonomy=versions.current()
    )
    decided.suggestions.update(**told)

    post(client, person, "erase")
    assert gallery.load().tags == (other.tag_id,)  # at once
    assert face_erasure.finish() == 1

    assert list(KnownPerson.objects.all()) == [other]
    assert FacePhoto.objects.get().person == other
    assert files() == ["1.jpg"]
    assert [store.has(key * 64, "dlib_faces.v1-1234") for key in "ab"] == [False, True]
    assert [s.tag for s in stored.suggestions.all()] == [other.tag]
    assert named.suggestions.get().recallers == {"mentions.v1": 0.5}
    assert not Suggestion.objects.filter(tag=person.tag, evidence__has_key="region").exists()
    assert decided.suggestions.get().recallers == {}  # a person decided on it: that stays on record
    assert face_erasure.finish() == 0


def test_who_opted_out_stays_out_until_they_agree_again(client, editor):
    person = make_person()
    make_photo(person)

    post(client, person, "opt-out")
    face_erasure.finish()

    person.refresh_from_db()
    assert (person.opted_out, person.erasing_since) == (True, None)
    assert not FacePhoto.objects.exists()
    assert files() == []
    post(client, person, "photos", {"photos": [picture(portrait(ANN))]})
    assert not FacePhoto.objects.exists()
    client.post("/faces/", {"tag": person.tag.name} | CONSENT)
    assert KnownPerson.objects.get() == person
    client.post(person.get_absolute_url(), CONSENT)
    assert KnownPerson.objects.recognised().get() == person


def test_an_erasure_that_a_worker_died_over_is_finished_by_the_next(monkeypatch):
    person = make_person()
    make_photo(person)
    gallery.erase(person)
    with monkeypatch.context() as broken:
        broken.setattr(face_erasure, "_forget_suggestions", lambda tag: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="full"):
            face_erasure.finish()
    assert KnownPerson.objects.exists()

    face_erasure.finish()

    assert not KnownPerson.objects.exists()
    assert files() == []


def test_a_proposal_by_a_face_that_was_taken_out_meanwhile_is_not_stored():
    known, gone = make_person("Ann"), make_person("Bob")
    make_photo(known)
    answer = [
        Proposal(known.tag_id, 0.9, {"faces.v1": 0.9}, SURE),
        Proposal(gone.tag_id, 0.8, {"faces.v1": 0.8, "mentions.v1": 0.4}, SURE),
        Proposal(make_tag().pk, 0.7, {"faces.v1": 0.7}, SURE),
    ]
    gallery.opt_out(gone)

    kept = gallery.allowed({1: answer, 2: []})

    assert [p.tag for p in kept[1]] == [known.tag_id, gone.tag_id]
    assert kept[1][0] == answer[0]
    assert (kept[1][1].recallers, kept[1][1].evidence.region) == ({"mentions.v1": 0.4}, None)


def test_the_gallery_takes_the_same_queries_however_many_people(client, editor, django_assert_max_num_queries):
    for name in ("Eve", "Dee", "Cal", "Bob", "Ann"):
        make_photo(make_person(name), file="faces/0.jpg")
    with django_assert_max_num_queries(6):
        page = client.get("/faces/")
    shown = page.content.decode()
    assert shown.count("recognised</span>") == 5
    assert shown.index(">Ann<") < shown.index(">Eve<")
    with django_assert_max_num_queries(9):
        client.get(KnownPerson.objects.first().get_absolute_url())


def test_an_empty_gallery_says_what_to_do(client, editor):
    assert "Nobody is in the gallery yet" in client.get("/faces/").content.decode()


def test_photos_of_faces_are_for_who_manages_them(client, sign_in):
    photo = make_photo(make_person())
    sign_in("annotator")

    assert client.get(f"/faces/photos/{photo.pk}.jpg").status_code == 403
    assert make_user("admin").has_perm("tagging.manage_gallery")
