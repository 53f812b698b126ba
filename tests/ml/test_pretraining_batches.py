"""Pairs, masks and vocabularies of the text pretraining, against their definitions (Lan et al. 2019)."""

from collections import Counter
from random import Random

import numpy as np
import pytest

from ml.pretraining import sentence_order, vocabulary
from ml.pretraining.albert_training import batches
from ml.pretraining.corpus import Corpus, units
from ml.pretraining.masking import Mask, words_in_a_row
from ml.pretraining.sentence_order import drawn, ordered, parted
from ml.pretraining.settings import Settings
from tests.ml.titles import make_titles

WHOLE_WORDS = lambda piece: False
CLS, SEP, MASK = 2, 3, 4


def make_mask(continues=WHOLE_WORDS) -> Mask:
    return Mask(MASK, range(5, 1000), frozenset({CLS, SEP}), continues)


def make_corpus(titles=None):
    titles = make_titles(300) if titles is None else titles
    tokenizer = vocabulary.train(titles, 400)
    return tokenizer, Corpus.encode(titles, tokenizer)


def test_a_text_is_cut_after_signs_and_spaces_and_before_hashtags():
    assert units("看！小猫，跳#搞笑#萌宠 a cat?") == ["看！", "小猫，", "跳", "#搞笑", "#萌宠", "a", "cat?"]
    assert units(" \n ") == []


def test_the_vocabulary_knows_characters_words_and_pieces():
    tokenizer = vocabulary.train(["dancing 跳舞 ＤＡＮＣＩＮＧ"] * 3 + ["跳舞 dance"], 60)

    assert tokenizer.encode("Dancing跳舞").tokens == ["dancing", "跳", "舞"]
    assert "[UNK]" in tokenizer.encode("dangling").tokens
    assert [tokenizer.id_to_token(i) for i in range(5)] == list(vocabulary.SPECIAL)
    flags = vocabulary.continuing(tokenizer)
    assert flags[tokenizer.token_to_id("##g")]
    assert not flags[tokenizer.token_to_id("跳")]


def test_the_same_corpus_gives_the_same_vocabulary():
    one, other = (vocabulary.train(make_titles(200), 300) for _ in range(2))

    assert one.get_vocab() == other.get_vocab()
    assert one.get_vocab_size() <= 300


def test_a_corpus_gives_its_documents_back(tmp_path):
    tokenizer, corpus = make_corpus(["a cat, a dog", "", "小猫跳", "a cat"] * 30)
    corpus.save(tmp_path / "corpus.safetensors")
    again = Corpus.load(tmp_path / "corpus.safetensors")

    documents = [[tokenizer.decode(unit) for unit in again.document(i)] for i in range(3)]
    assert documents == [["a", "cat ,", "a", "dog"], ["小 猫 跳"], ["a", "cat"]]
    assert len(again) == 90


def test_half_of_the_pairs_are_swapped():
    draw = Random(0)
    document = [[10, 11], [12], [13, 14, 15]]

    share = np.mean([drawn(document, 61, WHOLE_WORDS, draw).order for _ in range(10_000)])

    assert share == pytest.approx(0.5, abs=0.03)


def test_swapping_turns_the_label_and_nothing_else():
    kept, swapped = ordered([5, 6], [7], False), ordered([5, 6], [7], True)

    assert (kept.order, swapped.order) == (0, 1)
    assert (kept.first, kept.second) == (swapped.second, swapped.first)


def test_texts_are_parted_between_units_or_in_the_middle_or_not_at_all():
    cuts = {len(parted([[1], [2], [3], [4]], WHOLE_WORDS, Random(seed))[0]) for seed in range(50)}
    assert cuts == {1, 2, 3}
    assert parted([[1, 2, 3, 4, 5, 6, 7]], WHOLE_WORDS, Random(0)) == ([1, 2, 3], [4, 5, 6, 7])
    assert parted([[1, 2, 3, 4, 5]], WHOLE_WORDS, Random(0)) == ([1, 2, 3, 4, 5], [])
    assert drawn([[1, 2, 3, 4, 5]], 61, WHOLE_WORDS, Random(1)).order == sentence_order.UNKNOWN


def test_a_word_is_never_parted():
    continues = {14, 15}.__contains__

    assert parted([[10, 11, 12, 14, 15, 16]], continues, Random(0)) == ([10, 11, 12, 14, 15], [16])


