"""A WordPiece vocabulary (Wu et al. 2016) of a corpus: characters where a script has no spaces, pieces elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer
from transformers import PreTrainedTokenizerFast

PAD, UNK, CLS, SEP, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CONTINUING = "##"  # begins a piece that does not begin its word
AT_LEAST = 2  # times that a character must occur
MOST_CHARACTERS = 8_000


def train(texts: Iterable[str], size: int) -> Tokenizer:
    """The tokenizer of a corpus, with at most about `size` pieces; `texts` is iterated twice.

    NFKC and lower case, a Chinese character is a word of its own. The same corpus gives the same tokenizer. Size is
    a wish: all characters that occur twice are in (at most the commonest 8,000), and pieces beyond them fill it up.
    """
    tokenizer = _untrained({token: number for number, token in enumerate(SPECIAL)})
    characters, later = _characters(tokenizer, texts)
    alphabet = [*SPECIAL, *characters, *(CONTINUING + c for c in characters if later[c] >= AT_LEAST)]
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=AT_LEAST,
        limit_alphabet=0,  # the alphabet is given
        special_tokens=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    # The trainer numbers pieces in the order of a hash table that changes from run to run.
    pieces = sorted(set(tokenizer.get_vocab()) - set(alphabet))
    return _untrained({token: number for number, token in enumerate([*alphabet, *pieces])})


def ready(tokenizer: Tokenizer, longest: int) -> Any:
    """The same as transformers knows it: [CLS] text [SEP], saved and loaded with the model."""
    number = tokenizer.token_to_id
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}",
        pair=f"{CLS} $A {SEP} $B:1 {SEP}:1",
        special_tokens=[(CLS, number(CLS)), (SEP, number(SEP))],
    )
    named: dict[str, Any] = dict(
        zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True)
    )
    build: Any = PreTrainedTokenizerFast
    return build(tokenizer_object=tokenizer, model_max_length=longest, **named)


def continuing(tokenizer: Tokenizer) -> NDArray[np.bool_]:
    """(pieces,) whether a piece continues a word."""
    flags = np.zeros(tokenizer.get_vocab_size(), bool)
    for token, number in tokenizer.get_vocab().items():
        flags[number] = token.startswith(CONTINUING) and len(token) > len(CONTINUING)
    return flags


def _untrained(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNK))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.BertNormalizer(strip_accents=False)])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _characters(tokenizer: Tokenizer, texts: Iterable[str]) -> tuple[list[str], Counter[str]]:
    """The characters to know, ordered, and how often each stands behind the beginning of a word."""
    everywhere, later = Counter[str](), Counter[str]()
    for text in texts:
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)):
            everywhere.update(word)
            later.update(word[1:])
    common = sorted((-count, character) for character, count in everywhere.items() if count >= AT_LEAST)
    return sorted(character for _, character in common[:MOST_CHARACTERS]), later
