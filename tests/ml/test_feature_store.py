from threading import Barrier, Thread

import numpy as np
import pytest

from ml.feature_store import FeatureStore

KEY = "ab" * 32


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
