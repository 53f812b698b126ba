"""The sound network: its published size and layout, its bytes, and a narrow one trained on made-up sounds."""

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from ml.layers import checkpoints
from ml.layers.embedding_codes import EmbeddingCodes, decode
from ml.layers.vggish import Vggish, VggishConfig, count_parameters
from ml.modality import logmel, sound_training, vggish, weights
from ml.modality.extractor import Material, MissingWeights
from ml.modality.sound_training import SoundSchedule
from ml.modality.vggish import VggishExtractor
from ml.parts import silent
from tests.ml.layer_checks import overfits, reloaded
from tests.ml.media_files import sine

TINY = VggishConfig((2, 4, 4, 8), 16, 8, norm=True)


def make_network(config=TINY, seed=0):
    torch.manual_seed(seed)
    return Vggish(config).eval()


def test_the_published_network_has_72_141_184_parameters():
    assert count_parameters(VggishConfig()) == 72_141_184


def test_its_tensors_are_named_as_in_the_published_ports():
    with torch.device("meta"):
        names = list(Vggish().state_dict())
    parts = [f"features.{i}" for i in (0, 3, 6, 8, 11, 13)] + [f"embeddings.{i}" for i in (0, 2, 4)]

    assert names == [f"{part}.{kind}" for part in parts for kind in ("weight", "bias")]


def test_the_maps_are_flattened_time_band_channel():
    network = make_network(VggishConfig((2, 3, 4, 5), 7, 6))
    examples = torch.randn(2, 96, 64)
    maps = network.features(examples[:, None]).detach().numpy()
    first, second, third = (layer for layer in network.embeddings if isinstance(layer, torch.nn.Linear))

    flat = np.array([[m[c, t, b] for t in range(6) for b in range(4) for c in range(5)] for m in maps])
    for layer, bends in ((first, True), (second, True), (third, False)):
        flat = flat @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        flat = np.maximum(flat, 0) if bends else flat

    assert network(examples).detach().numpy() == pytest.approx(flat, abs=1e-5)
    assert (flat < 0).any()


def test_a_narrow_network_learns_a_batch_by_heart_and_survives_a_file(tmp_path):
    examples, wanted = torch.randn(4, 96, 64), torch.randn(4, 8)
    network = make_network()

    assert overfits(network, lambda: (network(examples) - wanted).square().mean(), 35, 1e-2) < 0.3
    assert torch.equal(reloaded(network, Vggish(TINY), tmp_path)(examples), network(examples))


def test_bytes_are_those_of_the_definition():
    codes = EmbeddingCodes(np.eye(5, dtype=np.float32), np.full(5, 10, np.float32))

    encoded = codes.encode(np.array([[10, 8, 12, 3, 11]], np.float32))

    assert encoded.dtype == np.uint8
    assert encoded.tolist() == [[127, 0, 255, 0, 191]]  # 0, -2, 2, below, 1: floor((y + 2) * 255 / 4)


def test_a_byte_comes_back_within_one_step():
    values = np.linspace(-2, 2, 1001, dtype=np.float32)[:, None]

    back = decode(EmbeddingCodes(np.eye(1, dtype=np.float32), np.zeros(1, np.float32)).encode(values))

    assert np.abs(back - values).max() <= 4 / 255
    assert decode(np.array([0, 255], np.uint8)) == pytest.approx([4 / 512 - 2, 4 / 512 + 2])


def test_fitted_codes_whiten_and_leave_noise_out():
    random = np.random.default_rng(0)
    rows = (random.normal(size=(400, 3)) * [5, 0.5, 0] @ np.linalg.qr(random.normal(size=(3, 3)))[0] + 7).astype("f4")

    codes = EmbeddingCodes.fit(rows)

    white = (rows - codes.mean) @ codes.matrix.T
    assert np.cov(white, rowvar=False, bias=True) == pytest.approx(np.diag([1.0, 1.0, 0.0]), abs=1e-3)


def test_codes_survive_a_file_and_the_released_mean_may_be_a_column(tmp_path):
    codes = EmbeddingCodes.fit(np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32))
    codes.save(tmp_path / "own.safetensors")
    released = {"pca_eigen_vectors": codes.matrix, "pca_means": codes.mean[:, None]}
    save_file(released, tmp_path / "released.safetensors")

    for name in ("own", "released"):
        loaded = EmbeddingCodes.load(tmp_path / f"{name}.safetensors")
        assert np.array_equal(loaded.matrix, codes.matrix)
        assert np.array_equal(loaded.mean, codes.mean)


def test_silence_is_a_row_of_zeros_between_the_others(tmp_path):
    vggish.save(make_network(), None, tmp_path / "net")
    sound = np.concatenate([sine(500, 1), np.zeros(32000, np.float32), sine(500, 1)])

    rows = VggishExtractor(tmp_path / "net", "cpu").extract([Material(sound=sound)])[0]["sound"]

    assert [bool(row.any()) for row in rows] == [True, True, False, True]


