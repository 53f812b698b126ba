"""A text encoder in one packed file: what it says, what is refused, and that the real one is read as it was meant."""

import struct
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from transformers import AutoModel, AutoTokenizer

from ml.modality import packed_weights, text, weights
from ml.modality.extractor import Material, MissingWeights
from ml.modality.packed_file import PackedFile
from ml.modality.text import SentenceExtractor

HIDDEN, LAYERS, BETWEEN, PLACES = 32, 2, 64, 48
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁cat", "c", "a", "t", "小猫", "～", "1", "▁query", ":", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.0, -4.0, *[-6.0] * 5, -5.0, -4.0, -4.0, 0.0]
NORMALISED = {0x0A: " ", 0x2460: "1", 0x3000: " ", 0xFDFA: "صلى الله عليه وسلم"}
WORDS = len(PIECES) + 1  # tables may be longer than the vocabulary
MATRICES = {
    "emb.word": (WORDS, HIDDEN),
    **{f"l{n}.{part}.w": (HIDDEN, HIDDEN) for n in range(LAYERS) for part in ("q", "k", "v", "ao")},
    **{f"l{n}.fi.w": (BETWEEN, HIDDEN) for n in range(LAYERS)},
    **{f"l{n}.fo.w": (HIDDEN, BETWEEN) for n in range(LAYERS)},
}
NUMBERS = {
    "emb.pos": (PLACES, HIDDEN),
    "emb.type": (2, HIDDEN),
    **{f"emb.ln.{part}": (HIDDEN,) for part in "wb"},
    **{f"l{n}.{part}.b": (HIDDEN,) for n in range(LAYERS) for part in ("q", "k", "v", "ao", "fo", "aln", "oln")},
    **{f"l{n}.{part}.w": (HIDDEN,) for n in range(LAYERS) for part in ("aln", "oln")},
    **{f"l{n}.fi.b": (BETWEEN,) for n in range(LAYERS)},
}


def packed(values: np.ndarray) -> bytes:
    """Blocks of 32: the scale that lets the largest be 7, then pairs of weights."""
    content = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7)
        steps = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        content += scale.tobytes() + (steps[:16] | steps[16:] << 4).tobytes()
    return content


def write_file(path: Path, block: int = 32, normalised: dict[int, str] = NORMALISED, **shapes: tuple) -> Path:
    draw = np.random.default_rng(0)
    pieces = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, 4, BETWEEN, WORDS, PLACES, 2, 1e-12, block)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, pieces)))
    head += np.array([0, *accumulate(map(len, pieces))], "<u4").tobytes() + np.array(SCORES, "<f4").tobytes()
    head += b"".join(pieces)
    entries = [struct.pack("<IB", code, len(out)) + out.encode("utf-32-le") for code, out in normalised.items()]
    head += struct.pack("<iI", len(entries), len(b"".join(entries))) + b"".join(entries)
    tensors = []
    for kind, names in ((1, MATRICES), (0, NUMBERS)):
        for name, shape in names.items():
            values = draw.normal(0, 0.1, shapes.get(name.replace(".", "_"), shape)).astype(np.float32)
            tensors.append((name, kind, values.size, packed(values) if kind else values.tobytes()))
    start = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    head += struct.pack("<i", len(tensors))
    for name, kind, size, content in tensors:
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, size, start, len(content))
        start += len(content)
    path.write_bytes(head + b"".join(content for *_, content in tensors))
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return write_file(tmp_path_factory.mktemp("packed") / "small.bin")


