"""ALBERT's training on a corpus: its losses, its checkpoints, what it writes, and that it learns."""

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from ml.__main__ import main
from ml.modality.albert import DomainExtractor
from ml.modality.extractor import Material, MissingWeights
from ml.pretraining import albert, albert_training, text, vocabulary
from ml.pretraining.corpus import Corpus
from ml.pretraining.settings import Settings
from ml.training import language
from ml.training.journal import Journal
from tests.ml.stack_data import VOCABULARY
from tests.ml.titles import make_titles

TINY = Settings(
    vocabulary=300, embedding=16, hidden=32, layers=2, heads=2, intermediate=64, longest=32, steps=6, batch=16
)


class Killed(Exception):
    pass


def silent(name):
    return lambda done, total, loss: None


def killing(at: int):
    def step(done, total, loss):
        if loss is not None and done == at:
            raise Killed

    return lambda name: step


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def source():
    titles = make_titles(200)
    tokenizer = vocabulary.train(titles, 300)
    return tokenizer, albert_training.batches(TINY, tokenizer, Corpus.encode(titles, tokenizer), np.arange(200))


def test_the_losses_are_those_of_the_heads(source):
    tokenizer, batches = source
    model, batch = albert.network(TINY, tokenizer).eval(), batches.at(0)
    told = model(batch.pieces, attention_mask=batch.mask.long(), token_type_ids=batch.parts)

    found = albert.losses(model, batch)

    flat = told.prediction_logits.flatten(0, 1)
    torch.testing.assert_close(found.pieces, functional.cross_entropy(flat, batch.targets.flatten()))
    torch.testing.assert_close(found.order, functional.cross_entropy(told.sop_logits, batch.order))


def test_pairs_of_unknown_order_teach_the_order_nothing(source):
    tokenizer, batches = source
    model, batch = albert.network(TINY, tokenizer), batches.at(0)
    batch.order.fill_(-100)

    sum(albert.losses(model, batch)).backward()

    own = [p for name, p in model.named_parameters() if name.startswith(("sop_classifier", "albert.pooler"))]
    assert len(own) == 4
    assert all(p.grad is None or not p.grad.any() for p in own)


def test_a_few_texts_are_kept_to_judge_by():
    corpus = Corpus.encode(make_titles(500), vocabulary.train(make_titles(500), 300))

    learned, kept = albert_training.parts(corpus, seed=0)

    assert len(kept) == 10
    assert sorted([*learned, *kept]) == list(range(500))


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(albert_training, "CHECKPOINT_STEPS", 2)
    titles = make_titles(120)
    text.pretrain(titles, tmp_path / "whole", TINY, silent)
    with pytest.raises(Killed):
        text.pretrain(titles, tmp_path / "killed", TINY, killing(at=5))
    assert not (tmp_path / "killed").exists()

    seen = []
    text.pretrain([], tmp_path / "killed", TINY, lambda name: lambda done, *_: seen.append((name, done)))

    assert seen == [("albert", 5), ("albert", 6)]  # from the checkpoint at 4, and the texts are known
    assert weights(tmp_path / "killed") == weights(tmp_path / "whole")
    assert not (tmp_path / "killed.partial").exists()


def test_other_settings_do_not_go_on_from_what_was_begun(tmp_path):
    with pytest.raises(Killed):
        text.pretrain(make_titles(120), tmp_path / "out", TINY, killing(at=1))

    with pytest.raises(text.PretrainingError, match=r"out\.partial was begun with other settings"):
        text.pretrain(make_titles(120), tmp_path / "out", Settings(), silent)


