import errno
import os
from threading import Barrier, Thread

import numpy as np
import pytest
from safetensors.numpy import save

from ml.feature_store import FeatureStore

KEY, OTHER = "ab" * 32, "ac" * 32


def test_what_was_put_is_got(tmp_path):
    store = FeatureStore(tmp_path)
    arrays = {"frames": np.ones((3, 4), np.float32), "frame_times": np.arange(3, dtype=np.float32)}

    store.put(KEY, "timm.v1-abc", arrays)

    got = FeatureStore(tmp_path).get(KEY, "timm.v1-abc")
    assert got.keys() == arrays.keys()
    assert all(np.array_equal(got[name], arrays[name]) for name in arrays)
    assert store.has(KEY, "timm.v1-abc")


def test_nothing_to_extract_is_not_a_miss(tmp_path):
    store = FeatureStore(tmp_path)
    store.put(KEY, "logmel.v1", {})

    assert store.get(KEY, "logmel.v1") == {}
    assert store.get(KEY, "logmel.v2") is None
    assert not store.has(KEY, "logmel.v2")


def test_what_was_put_together_is_one_file_and_got_one_by_one(tmp_path):
    store = FeatureStore(tmp_path)
    row = np.arange(4, dtype=np.float32)
    entries = [(KEY, "x.v1", {"text": row}), (OTHER, "x.v1", {"text": row + 1}), (KEY, "logmel.v1", {})]

    store.put_all(entries)

    assert store.get(KEY, "x.v1")["text"].tolist() == [0, 1, 2, 3]
    assert store.get(OTHER, "x.v1")["text"].tolist() == [1, 2, 3, 4]
    assert store.get(KEY, "logmel.v1") == {}
    assert len({store.path(key, extractor).stat().st_ino for key, extractor, _ in entries}) == 1
    assert not [file for file in tmp_path.rglob(".*") if file.is_file()]


def test_a_damaged_pack_heals_entry_by_entry(tmp_path):
    store, row = FeatureStore(tmp_path), np.ones(4, np.float32)
    store.put_all([(KEY, "x.v1", {"text": row}), (OTHER, "x.v1", {"text": row})])
    store.path(KEY, "x.v1").write_bytes(b"garbage")

    store.put_all([(KEY, "x.v1", {"text": row + 1}), (KEY, "x.v1", {"text": row + 1})])

    assert store.get(KEY, "x.v1")["text"].tolist() == [2, 2, 2, 2]
    assert store.get(OTHER, "x.v1") is None


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    store = FeatureStore(tmp_path)
    path = store.path(KEY, "x.v1")
    path.parent.mkdir(parents=True)
    path.write_bytes(save({"text": np.ones(4, np.float32)}))

    assert store.get(KEY, "x.v1")["text"].tolist() == [1, 1, 1, 1]


def test_a_file_system_without_hard_links_holds_entries_too(tmp_path, monkeypatch):
    def refuse(*_names):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    store, row = FeatureStore(tmp_path), np.ones(4, np.float32)

    store.put_all([(KEY, "x.v1", {"text": row}), (OTHER, "x.v1", {"text": row + 1})])

    assert store.get(OTHER, "x.v1")["text"].tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize("damage", [b"", b"garbage", None], ids=["emptied", "overwritten", "cut"])
def test_a_damaged_file_is_a_miss_and_can_be_put_again(tmp_path, damage):
    store = FeatureStore(tmp_path)
    store.put(KEY, "x.v1", {"text": np.ones(8, np.float32)})
    path = store.path(KEY, "x.v1")
    path.write_bytes(path.read_bytes()[:-4] if damage is None else damage)

    assert store.get(KEY, "x.v1") is None

    store.put(KEY, "x.v1", {"text": np.ones(8, np.float32)})
    assert store.get(KEY, "x.v1") is not None


def test_a_reader_never_sees_half_a_file(tmp_path):
    store = FeatureStore(tmp_path)
    arrays = {"frames": np.ones((500, 512), np.float32)}
    start, seen = Barrier(3), []

    def write():
        start.wait()
        for _ in range(20):
            store.put(KEY, "x.v1", arrays)

    writers = [Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    start.wait()
    while any(writer.is_alive() for writer in writers):
        if store.has(KEY, "x.v1"):
            seen.append(store.get(KEY, "x.v1"))

    assert seen
    assert all(np.array_equal(got["frames"], arrays["frames"]) for got in seen)
    assert [path.suffix for path in store.path(KEY, "x.v1").parent.iterdir()] == [".safetensors"]


@pytest.mark.parametrize(("key", "extractor"), [("../../etc/passwd", "x.v1"), (KEY, "../x"), (KEY, ""), ("", "x.v1")])
def test_a_key_never_leaves_the_folder(tmp_path, key, extractor):
    with pytest.raises(ValueError, match="not a feature key"):
        FeatureStore(tmp_path).put(key, extractor, {})


def test_old_entries_are_cleared_away(tmp_path):
    store = FeatureStore(tmp_path)
    store.put(KEY, "x.v1", {"a": np.zeros(2, np.float32)})
    store.put("b" * 64, "x.v1", {"a": np.ones(2, np.float32)})
    os.utime(store.path(KEY, "x.v1"), (0, 0))

    store.forget_older("x.v1", days=14)
    store.forget_older("y.v1", days=14)

    assert not store.has(KEY, "x.v1")
    assert store.has("b" * 64, "x.v1")
