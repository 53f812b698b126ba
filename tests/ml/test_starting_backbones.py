"""Where a stack's backbone starts from: the folder it names, when that is of use."""

import pytest
import torch
from safetensors.torch import load_file

from ml.layers.backbone import FILE, network
from ml.training import backbone
from ml.training.journal import Journal
from ml.types import Example, VideoInput
from tests.ml.media_files import make_clip
from tests.ml.stack_data import COOKING, VOCABULARY
from tests.ml.test_extractors import make_backbone


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", 2, (64, 48), 6, None)


def provide(clip, tmp_path, **settings):
    """Notes of a training that changes no weight."""
    journal = Journal(lambda progress: None, lambda: False)
    still = {"steps": 1, "epochs": 1, "batch": 2, "rate": 0.0}
    settings = {"weights": "bundle", "model": "test_resnet", "size": 32, "training": still} | settings
    examples = [Example(VideoInput(1, media=clip), frozenset({COOKING}))]
    backbone.provide(settings, tmp_path / "out", examples, VOCABULARY, journal, None)
    return journal.notes


def same(one, other):
    name = next(iter(dict(network("test_resnet").named_parameters())))
    return torch.equal(*(load_file(folder / FILE)[name] for folder in (one, other)))


def test_the_named_folder_is_the_start(clip, tmp_path):
    pretrained = make_backbone(tmp_path / "pretrained", seed=7)

    assert provide(clip, tmp_path, start=str(pretrained)) == []
    assert same(tmp_path / "out", pretrained)


def test_a_missing_folder_is_told(clip, tmp_path):
    notes = provide(clip, tmp_path, start=str(tmp_path / "nothing"))

    assert "`manage.py pretrain frames` makes one" in notes[0]
    assert (tmp_path / "out" / FILE).is_file()


def test_a_folder_of_another_model_is_told(clip, tmp_path):
    pretrained = make_backbone(tmp_path / "pretrained", seed=7)

    notes = provide(clip, tmp_path, model="test_efficientnet", start=str(pretrained))

    assert "is a test_resnet, not a test_efficientnet" in notes[0]