def test_weights_never_change_and_two_cannot_train_the_same(tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(text.PretrainingError, match="exists already"):
        text.pretrain(make_titles(120), tmp_path / "there", TINY, silent)

    def meanwhile(name):
        with pytest.raises(text.PretrainingError, match="Another process"):
            text.pretrain([], tmp_path / "out", TINY, silent)
        raise Killed

    with pytest.raises(Killed):
        text.pretrain(make_titles(120), tmp_path / "out", TINY, meanwhile)


def test_too_few_texts_are_refused(tmp_path):
    with pytest.raises(text.PretrainingError, match="3 texts"):
        text.pretrain(["a cat", "a dog", "", "小猫"], tmp_path / "out", TINY, silent)


def test_it_learns_one_batch_by_heart(source):
    tokenizer, batches = source
    model, batch = albert.network(replace(TINY, hidden=64, intermediate=128), tokenizer), batches.at(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)

    for _ in range(120):
        optimiser.zero_grad()
        sum(albert.losses(model, batch)).backward()
        optimiser.step()

    pieces, order = albert.losses(model, batch)
    assert pieces < 1.0  # of 5.7
    assert order < 0.1


@pytest.mark.slow
def test_after_200_steps_the_order_of_unseen_titles_is_guessed(tmp_path):
    titles = make_titles(2400, variety=2)
    tokenizer = vocabulary.train(titles[:2000], 300)
    corpus = Corpus.encode(titles, tokenizer)
    settings = replace(TINY, embedding=64, hidden=64, intermediate=128, steps=200, batch=64, rate=3e-3)
    model = albert.network(settings, tokenizer)
    seen, unseen = (
        albert_training.batches(settings, tokenizer, corpus, rows) for rows in (range(2000), range(2000, 2400))
    )

    albert_training.learn(model, seen, settings, tmp_path / "checkpoint", lambda done, total, loss: None)

    assert albert_training.judged(model, unseen)["order"] > 0.6


def test_an_extractor_reads_what_was_written(tmp_path):
    told = text.pretrain(make_titles(200), tmp_path / "text", TINY, silent)
    extractor = DomainExtractor.build({"weights": str(tmp_path / "text")}, None, "cpu")

    rows = extractor.extract([Material(text=title) for title in ("小猫跳过了沙发！", "a cat finds noodles", "")])

    assert json.loads((tmp_path / "text" / text.FIGURES).read_text())["held_out"] == told
    assert [row["text"].shape for row in rows[:2]] == [(32,)] * 2
    assert np.linalg.norm(rows[0]["text"]) == pytest.approx(1)
    assert rows[2] == {}
    assert extractor.tokens == 32  # of longer texts it knows no places
    assert all(file.stat().st_mode & 0o444 == 0o444 for file in (tmp_path / "text").iterdir())


def test_a_bundle_keeps_its_encoder(tmp_path):
    text.pretrain(make_titles(200), tmp_path / "text", TINY, silent)
    settings, journal = {"weights": str(tmp_path / "text")}, Journal(lambda progress: None, lambda: False)
    videos = [Material(text="小猫跳过了沙发！")]
    before = DomainExtractor.build(settings, None, "cpu")

    language.provide(settings, tmp_path / "first", [], VOCABULARY, journal, None)
    shutil.rmtree(tmp_path / "text")
    language.provide(settings, tmp_path / "second", [], VOCABULARY, journal, tmp_path / "first")

    after = DomainExtractor.build(settings, tmp_path / "second", "cpu")
    assert after.name == before.name  # so features that are cached stay good
    assert np.array_equal(after.extract(videos)[0]["text"], before.extract(videos)[0]["text"])
    assert journal.notes == []


def test_a_training_goes_on_without_an_encoder_that_is_nowhere(tmp_path):
    journal = Journal(lambda progress: None, lambda: False)

    language.provide({"weights": "/nowhere"}, tmp_path / "first", [], VOCABULARY, journal, None)

    assert not (tmp_path / "first").exists()
    assert "/nowhere" in journal.notes[0]


def test_no_weights_are_a_clear_message():
    with pytest.raises(MissingWeights, match=r"manage\.py pretrain text"):
        DomainExtractor.build({}, None, "cpu")


def test_the_command_learns_from_files(tmp_path, capsys):
    (tmp_path / "titles.txt").write_text("\n".join(make_titles(100)))
    (tmp_path / "videos.jsonl").write_text(
        "".join(json.dumps({"id": i, "title": t}) + "\n" for i, t in enumerate(make_titles(20)))
    )
    size = [f"--{name}={value}" for name, value in asdict(TINY).items()]

    status = main(
        ["pretrain", "text", str(tmp_path / "out"), str(tmp_path / "titles.txt"), str(tmp_path / "videos.jsonl"), *size]
    )

    said = capsys.readouterr()
    assert status == 0
    assert json.loads(said.out)["texts"] == 120
    assert "albert: 6/6, loss" in said.err
    assert json.loads((tmp_path / "out" / text.FIGURES).read_text())["settings"] == asdict(TINY)
