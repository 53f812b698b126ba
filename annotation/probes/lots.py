"""Draws that nobody can foretell who does not know the installation's secret, the same whenever they are repeated."""

from __future__ import annotations

import hashlib

BYTES = 6
SPAN = 256**BYTES


def lot(key: str, purpose: str, *numbers: int) -> float:
    """A number in [0, 1) that only the key, the purpose and these numbers decide: 48 bits of a SHA-256."""
    text = ":".join([key, purpose, *(str(number) for number in numbers)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:BYTES], "big") / SPAN


def statement(purpose: str, *numbers: str) -> str:
    """The same as SQL; `numbers` are SQL too. Needs the value `%(key)s`."""
    text = " || ':' || ".join(["%(key)s::text", f"'{purpose}'", *numbers])
    digest = f"sha256(convert_to({text}, 'UTF8'))"
    return f"(('x' || encode(substr({digest}, 1, {BYTES}), 'hex'))::bit({8 * BYTES})::bigint / {SPAN}::float8)"
