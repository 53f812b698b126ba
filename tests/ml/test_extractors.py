"""One contract for all extractors; a new one takes part by its line in EXTRACTORS and its entry in SETTINGS."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPConfig, CLIPModel

from ml import modality, parts
from ml.feature_store import FeatureStore
from ml.layers.embedding_codes import EmbeddingCodes
from ml.layers.vggish import Vggish, VggishConfig
from ml.modality import EXTRACTORS, logmel
from ml.modality.extraction import Modality
from ml.modality.extractor import Extractor, Material
from ml.modality.frames import BackboneConfig, network, save
from ml.modality.vggish import embed
from ml.modality.vggish import save as save_hearing
from ml.pretraining import albert, vocabulary
from ml.pretraining.settings import Settings
from ml.types import Features, VideoInput
from tests.ml.drawn_faces import ANN, BOB, CAL, make_portrait_clip, portrait
from tests.ml.media_files import picture, sine

# How to build each registered extractor; "bundle" and "pretrained" stand for folders of weights made here.
SETTINGS = {
    "minilm.v1": {"tokens": 32},
    "albert.v1": {"weights": "pretrained"},
    "timm.v1": {"weights": "bundle"},
    "clip.v1": {"weights": "pretrained"},
    "logmel.v1": {},
    "logmel.v2": {},
    "texture.v1": {},
    "vggish.v1": {"weights": "bundle"},
    "dlib_faces.v1": {},
}
TEXTS = ("Cat and dog", "雨中的城市", "A much longer description of a basketball game in the rain at night")


def make_backbone(folder: Path, seed: int = 0, size: int = 64) -> Path:
    torch.manual_seed(seed)
    save(network("test_resnet"), BackboneConfig.of("test_resnet", size), folder)
    return folder


def make_encoder(folder: Path) -> Path:
    """A text encoder with fresh weights; few steps would teach it as little."""
    tokenizer = vocabulary.train([*TEXTS, *TEXTS], 300)
    size = Settings(embedding=16, hidden=32, layers=2, heads=2, intermediate=64, longest=32)
    albert.network(size, tokenizer).save_pretrained(folder)
    vocabulary.ready(tokenizer, 32).save_pretrained(folder)
    return folder


def make_clip_model(folder: Path) -> Path:
    """A CLIP of the smallest size with random weights, text tower and all, as its authors publish it."""
    torch.manual_seed(0)
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = CLIPConfig(
        vision_config=tower | {"image_size": 64, "patch_size": 16},
        text_config=tower | {"vocab_size": 50},
        projection_dim=8,
    )
    CLIPModel(config).save_pretrained(folder)
    return folder


def make_hearing(folder: Path) -> Path:
    torch.manual_seed(0)
    network = Vggish(VggishConfig((2, 4, 4, 8), 16, 8))
    examples = [logmel.examples(sine(100.0 * i, 1)) for i in range(1, 20)]
    codes = EmbeddingCodes.fit(embed(network.eval(), np.concatenate(examples), "cpu"))
    save_hearing(network, codes, folder)
    return folder


WEIGHTS = {"albert.v1": make_encoder, "clip.v1": make_clip_model, "timm.v1": make_backbone, "vggish.v1": make_hearing}


def make_material(index: int) -> Material:
    """Text, 1 + index frames, 1 + index seconds of sound, and somebody's face."""
    times = np.arange(1 + index, dtype=np.float32)
    frames = np.stack([picture(time + index, (64, 64)) for time in times])
    sound, face = sine(200 * (index + 1), 1.0 + index), portrait((ANN, BOB, CAL)[index % 3])
    return Material(TEXTS[index % 3], frames, times, sound, (face,), times[:1])


@pytest.fixture(params=sorted(EXTRACTORS))
def extractor(request, tmp_path) -> Extractor:
    folder = WEIGHTS.get(request.param, lambda folder: folder)(tmp_path / "weights")
    settings = SETTINGS[request.param]
    if settings.get("weights") == "pretrained":
        settings = settings | {"weights": str(folder)}
    return parts.find(EXTRACTORS, request.param).build(settings, folder, "cpu")


def equal(one: dict, other: dict, tolerance: float = 0.0) -> bool:
    return one.keys() == other.keys() and all(np.allclose(one[k], other[k], rtol=0, atol=tolerance) for k in one)


def test_the_name_starts_with_the_registered_one(extractor, request):
    registered = request.node.callspec.params["extractor"]

    assert extractor.name == registered or extractor.name.startswith(f"{registered}-")


def test_arrays_are_fields_of_features_with_the_promised_width(extractor):
    arrays = extractor.extract([make_material(1)])[0]
    features = Features(VideoInput(1), **arrays)

    assert all(array.dtype == np.float32 for array in arrays.values())
    assert getattr(features, extractor.modality).shape[-1] == extractor.dim


def test_the_same_input_gives_the_same_arrays(extractor):
    materials = [make_material(i) for i in range(3)]

    assert all(map(equal, extractor.extract(materials), extractor.extract(materials)))


def test_the_batch_makes_no_difference(extractor):
    materials = [make_material(i) for i in range(5)]

    together = extractor.extract(materials)

    assert all(equal(extractor.extract([m])[0], row, 1e-4) for m, row in zip(materials, together, strict=True))


def test_different_input_gives_different_arrays(extractor):
    one, other = extractor.extract([make_material(0), make_material(1)])

    assert not np.allclose(one[extractor.modality][..., :3], other[extractor.modality][..., :3])


def test_missing_input_gives_nothing_and_disturbs_nobody(extractor):
    there = make_material(0)

    rows = extractor.extract([Material(), there, Material()])

    assert rows[0] == rows[2] == {}
    assert equal(rows[1], extractor.extract([there])[0], 1e-4)
    assert extractor.extract([]) == []


def test_a_stored_result_equals_a_fresh_one(extractor, tmp_path):
    store = FeatureStore(tmp_path / "store")
    video = VideoInput(1, title="A ball", media=make_portrait_clip(tmp_path / "clip.mp4", seconds=2))
    stack = Modality([extractor])

    fresh, stored = (getattr(stack.features([video], store)[0], extractor.modality) for _ in range(2))

    assert fresh is not None
    assert np.array_equal(fresh, stored)


def test_a_video_without_anything_has_no_features(extractor, tmp_path):
    features = Modality([extractor]).features([VideoInput(1)], FeatureStore(tmp_path / "store"))

    assert getattr(features[0], extractor.modality) is None


def test_every_extractor_file_is_registered():
    own = {path.split(".")[-2] for path in EXTRACTORS.values()}
    folder = Path(modality.__file__).parent
    defining = {path.stem for path in folder.glob("*.py") if "Extractor):" in path.read_text()}

    assert own == defining
    assert SETTINGS.keys() == EXTRACTORS.keys()
