"""The readers of public data sets, each over a set small enough to see through."""

import gzip

import numpy as np
import pytest

from benchmarks.sets import bmes, hierarchies, labelled_text, many_labels, seeds, series, uploader_tags

TREE = """@RELATION small
@ATTRIBUTE size numeric
@ATTRIBUTE colour {red, blue}
@ATTRIBUTE class hierarchical 01,01/02,02
@DATA
1.5,red,01/02
?,blue,01@02
"""
GRAPH = TREE.replace("01,01/02,02", "root/a,root/b,a/c,b/c").replace("01/02", "c").replace("01@02", "a@b")


def hierarchy(folder, content):
    for part in ("train", "valid", "test"):
        with gzip.open(folder / f"small.{part}.arff.gz", "wt") as file:
            file.write(content)
    return hierarchies.read(hierarchies.find(folder)["small"])


def test_a_tree_of_classes_is_read_with_all_ancestors(tmp_path):
    found = hierarchy(tmp_path, TREE)
    assert found.graph.parents == ((), (0,), ())
    assert found.train.shape == (4, 3)  # train and valid together
    assert found.test[0].tolist() == [1.5, 1.0, 0.0]
    assert np.isnan(found.test[1, 0])
    assert found.test_labels.tolist() == [[True, True, False], [True, False, True]]


def test_a_graph_of_classes_is_read_without_its_root(tmp_path):
    found = hierarchy(tmp_path, GRAPH)
    assert found.graph.parents == ((), (), (0, 1))
    assert found.test_labels.tolist() == [[True, True, True], [True, True, False]]


def test_series_of_different_lengths_are_padded(tmp_path):
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"Tiny_{part}.ts").write_text("#x\n@classLabel true 1 2\n@data\n1,3:0,0:2\n5:7:1\n")
    train, test = series.read(*series.find(tmp_path)["Tiny"])
    assert train.mask.tolist() == [[True, True], [True, False]]
    assert train.labels.tolist() == [1, 0]
    np.testing.assert_allclose(test.values[0, :, 0], (np.array([1, 3]) - 3) / np.std([1, 3, 5]), rtol=1e-4)


def test_labelled_phrases_are_read_text_by_text(tmp_path):
    for part in ("train", "dev"):
        (tmp_path / f"{part}.bmes").write_text("吴 B-NAME\n重 E-NAME\n\n, O\n\n", encoding="utf-8")
    parts = bmes.find(tmp_path)[tmp_path.name]
    assert set(parts) == {"train", "dev"}
    assert bmes.read(parts["dev"]) == bmes.LabelledTexts(["吴重", ","], [["B-NAME", "E-NAME"], ["O"]])


def test_the_last_labelled_texts_are_kept_back_to_choose_settings_on():
    first, rest = bmes.LabelledTexts(list("abcdefgh"), [["O"]] * 7 + [["S-NAME"]]).divided()
    assert "".join(first.texts) == "abcdefg"
    assert rest == bmes.LabelledTexts(["h"], [["S-NAME"]])


def test_labelled_sentences_have_an_official_split_or_ten_folds(tmp_path):
    (tmp_path / "Q.train.all").write_bytes(b"0 what is\n1 who \x85 is\n")
    (tmp_path / "Q.test.all").write_text("1 who was\n")
    (tmp_path / "s.all").write_text("".join(f"{i % 2} text {i}\n" for i in range(20)))
    files = labelled_text.find(tmp_path)
    (official,) = labelled_text.splits("Q", files["Q"], seed=0)
    assert (official.train_labels.tolist(), official.test, official.classes) == ([0, 1], ["who was"], 2)
    folds = list(labelled_text.splits("s", files["s"], seed=0))
    assert sorted(text for fold in folds for text in fold.test) == sorted(f"text {i}" for i in range(20))
    assert not set(folds[0].train) & set(folds[0].test)


def test_trials_are_summed_up_with_their_spread():
    summary = seeds.summary([{"f1": 0.5}, {"f1": 0.7}])
    assert summary["f1"] == {"mean": 0.6, "spread": pytest.approx(0.1414), "values": [0.5, 0.7]}


def test_sets_of_many_labels_are_split_at_random_and_the_judged_rows_stay_unseen(tmp_path):
    rows = np.arange(20, dtype=np.float32)[:, None]
    np.savez(tmp_path / "small.npz", X=rows, Y=np.eye(20, 3, dtype=np.uint8))
    np.savez(tmp_path / "other.npz", words=rows)
    found = many_labels.find(tmp_path)
    assert set(found) == {"small"}
    first, second = (many_labels.split(found["small"], seed) for seed in (0, 1))
    assert sorted([*first.train[:, 0], *first.test[:, 0]]) == list(range(20))
    assert len(first.test) == 4
    assert first.test.tolist() != second.test.tolist()
    for row, labels in zip(first.train[:, 0].astype(int), first.train_labels, strict=True):
        assert np.flatnonzero(labels).tolist() == ([row] if row < 3 else [])
    inner = first.inner(0.75)
    assert np.concatenate([inner.train, inner.test]).tolist() == first.train.tolist()


def uploads(path, rows):
    lines = ["title,channel_id,channel_title,category_name,tags"]
    lines += [f'Clip {i},c{channel},Channel {channel},Music,"{tags}"' for i, (channel, tags) in enumerate(rows)]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_uploaders_tags_are_split_by_channel(tmp_path):
    uploads(tmp_path / "train.csv", [(i % 24, " Song ,song, rare" if i else "song, once") for i in range(48)])
    uploads(tmp_path / "unrelated.csv", [])
    files = uploader_tags.find(tmp_path)[tmp_path.name]
    found = uploader_tags.read(files, seed=0)
    assert [tag.name for tag in found.vocabulary] == ["rare", "song"]  # of ten videos and three channels at least
    of = {split: {example.video.uploader for example in found.split(split)} for split in ("train", "dev", "test")}
    assert {split: len(channels) for split, channels in of.items()} == {"train": 19, "dev": 2, "test": 3}
    assert not of["train"] & of["test"] | of["train"] & of["dev"] | of["dev"] & of["test"]
    assert found.examples[5].video.text() == "Clip 5\nChannel 5\nMusic"
    uploads(tmp_path / "test.csv", [(99, "song"), (99, "unknown")])
    judged = uploader_tags.read(uploader_tags.find(tmp_path)[tmp_path.name], seed=0).split("test")
    assert [example.video.title for example in judged] == ["Clip 0"]  # without a known tag there is nothing to judge
