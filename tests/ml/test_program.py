"""The program a clip comes from: the margin against hand-made numbers, the witnesses one by one, unknown programs."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ml.layers.margin_loss import MarginConfig, Proxies, with_margin
from ml.layers.program_scale import Scale, threshold
from ml.parts import TrainingSet, silent
from ml.recall.program import ProgramRecaller
from ml.types import Features, Span, Tag, VideoInput, Vocabulary
from tests.ml.stack_data import directions

NIGHT, QUIZ, OLD, SPORT = 1, 2, 3, 4
TAGS = Vocabulary(
    (
        Tag(NIGHT, "Soccer Night", ("Soccer Night", "足球之夜"), kind="program"),
        Tag(QUIZ, "Big Quiz", ("Big Quiz",), kind="program"),
        Tag(OLD, "Old Film", ("Old Film",), kind="program"),  # no clip is of it
        Tag(SPORT, "Sport"),
    )
)
FAST = {"dim": 16, "epochs": 1, "least_steps": 80, "rate": 0.02, "dropout": 0.0}


def clip(i, of=None, title="", seed=0, **video):
    """Clips of a program look alike; of no program, like nothing else."""
    noise = np.random.default_rng(100 * seed + i)
    base = directions(4, 12, seed=7)[{NIGHT: 0, QUIZ: 1}[of]] if of else noise.normal(size=12)
    text = base + 0.1 * noise.normal(size=12)
    values = {"id": 1000 * seed + i, "title": title or f"clip {i}"} | video
    return Features(VideoInput(**values), text=(text / np.linalg.norm(text)).astype(np.float32))


def training_set(videos=240):
    programs = [(NIGHT, QUIZ, None)[i % 3] for i in range(videos)]
    features = [clip(i, program, uploader="tv" if program == NIGHT else "") for i, program in enumerate(programs)]
    tags = [frozenset({program}) if program else frozenset({SPORT}) for program in programs]
    return TrainingSet(TAGS, directions(4, 12, seed=1), features, tags, [frozenset()] * videos)


@pytest.fixture(scope="module")
def recaller():
    return ProgramRecaller.train(training_set(), FAST, step=silent)


def test_the_margins_are_those_of_the_papers():
    cosine = torch.tensor([0.9, 0.0, -0.99])
    arc = MarginConfig(2, 2, kind="arcface", margin=0.3)

    torch.testing.assert_close(with_margin(cosine, MarginConfig(2, 2, margin=0.3)), cosine - 0.3)
    expected = [math.cos(math.acos(0.9) + 0.3), math.cos(math.pi / 2 + 0.3), -0.99 - 0.3 * math.sin(0.3)]
    torch.testing.assert_close(with_margin(cosine, arc), torch.tensor(expected))
    with pytest.raises(ValueError, match="known: cosface, arcface"):
        MarginConfig(2, 2, kind="sphereface")


def test_the_loss_is_a_cross_entropy_over_the_nearest_proxies():
    proxies = Proxies(MarginConfig(classes=2, dim=2, centres=2, scale=4.0, margin=0.3))
    proxies.weight.data = torch.tensor([[[2.0, 0.0], [0.0, 3.0]], [[-1.0, 0.0], [0.0, -5.0]]])
    embedded = torch.tensor([[0.6, 0.8]])

    cosine = proxies(embedded)
    loss = proxies.loss(embedded, torch.tensor([0]))

    torch.testing.assert_close(cosine, torch.tensor([[0.8, -0.6]]))
    true, other = 4 * (0.8 - 0.3), 4 * -0.6
    assert loss.item() == pytest.approx(-true + math.log(math.exp(true) + math.exp(other)), rel=1e-5)
    loss.backward()
    assert proxies.weight.grad[0, 1].abs().sum() > 0
    assert proxies.weight.grad[0, 0].abs().sum() == 0  # the farther proxy of the class learns nothing


def test_a_clip_that_looks_like_a_programs_clips_is_of_it(recaller):
    [found] = recaller.recall([clip(1, QUIZ, seed=1)], k=3)

    assert [c.tag for c in found] == [QUIZ]
    assert len(found[0].evidence.similar) == 5
    assert all(video % 3 == 1 for video in found[0].evidence.similar)  # clips of the quiz


def test_a_clip_of_nothing_known_is_of_no_program(recaller):
    strangers, known = [clip(i, seed=2) for i in range(20)], [clip(i, QUIZ, seed=2) for i in range(20)]

    assert sum(map(bool, recaller.recall(strangers, k=3))) <= 4
    assert sum([c.tag for c in found] == [QUIZ] for found in recaller.recall(known, k=3)) >= 18


@pytest.mark.parametrize(
    ("video", "span"),
    [
        ({"title": "yesterday on Old Film"}, Span("title", 13, 21)),
        ({"program": "OLD FILM"}, Span("program", 0, 8)),
    ],
)
def test_a_program_without_clips_is_known_by_its_name(video, span):
    recaller = ProgramRecaller.train(training_set(0), FAST, step=silent)
    told = clip(1, seed=3, **video)
    witnesses, spans, _ = recaller.witnesses([told])

    assert spans[0] == {OLD: (span,)}
    assert witnesses[0, 2].tolist() == [0, 0, span.field == "title", span.field == "program", 0, 0, 0, 0]
    if span.field == "program":
        assert recaller.recall([told], k=3)[0][0].tag == OLD


def test_what_an_uploader_brought_before_counts(recaller):
    video = clip(1, seed=4, uploader="tv")
    witnesses, spans, _ = recaller.witnesses([video])

    assert witnesses[0, 0, 4] == pytest.approx(80 / 81)
    assert witnesses[0, 1:, 4].tolist() == [0, 0]
    assert spans[0] == {NIGHT: (Span("uploader", 0, 2),)}


def test_the_threshold_is_where_the_first_program_is_right_often_enough():
    sure = np.array([[0.9, 0.1], [0.8, 0.3], [0.7, 0.2], [0.6, 0.1]])
    true = np.array([[1, 0], [1, 0], [0, 1], [1, 0]], dtype=bool)

    assert threshold(sure, true, 0.95) == 0.8
    assert threshold(sure, true, 0.75) == 0.6
    assert threshold(sure, ~true & False, 0.95) == 0.95


def test_without_programs_it_says_nothing(tmp_path):
    data = training_set(9)
    bare = Vocabulary((TAGS.tags[3],))
    recaller = ProgramRecaller.train(
        TrainingSet(bare, data.names[3:], data.features, data.tags, data.rejected), FAST, step=silent
    )

    assert recaller.recall(data.features, k=3) == [[]] * 9


def test_few_examples_leave_the_weights_as_they_were():
    assert ProgramRecaller.train(training_set(30), FAST, step=silent).scale == Scale()


def test_a_program_that_the_context_names_is_certain_though_no_reviewed_clip_had_one(recaller):
    [found] = recaller.recall([clip(3, seed=5, program="Old Film")], k=3)

    assert [c.tag for c in found] == [OLD]
    assert found[0].evidence.spans == (Span("program", 0, 8),)


def test_words_that_clips_of_a_program_share_speak_for_it():
    data = training_set(60)
    words = {NIGHT: "goal kick", QUIZ: "guess prize", None: "cooking"}
    said = [words[next(iter(tags & {NIGHT, QUIZ}), None)] for tags in data.tags]
    features = [replace(f, video=replace(f.video, title=t)) for f, t in zip(data.features, said, strict=True)]
    recaller = ProgramRecaller.train(replace(data, features=features), FAST, step=silent)
    witnesses, *_ = recaller.witnesses([clip(1, seed=6, title="kick"), clip(2, seed=6)])

    assert witnesses[0, 0, 7] > 2 * witnesses[0, 1, 7]
    assert (witnesses[1, :, 7] <= witnesses[0, 0, 7]).all()


def test_a_part_written_before_there_was_a_linear_machine_still_speaks(recaller, tmp_path):
    recaller.save(tmp_path / "part")
    config = json.loads((tmp_path / "part" / "config.json").read_text())
    scale = config["scale"]
    scale["order"].pop()
    scale["weights"].pop(-2)
    (tmp_path / "part" / "config.json").write_text(json.dumps(config))
    tensors = load_file(tmp_path / "part" / "model.safetensors")
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith("linear.")}
    assert len(kept) == len(tensors) - 4
    save_file(kept, tmp_path / "part" / "model.safetensors")
    former = ProgramRecaller.load(tmp_path / "part", TAGS)
    witnesses, *_ = former.witnesses([clip(1, NIGHT, seed=7)])

    assert (witnesses[..., 7] == 0).all()
    assert former.scale.weights[-1] == recaller.scale.weights[-1]
    assert former.scale.weights[-2] == 0
