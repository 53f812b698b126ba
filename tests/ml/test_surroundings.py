"""What stands around characters: phrases of other texts, their rows beside those of n-grams, a tagger hearing them."""

import numpy as np
import torch

from ml.layers import spans
from ml.layers.descent import DescentConfig
from ml.layers.phrase_book import PhraseBook, entries
from ml.layers.phrase_finder import FinderConfig, PhraseFinder
from ml.layers.spans import Phrase
from ml.layers.surroundings import Surroundings
from ml.layers.window_grams import PLACES
from ml.parts import silent

SAID = [
    entries(text, [Phrase(0, end, kind)])
    for text, end, kind in (("abx", 2, "A"), ("ab", 2, "A"), ("ab", 2, "B"), ("Cx", 1, "A"), ("bcdef!!!", 8, "B"))
]
BOOK = PhraseBook.count(["A", "B"], SAID)


def test_a_known_phrase_is_marked_at_its_beginning_its_end_and_within():
    rows = BOOK.rows("xabx", 10)

    assert rows.shape == (4, 2)
    assert (rows[[0, 3]] == 0).all()
    assert (rows[1:3] > 0).all()  # as A and as B
    assert len(set(rows[1:3].ravel().tolist())) == 4
    assert (BOOK.rows("c", 10) > 0).tolist() == [[True, False]]  # folded
    assert BOOK.rows("bcdef!!!", 10)[:, 1].tolist()[1:7] == [BOOK.rows("bcdef!!!", 10)[1, 1]] * 6
    assert (BOOK.rows("bcdef!!!", 7)[:, 1] == 0).all()  # cut before it ends
    assert BOOK.rows("xabx", 10).max() <= BOOK.size


def test_of_phrases_that_begin_alike_the_longest_counts():
    book = PhraseBook.count(
        ["A"], [entries(text, [Phrase(0, len(text), "A")]) for text in ("ab", "abcd", "bcd", "abc")]
    )
    alone = PhraseBook.count(["A"], [entries("abcd", [Phrase(0, 4, "A")])])
    assert book.rows("abcd", 10)[0] == alone.rows("abcd", 10)[0]


def test_what_a_text_alone_gave_the_book_is_not_held_against_itself():
    assert (BOOK.rows("bcdef!!!", 10, SAID[4])[:, 1] == 0).all()
    assert BOOK.rows("abx", 10, SAID[0]).tolist() == BOOK.rows("abx", 10).tolist()  # another text says it too
    assert (BOOK.rows("ab", 10, SAID[2])[:, 1] == 0).all()


def test_rows_of_ngrams_and_of_the_book_do_not_meet():
    texts, labels = ["ab", "ab", "c"], spans.labels_of(["A", "B"])
    own = [entries("ab", [Phrase(0, 2, "A")])] * 2 + [entries("c", [Phrase(0, 1, "B")])]
    around = Surroundings.count(texts, labels, 10, 2).taught(own)
    rows = around.encode(texts, 10, own).numpy()
    grams, phrases = rows[..., : len(PLACES)], rows[..., len(PLACES) :]

    assert rows.shape == (3, 2, len(PLACES) + 2)
    assert grams.max() < len(around.windows) <= phrases[phrases > 0].min()
    assert phrases.max() < len(around) == len(around.keys())
    assert (rows[2] == 0).all(axis=-1).tolist() == [False, True]  # of the second one only what is outside is known
    assert (phrases[2] == 0).all()
    assert (around.encode(["c"], 10)[0, 0, len(PLACES) :] > 0).tolist() == [False, True]


def test_a_border_that_only_the_neighbours_tell_is_learned_by_them_alone():
    """With an LSTM that is kept from learning; what the n-grams say is kept to the bit."""
    torch.manual_seed(0)
    texts, kinds = ["xaby", "zabw"] * 8, spans.labels_of(["k"])
    said = [spans.write([Phrase(1, 3, "k")] if text[0] == "x" else [], 4) for text in texts]
    finder = PhraseFinder.of(texts, kinds, FinderConfig(None, 4, 4))
    for part in (finder.model.lstm, finder.model.head):
        part.requires_grad_(False)
    finder.learn(texts, said, 4, DescentConfig(10, 1, 1, 0.05), silent)
    again = PhraseFinder.restored(*finder.state())
    assert [[phrase for phrase, _ in found] for found in again.find(["xaby", "zabw"])] == [[Phrase(1, 3, "k")], []]
    assert again.find(["xaby"]) == finder.find(["xaby"])


def test_a_warm_start_takes_over_what_both_know():
    old, new = (PhraseFinder.of([t, t], spans.labels_of(["k"]), FinderConfig(None, 4, 4)) for t in ("ab", "cab"))
    torch.nn.init.ones_(old.model.around.weight)
    new.take_over(old)
    ours, theirs = new.around.windows.hashes, old.around.windows.hashes
    known = np.isin(ours, theirs)
    assert 0 < known.sum() < len(known)
    taken = new.model.around.weight[1:].sum(dim=1).detach().numpy() > 0
    assert taken[: len(ours)].tolist() == known.tolist()
    assert taken[len(ours) :].all()  # what the book says of a kind means the same


def test_a_tagger_trusts_a_name_only_as_far_as_other_texts_bear_it_out():
    """Where every phrase stands in one text only, nothing speaks for the book, and it is not believed."""
    texts = [f"{chr(65 + 2 * i)}{chr(66 + 2 * i)}" for i in range(8)]
    assert not _believed(texts)
    assert _believed(texts * 2)


def _believed(texts: list[str]) -> bool:
    torch.manual_seed(0)
    finder = PhraseFinder.of(texts, spans.labels_of(["k"]), FinderConfig(None, 4, 4))
    finder.learn(texts, [["B-k", "E-k"]] * len(texts), 4, DescentConfig(3, 1, 1, 0.05), silent)
    return bool((finder.model.around.weight[len(finder.around.windows) :] != 0).any())


def test_a_part_from_before_there_was_a_book_is_read():
    finder = PhraseFinder.of(["ab"] * 2, spans.labels_of(["k"]), FinderConfig(None, 4, 4, around=False))
    config, weights = finder.state()
    del config["model"]["around"], config["model"]["around_dropout"]
    assert PhraseFinder.restored(config, weights).find(["ab"]) == finder.find(["ab"])