def test_without_codes_a_row_is_the_embedding_itself(tmp_path):
    network = make_network()
    vggish.save(network, None, tmp_path / "net")

    row = VggishExtractor(tmp_path / "net", "cpu").extract([Material(sound=sine(700, 1))])[0]["sound"]

    with torch.inference_mode():
        assert np.allclose(row, network(torch.from_numpy(logmel.examples(sine(700, 1)))).numpy(), atol=1e-5)


def test_another_network_has_another_name(tmp_path):
    for seed in (0, 1):
        vggish.save(make_network(seed=seed), None, tmp_path / str(seed))

    assert len({VggishExtractor(tmp_path / str(seed), "cpu").name for seed in (0, 1)}) == 2


def test_weights_that_do_not_fit_say_so(tmp_path):
    vggish.save(make_network(), None, tmp_path / "net")
    (tmp_path / "net" / "config.json").unlink()  # and so it is taken for the published one

    with pytest.raises(MissingWeights, match="does not fit VGGish"), torch.device("meta"):
        vggish.load(tmp_path / "net")


def test_an_untrained_stack_says_what_to_do(tmp_path):
    with pytest.raises(MissingWeights, match="train the stack"):
        VggishExtractor.build({"weights": "bundle"}, tmp_path, "cpu")


def make_sounds():
    """8 clips of 2 s: low and high tones, and which of both each is."""
    sounds = [sound_training.frames(sine((300 if i % 2 else 2000) + 20 * i, 2)) for i in range(8)]
    return sounds, np.eye(2, dtype=np.float32)[np.arange(8) % 2]


def trained(step=lambda done, total, loss: None, **kw):
    plan = SoundSchedule(**{"steps": 40, "epochs": 1, "batch": 8, "examples": 1, "rate": 1e-2} | kw)
    sounds, targets = make_sounds()
    return sound_training.train(sounds, targets, config=TINY, schedule=plan, step=step)


def test_a_trained_network_tells_the_kinds_apart(tmp_path):
    losses = []
    model = trained(lambda done, total, loss: losses.append(loss), mixing=0.0, longest_mask=20)
    sounds, targets = make_sounds()

    assert np.mean(losses[-5:]) < 0.7 * losses[0]
    assert (sound_training.voted(model, sounds, np.array([0, 40])).argmax(1) == targets.argmax(1)).all()

    sound_training.keep(model, sounds, tmp_path / "net")
    rows = VggishExtractor(tmp_path / "net", "cpu").extract([Material(sound=sine(f, 1)) for f in (320, 400, 2040)])
    low, alike, high = (row["sound"][0] for row in rows)
    assert np.linalg.norm(low - alike) < np.linalg.norm(low - high)
    assert set(np.unique(np.round(low * 63.75 + 127))) <= set(range(256))  # rounded to 8 bits
    assert (tmp_path / "net" / weights.FILE).is_file()


def test_the_same_seed_gives_the_same_weights():
    one, other = (trained(steps=3).state_dict() for _ in range(2))

    assert all(torch.equal(one[name], other[name]) for name in one)


def test_training_can_be_ended():
    def stop(done, total, loss):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        trained(stop)


def test_nothing_to_hear_is_no_training():
    with pytest.raises(ValueError, match="no sounds"):
        sound_training.train([], np.zeros((0, 2), np.float32), config=TINY)


def test_a_crop_in_which_nothing_is_heard_does_not_vote():
    model = sound_training.Listener(make_network(), 2).eval()
    sound = np.full((480, 64), np.log(0.01), np.float32)
    sound[:96] = np.random.default_rng(0).normal(size=(96, 64))
    vote = lambda *shifts: sound_training.voted(model, [sound], np.array(shifts), examples=1)

    assert vote(0, 200, 300) == pytest.approx(vote(0))
    assert vote(0, 48) != pytest.approx(vote(0), abs=1e-7)


def test_a_killed_training_goes_on_inside_the_network(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    sounds = [random.normal(size=(96, 64)).astype(np.float32) for _ in range(4)]
    plan = SoundSchedule(steps=8, epochs=1, batch=2, examples=1)

    def train(step=silent):
        targets = np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]
        return sound_training.train(sounds, targets, config=TINY, schedule=plan, step=step)

    def die(done, total, loss):
        if done == 6:
            raise InterruptedError

    whole = train().state_dict()
    with checkpoints.kept_in(tmp_path, 0), pytest.raises(InterruptedError):
        train(die)
    heard = []
    varied = sound_training.varied
    monkeypatch.setattr(sound_training, "varied", lambda *given: heard.append(1) or varied(*given))
    with checkpoints.kept_in(tmp_path, 0):
        again = train().state_dict()

    assert len(heard) == 2 * 3  # clips of the steps 6 to 8: what was kept last was step 5
    assert all(torch.equal(again[name], tensor) for name, tensor in whole.items())
