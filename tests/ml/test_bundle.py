"""Bundles: immutable, whole, verified."""

import json

import pytest

from ml import bundle, parts
from ml.bundle import BundleError, Manifest
from tests.ml.stack_data import VOCABULARY

MANIFEST = Manifest("b1", "small", {"folds": 3}, ["mentions.v1"], "contrastive.v1", "logistic.v1", snapshot="abc")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "b1"
    (folder / "recall").mkdir(parents=True)
    bundle.write_tags(folder / bundle.TAGS, VOCABULARY)
    (folder / "recall" / "weights").write_bytes(b"weights")
    bundle.seal(folder, MANIFEST)
    return folder


def test_what_was_written_is_read(folder):
    found = bundle.read(folder)
    assert found.vocabulary == VOCABULARY
    assert found.manifest.snapshot == "abc"
    assert set(found.manifest.files) == {"tags.jsonl", "recall/weights"}


def test_workers_of_another_user_can_read_all_files(folder):
    (folder / "recall" / "weights").chmod(0o600)  # as safetensors leaves them
    bundle.seal(folder, MANIFEST)
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in folder.rglob("*"))


def test_a_changed_file_is_noticed(folder):
    (folder / "recall" / "weights").write_bytes(b"weightz")
    with pytest.raises(BundleError, match="recall/weights was changed"):
        bundle.read(folder)


def test_a_missing_file_is_noticed(folder):
    (folder / "recall" / "weights").unlink()
    with pytest.raises(BundleError, match="recall/weights is missing"):
        bundle.read(folder)


def test_another_folder_or_format_is_refused(folder, tmp_path):
    with pytest.raises(BundleError, match="no bundle"):
        bundle.read(tmp_path)
    manifest = json.loads((folder / "bundle.json").read_text()) | {"format": 9}
    (folder / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="format 9"):
        bundle.read(folder)


def test_a_bundle_sealed_again_does_not_count_its_own_manifest(folder):
    bundle.seal(folder, MANIFEST)
    assert "bundle.json" not in bundle.read(folder).manifest.files


def test_a_name_with_a_line_separator_survives(tmp_path):
    odd = type(VOCABULARY)((type(VOCABULARY.tags[0])(1, "a\u2028b", ("a\u2028b",)),))
    bundle.write_tags(tmp_path / "tags.jsonl", odd)
    assert bundle.read_tags(tmp_path / "tags.jsonl") == odd


def test_a_bad_tag_is_named_by_its_line(tmp_path):
    (tmp_path / "tags.jsonl").write_text('{"id": 1, "name": "a"}\n{"id": 2}\n')
    with pytest.raises(ValueError, match=r"tags\.jsonl:2"):
        bundle.read_tags(tmp_path / "tags.jsonl")


def test_an_unknown_part_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown part 'c\.v9'; known: a\.v1, b\.v1"):
        parts.find({"b.v1": "x.B", "a.v1": "x.A"}, "c.v9")
