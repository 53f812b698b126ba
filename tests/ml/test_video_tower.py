"""The video's side of the contrastive ranker, and the sequences it reads."""

from dataclasses import replace

import numpy as np
import torch

from ml.layers.contrastive_loss import contrastive_loss
from ml.layers.grams import GramTable
from ml.layers.sequences import Streams, evenly, sequence_widths
from ml.layers.tokens import TokenTable, tokens
from ml.layers.video_reader import Reader
from ml.layers.video_tower import VideoTowerConfig
from ml.ranking.nextvlad import NextVladRanker, Towers
from tests.ml.layer_checks import overfits
from tests.ml.stack_data import VOCABULARY, make_features, make_training_set

BERT = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
SMALL = VideoTowerConfig(dim=8, clusters=2, groups=2, dropout=0.0, bert=BERT)


def towers(reader: Reader) -> Towers:
    torch.manual_seed(0)
    names = torch.from_numpy(make_training_set(3).names)
    return Towers(reader.config, names, 0.2)


def test_rows_are_chosen_evenly_and_padded_behind_a_mask():
    features = [make_features(0), make_features(1, frames=False), make_features(2)]
    assert sequence_widths(features) == {"frames": 8, "sound": 6}
    streams = Streams.collate(features, {"frames": 8, "sound": 6}, most=3)
    assert streams.rows["frames"].shape == (3, 3, 8)
    assert streams.mask["frames"].tolist() == [[True] * 3, [False] * 3, [True] * 3]
    assert streams.mask["sound"].shape == (3, 2)
    np.testing.assert_array_equal(streams.rows["frames"][0], features[0].frames[[0, 2, 3]])
    assert len(evenly(features[0].frames, 5, 3)) == 0  # of another width than the network's


def test_groups_are_as_many_as_divide_the_rows():
    config = VideoTowerConfig({"frames": 96, "sound": 7})
    assert (config.vlad("frames").groups, config.vlad("sound").groups) == (8, 7)


def test_every_part_of_the_towers_learns_a_batch_by_heart():
    features = [make_features(i) for i in range(6)]
    some = [make_features(6, text=False), make_features(7, frames=False), make_features(8, sound=False)]
    reader = Reader.of(features, SMALL, True, 64, 16)
    model, read = towers(reader), reader.read([*features, *some])
    positive = torch.eye(3).repeat(3, 1)
    loss = lambda: contrastive_loss(model(read, torch.tensor([0, 2, 3])), positive, torch.ones(9, 3))
    assert overfits(model, loss, steps=40, rate=0.05) < 0.2


def test_what_lies_behind_the_mask_changes_nothing():
    features = [make_features(0), make_features(1)]
    reader = Reader.of(features, SMALL, True, 64, 16)
    model, read = towers(reader).eval(), reader.read(features)
    before = model.videos(read)
    longer = {
        n: torch.cat([rows, torch.full((2, 3, rows.shape[2]), 9.0)], dim=1) for n, rows in read.streams.rows.items()
    }
    masks = {n: torch.cat([mask, torch.zeros(2, 3, dtype=bool)], dim=1) for n, mask in read.streams.mask.items()}
    torch.testing.assert_close(model.videos(read._replace(streams=Streams(longer, masks))), before)
    unread = replace(features[0], frames=None, frame_times=None)
    wrong = replace(features[0], frames=np.ones((2, 5), np.float32))  # another backbone's
    torch.testing.assert_close(*(model.videos(reader.read([item])) for item in (unread, wrong)))


def test_the_text_is_read_by_bert_where_the_stack_says_so(tmp_path):
    data = make_training_set(9)
    reader = Reader.of(data.features, SMALL, True, 64, 16)
    assert reader.words == TokenTable.count([tokens(f.video.text()) for f in data.features], at_least=2)
    ranker = NextVladRanker(VOCABULARY, towers(reader), reader)
    with torch.no_grad():
        near, far = (ranker.model.videos(ranker._read([make_features(0, title=t)])) for t in ("ball game", "night sky"))
    assert not torch.allclose(near, far)
    ranker.save(tmp_path / "part")
    loaded = NextVladRanker.load(tmp_path / "part", VOCABULARY)
    with torch.no_grad():
        assert torch.equal(
            loaded.model.videos(loaded._read(data.features)), ranker.model.videos(ranker._read(data.features))
        )


def test_a_tower_of_nothing_but_n_grams_stands():
    features = [make_features(i, frames=False, sound=False) for i in range(3)]
    reader = Reader.of(features, replace(SMALL, bert=None), False, 64, 16)
    assert reader.config.streams == {}
    assert isinstance(reader.grams, GramTable)
    assert towers(reader).eval().videos(reader.read(features)).shape == (3, 8)
