"""The multimodal BERT: who sees whom, what it learns, and which candidates it reads at all."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel

from ml.layers.multimodal_bert import Choices, MultimodalBert, MultimodalConfig, Sentences, TagWords, ranking_loss
from ml.layers.sequences import Streams
from ml.layers.tokens import tokens
from ml.parts import silent
from ml.ranking.candidates import CandidatePool
from ml.ranking.multimodal import MultimodalRanker
from ml.ranking.shortlist import best
from ml.types import Candidate
from tests.ml.layer_checks import overfits
from tests.ml.stack_data import VOCABULARY, make_features, make_training_set

SHAPE = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 64,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
WIDTHS = {"frames": 8, "sound": 6}


def make_network(seed: int = 0) -> MultimodalBert:
    torch.manual_seed(seed)
    encoder = {"model_type": "bert", "vocab_size": 30, **SHAPE}
    rows = torch.randint(2, 30, (5, 3))
    network = MultimodalBert(MultimodalConfig(encoder, WIDTHS, 4, 8, 0.0), TagWords(rows, rows > 4, torch.randn(5, 7)))
    torch.nn.init.normal_(network.late[-1].weight)  # it begins by adding nothing
    return network


def make_videos(count: int = 4, seed: int = 1) -> Sentences:
    draw = torch.Generator().manual_seed(seed)
    text = lambda length: (
        torch.randint(2, 30, (count, length), generator=draw),
        torch.arange(length).expand(count, -1) < torch.randint(0, length + 1, (count, 1), generator=draw),
    )
    rows = {name: torch.randn(count, 3, width, generator=draw) for name, width in WIDTHS.items()}
    mask = {name: torch.rand(count, 1, generator=draw).expand(-1, 3) > 0.4 for name in WIDTHS}
    return Sentences(text(6), text(4), Streams(rows, mask))


def make_choices(count: int = 4) -> Choices:
    columns = torch.tensor([[0, 1, 2, 3]]).expand(count, -1)
    return Choices(columns, torch.randn(count, 4, 4, generator=torch.Generator().manual_seed(2)))


def test_a_candidate_does_not_see_the_others():
    network, videos, choices = make_network().eval(), make_videos(), make_choices()
    whole = network(videos, choices)
    alone = network(videos, Choices(choices.columns[:, 1:2], choices.opinions[:, 1:2]))
    torch.testing.assert_close(alone[:, 0], whole[:, 1])
    other = choices.columns.clone()
    other[:, 0] = 4
    torch.testing.assert_close(network(videos, choices._replace(columns=other))[:, 1:], whole[:, 1:])


def test_padding_and_missing_modalities_change_nothing():
    network, videos, choices = make_network().eval(), make_videos(), make_choices()
    whole = network(videos, choices)
    spoilt = [(torch.where(mask, rows, 7), mask) for rows, mask in (videos.title, videos.rest)]
    streams = videos.streams
    noise = {n: torch.where(streams.mask[n][..., None], streams.rows[n], 99.0) for n in WIDTHS}
    torch.testing.assert_close(network(Sentences(*spoilt, Streams(noise, streams.mask)), choices), whole)
    silent_ = streams.mask | {"sound": torch.zeros_like(streams.mask["sound"])}
    assert not torch.allclose(network(videos._replace(streams=Streams(streams.rows, silent_)), choices), whole)


def test_every_modality_and_every_opinion_counts():
    network, videos, choices = make_network().eval(), make_videos(), make_choices()
    videos = videos._replace(
        title=(videos.title[0], torch.ones_like(videos.title[1])),
        streams=Streams(videos.streams.rows, {n: torch.ones(4, 3, dtype=torch.bool) for n in WIDTHS}),
    )
    whole = network(videos, choices)
    for name in WIDTHS:
        rows = videos.streams.rows | {name: videos.streams.rows[name].flip(0)}
        assert not torch.allclose(network(videos._replace(streams=Streams(rows, videos.streams.mask)), choices), whole)
    for changed in (videos._replace(title=(videos.title[0].flip(0), videos.title[1])),):
        assert not torch.allclose(network(changed, choices), whole)
    assert not torch.allclose(network(videos, choices._replace(opinions=choices.opinions.flip(0))), whole)


def test_it_learns_a_batch_by_heart():
    network, videos, choices = make_network(), make_videos(), make_choices()
    said = torch.eye(4)
    loss = lambda: ranking_loss(network(videos, choices), said, torch.ones(4, 4))
    assert overfits(network, loss, steps=60) < 0.05


def test_the_loss_is_pointwise_and_pairwise():
    logits = torch.tensor([[2.0, 0.5, -1.0]])
    said, weight = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[1.0, 1.0, 0.0]])  # the last one is padding
    point = (math.log1p(math.exp(-2)) + math.log1p(math.exp(0.5))) / 2
    assert ranking_loss(logits, said, weight).item() == pytest.approx(point + math.log1p(math.exp(0.5 - 2)))
    assert ranking_loss(logits, said, torch.zeros(1, 3)).item() == 0.0


def make_pool(videos: int) -> CandidatePool:
    answers = [[Candidate(tag.id, 0.9 - 0.1 * i) for i, tag in enumerate(VOCABULARY)] for _ in range(videos)]
    return CandidatePool.union({"all": answers}, VOCABULARY)


def test_the_best_of_each_video_are_kept():
    pool = make_pool(2)
    scores = np.array([1, 3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 5], np.float32)
    assert best(pool, scores, 2).tolist() == [1, 3, 6, 11]
    assert best(pool.where(pool.video == 1), scores[pool.video == 1], 9).tolist() == [0, 1, 2, 3, 4, 5]


def test_only_the_first_scorers_best_are_read():
    data = make_training_set(6)
    settings = {"bert": SHAPE, "candidates": 2, "epochs": 1, "least_steps": 5, "rate": 1e-2}
    ranker = MultimodalRanker.train(data, make_pool(6), settings, step=silent)
    pool = make_pool(3)
    first, scores = ranker.first.logits(pool), ranker.score([make_features(i) for i in range(3)], pool)
    read = np.zeros(len(pool), bool)
    read[best(pool, first, 2)] = True
    np.testing.assert_array_equal(scores[~read], first[~read])
    assert (scores[read] != first[read]).all()


def make_pretrained(folder, kind) -> None:
    texts = [item.video.text() for item in make_training_set(3).features] + [tag.name for tag in VOCABULARY]
    words = sorted({token for text in texts for token in tokens(text)})
    pieces = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.BertPreTokenizer()
    tokenizer.enable_padding(length=40)
    torch.manual_seed(0)
    if kind == "bert":
        model = BertModel(BertConfig(vocab_size=len(pieces), **SHAPE))
    else:
        model = AlbertModel(AlbertConfig(vocab_size=len(pieces), embedding_size=8, **SHAPE))
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.mark.parametrize("kind", ["bert", "albert"])
def test_it_begins_with_a_pretrained_encoder_and_needs_its_folder_no_more(tmp_path, kind):
    make_pretrained(tmp_path, kind)
    data, pool = make_training_set(6), make_pool(6)
    settings = {"weights": str(tmp_path), "epochs": 1, "least_steps": 1, "rate": 0.0}
    ranker = MultimodalRanker.train(data, pool, settings, step=silent)
    trained = BertModel.from_pretrained(tmp_path) if kind == "bert" else AlbertModel.from_pretrained(tmp_path)
    words = trained.get_input_embeddings().weight
    torch.testing.assert_close(ranker.model.words.weight.cpu(), words)
    torch.testing.assert_close(ranker.model.marks.weight.cpu(), words[2:4])
    ranker.save(tmp_path / "part")
    (tmp_path / "tokenizer.json").unlink()
    loaded = MultimodalRanker.load(tmp_path / "part", VOCABULARY)
    assert np.array_equal(loaded.score(data.features, pool), ranker.score(data.features, pool))
    assert asdict(loaded.model.config) == asdict(ranker.model.config)
    with pytest.raises(FileNotFoundError, match="comes with its tokenizer"):
        MultimodalRanker.train(data, pool, settings, step=silent)


def test_a_video_of_another_backbone_is_one_without_frames():
    data, pool = make_training_set(6), make_pool(6)
    ranker = MultimodalRanker.train(data, pool, {"bert": SHAPE, "epochs": 1, "least_steps": 2}, step=silent)
    wrong = [replace(item, frames=np.ones((2, 3), np.float32)) for item in data.features]
    without = [replace(item, frames=None, frame_times=None) for item in data.features]
    np.testing.assert_array_equal(ranker.score(wrong, pool), ranker.score(without, pool))