def test_a_pair_fits_and_its_parts_are_pieces_of_the_text():
    document = [list(range(start, start + 7)) for start in range(0, 210, 7)]
    for seed in range(200):
        pair = drawn(document, 40, WHOLE_WORDS, Random(seed))
        first, second = (pair.first, pair.second) if pair.order == 0 else (pair.second, pair.first)

        assert len(first) + len(second) <= 40
        for part in (first, second):
            assert part == list(range(part[0], part[0] + len(part))) if part else True
        assert not (first and second) or first[-1] < second[0]


@pytest.mark.parametrize("length", [3, 5, 7, 10, 20, 64, 133, 200])
def test_so_many_pieces_are_hidden_and_never_a_special_one(length):
    pieces = [CLS, *range(10, 10 + length - 2), SEP]

    for seed in range(30):
        shown, targets = make_mask().apply(pieces, Random(seed))
        hidden = [i for i, target in enumerate(targets) if target != -100]

        assert len(hidden) == min(20, max(1, round(0.15 * length)))
        assert (shown[0], shown[-1], targets[0], targets[-1]) == (CLS, SEP, -100, -100)
        assert all(targets[i] == pieces[i] for i in hidden)
        assert all(shown[i] == pieces[i] for i in range(length) if i not in hidden)


def test_words_are_hidden_whole():
    continues = lambda piece: piece % 3 != 0  # words of three pieces: 12 13 14 | 15 16 17 | ...
    pieces = [CLS, *range(12, 72), SEP]

    for seed in range(50):
        _, targets = make_mask(continues).apply(pieces, Random(seed))
        hidden = {target for target in targets if target != -100}

        assert 0 < len(hidden) <= round(0.15 * 62)
        assert all({piece - piece % 3 + i for i in range(3)} <= hidden for piece in hidden)


def test_of_ten_hidden_pieces_eight_are_masks_one_is_random_and_one_stays():
    pieces, kinds, draw = [CLS, *range(10, 128), SEP], Counter(), Random(0)
    for _ in range(1000):
        shown, targets = make_mask().apply(pieces, draw)
        for seen, target in zip(shown, targets, strict=True):
            if target != -100:
                kinds["mask" if seen == MASK else "same" if seen == target else "random"] += 1

    shares = {kind: count / kinds.total() for kind, count in kinds.items()}
    assert shares == pytest.approx({"mask": 0.8, "random": 0.1, "same": 0.1}, abs=0.01)


def test_short_rows_of_words_are_likelier():
    draw = Random(0)
    found = Counter(words_in_a_row(draw) for _ in range(20_000))

    shares = {count: number / 20_000 for count, number in found.items()}
    assert shares == pytest.approx({1: 6 / 11, 2: 3 / 11, 3: 2 / 11}, abs=0.015)


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    tokenizer, corpus = make_corpus()
    source = batches(Settings(batch=8), tokenizer, corpus, np.arange(len(corpus)))

    late, early = source.at(50), source.at(7)

    for number, batch in ((50, late), (7, early)):
        again = source.at(number)
        assert all(getattr(batch, name).equal(getattr(again, name)) for name in batch.__dataclass_fields__)
    assert not early.pieces.equal(source.at(7 + source.an_epoch).pieces)  # another epoch, other pairs and masks


def test_an_epoch_shows_every_text_once():
    tokenizer, corpus = make_corpus([f"{word} 看！" for word in "abcdefghijklmnopqrst"] * 3)
    source = batches(Settings(batch=7), tokenizer, corpus, np.arange(len(corpus)))

    rows = [row for step in range(source.an_epoch) for row in source.at(step).order.tolist()]

    assert len(rows) == len(corpus) == 60


def test_a_batch_marks_parts_padding_and_targets():
    tokenizer, corpus = make_corpus()
    batch = batches(Settings(batch=16), tokenizer, corpus, np.arange(16)).at(0)
    sep = tokenizer.token_to_id(vocabulary.SEP)

    for row in range(16):
        length = int(batch.mask[row].sum())
        pieces, parts = batch.pieces[row, :length].tolist(), batch.parts[row, :length].tolist()
        first = pieces.index(sep)
        assert parts == [0] * (first + 1) + [1] * (length - first - 1)
        assert pieces[-1] == sep
        assert not batch.mask[row, length:].any()
        assert (batch.targets[row, length:] == -100).all()