@pytest.fixture(scope="module")
def folder(source, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    packed_weights.write(source, folder)
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_weight_is_its_four_bits_less_eight_times_the_scale_of_its_block(source):
    file = PackedFile.read(source)
    start = file.directory["l1.fi.w"][2]
    block = file.content[start + 18 : start + 36]  # the second one
    scale = np.frombuffer(block[:2], "<f2")[0]

    told = file.tensor("l1.fi.w", (BETWEEN, HIDDEN))[1]

    assert told[3] == pytest.approx(((block[2 + 3] & 15) - 8) * scale, rel=1e-3)
    assert told[16 + 3] == pytest.approx(((block[2 + 3] >> 4) - 8) * scale, rel=1e-3)


def test_every_tensor_lies_where_the_library_looks_for_it(source, folder):
    model, loaded = AutoModel.from_pretrained(folder, output_loading_info=True)
    file = PackedFile.read(source)

    assert not any(loaded.values())
    layer = model.encoder.layer[1]
    for short, (parameter, shape) in {
        "l1.ao.w": (layer.attention.output.dense.weight, (HIDDEN, HIDDEN)),
        "l1.aln.w": (layer.attention.output.LayerNorm.weight, (HIDDEN,)),
        "l1.oln.b": (layer.output.LayerNorm.bias, (HIDDEN,)),
        "l1.fo.w": (layer.output.dense.weight, (HIDDEN, BETWEEN)),
        "emb.type": (model.embeddings.token_type_embeddings.weight, (2, HIDDEN)),
    }.items():
        assert np.array_equal(parameter.detach().half().numpy(), file.tensor(short, shape)), short


def test_texts_become_pieces_between_their_marks(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = lambda text: tokenizer(text)["input_ids"]

    assert ids("cat") == [0, PIECES.index("▁cat"), 2]
    assert ids("cat  \n小猫 ①") == [0, 5, 4, 9, 4, 11, 2]
    assert ids("小猫～") == [0, 4, 9, 10, 2]  # not the tilde that plain NFKC makes of it
    assert ids("") == [0, 2]
    assert tokenizer.pad_token_id == 1


def test_a_character_that_becomes_eighteen_ten_thousand_times_does_no_harm(folder):
    extractor = SentenceExtractor(folder, None, "cpu")

    one, other = extractor.extract([Material("\ufdfa" * 10_000), Material("cat")])

    assert np.linalg.norm(one["text"]) == pytest.approx(1, abs=1e-5)
    assert not np.allclose(one["text"], other["text"])


def test_only_the_table_of_words_stays_in_half_precision(folder):
    model = SentenceExtractor(folder, None, "cpu").model
    words = model.get_input_embeddings()

    halves = [parameter for parameter in model.parameters() if parameter.dtype == torch.float16]

    assert len(halves) == 1
    assert halves[0] is words.weight
    assert words(torch.tensor([[1]])).dtype == torch.float32


def test_what_an_encoder_reads_before_each_text_is_part_of_its_name(folder, monkeypatch):
    plain = SentenceExtractor.build({"weights": str(folder)}, None, "cpu")
    asked = SentenceExtractor.build({"weights": str(folder), "prefix": "query: "}, None, "cpu")
    monkeypatch.setitem(text.PREFIXES, str(folder), "query: ")
    known = SentenceExtractor.build({"weights": str(folder)}, None, "cpu")

    assert known.name == asked.name != plain.name
    before, after = (each.extract([Material("cat")])[0]["text"] for each in (plain, asked))
    assert not np.allclose(before, after, atol=1e-3)
    assert asked.extract([Material(" ")]) == [{}]


@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.05, 0.3, 0.999])
def test_a_file_that_was_cut_short_is_refused_and_leaves_nothing(source, home, tmp_path, share):
    content = source.read_bytes()
    cut = tmp_path / "cut.bin"
    cut.write_bytes(content[: int(share * len(content))])

    with pytest.raises(MissingWeights, match=r"cut\.bin cannot be read.*Install their package anew"):
        packed_weights.unpacked(cut, "small")
    assert not list((home / "tagwright").iterdir())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"block": 64}, "blocks of 64 weights"),
        ({"l0_q_w": (16, HIDDEN)}, "'l0.q.w' has 512 numbers, not 32 x 32"),
        ({"normalised": {0xFF5E: "~"}}, "it turns U\\+FF5E into '~'"),
    ],
)
def test_another_format_is_refused_with_its_reason(change, reason, home, tmp_path):
    with pytest.raises(MissingWeights, match=reason):
        packed_weights.unpacked(write_file(tmp_path / "other.bin", **change), "small")


def test_something_else_is_refused(home, tmp_path):
    (tmp_path / "page.html").write_text("<html>")

    with pytest.raises(MissingWeights, match="it begins with b'<htm'"):
        packed_weights.unpacked(tmp_path / "page.html", "small")


def test_two_workers_at_once_find_the_same_folder(source, home):
    with ThreadPoolExecutor(2) as workers:
        found = set(workers.map(lambda _: packed_weights.unpacked(source, "small"), range(2)))

    assert found == set((home / "tagwright").iterdir())
    assert {path.name for path in found.pop().iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}


def test_without_room_for_the_folder_the_place_and_the_remedy_are_named(source, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "file"))

    with pytest.raises(MissingWeights, match=r"need room in .*file/tagwright.*Set HF_HOME"):
        packed_weights.unpacked(source, "small")


def test_the_hubs_own_weights_go_before_packed_ones(monkeypatch, tmp_path):
    name = "intfloat/multilingual-e5-small"
    monkeypatch.setattr(weights, "_cached", lambda _: tmp_path)
    monkeypatch.setattr(weights, "_unpacked", lambda _: pytest.fail("unpacked in vain"))
    (tmp_path / weights.FILE).touch()

    assert weights.locate(name) == tmp_path


# What the engine of the package makes of harmless texts: all ids, and the first numbers of the vector.
MEANT = {
    "a cat sleeps on the sofa": (
        [0, 41, 1294, 12, 10, 7515, 60268, 7, 98, 70, 60228, 2],
        [0.0558, 0.0024, -0.0400, -0.0763, 0.1030, -0.0244],
    ),
    "今天教大家做一碗面。#美食 #日常": (
        [0, 41, 1294, 12, 61168, 5294, 4388, 2213, 684, 75343, 2879, 30, 4904, 27841, 468, 34413, 2],
        [0.0282, -0.0040, -0.0583, -0.0094, 0.0797, -0.0417],
    ),
    "小猫 cat 太可爱了 😂😂 ❤️": (
        [0, 41, 1294, 12, 57960, 35076, 7515, 6, 4150, 189605, 274, 6, 115114, 115114, 49933, 15755, 2],
        [0.0610, 0.0185, -0.0286, -0.0404, 0.1239, -0.0608],
    ),
    "Ｗｅｌｃｏｍｅ  ①②③ ～～ ﬁne": (
        [0, 41, 1294, 12, 91334, 37638, 6, 171283, 5885, 2],
        [0.0231, -0.0298, -0.0166, -0.0644, 0.0649, -0.0501],
    ),
    "广场舞 老师\n教学\t视频": (
        [0, 41, 1294, 12, 6, 103571, 22495, 6, 15238, 6, 22301, 6, 23537, 2],
        [0.0388, 0.0287, -0.0350, -0.0318, 0.0697, -0.0033],
    ),
    "нова година ひらがな 한국어": (
        [0, 41, 1294, 12, 18670, 2236, 6, 47093, 4182, 281, 1308, 193751, 2],
        [0.0515, 0.0005, -0.0429, -0.0555, 0.0936, -0.0221],
    ),
}


@pytest.mark.slow
def test_the_installed_encoder_says_what_its_own_engine_says():
    extractor = SentenceExtractor.build({"weights": "intfloat/multilingual-e5-small"}, None, "cpu")

    rows = extractor.extract([Material(text) for text in MEANT])

    assert extractor.tokenizer([extractor.prefix + text for text in MEANT])["input_ids"] == [
        i for i, _ in MEANT.values()
    ]
    for row, (_, first) in zip(rows, MEANT.values(), strict=True):
        assert row["text"][:6] == pytest.approx(first, abs=4e-3)  # the engine rounds what goes between layers to 8 bits
    assert extractor.dim == 384


@pytest.mark.slow
def test_the_installed_encoder_brings_chinese_and_english_together():
    extractor = SentenceExtractor.build({"weights": "intfloat/multilingual-e5-small"}, None, "cpu")
    texts = ("今天教大家做红烧肉", "a recipe for braised pork", "篮球比赛的精彩瞬间", "highlights of a basketball game")

    pork, recipe, ball, game = (row["text"] for row in extractor.extract([Material(text) for text in texts]))

    assert pork @ recipe > max(pork @ ball, pork @ game)
    assert ball @ game > max(ball @ pork, ball @ recipe)
