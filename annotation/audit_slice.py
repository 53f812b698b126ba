"""The audit slice: a fixed random share of each line's clips, reviewed whatever the models say of them.

Metrics over what people happen to review flatter or slander the models, for priority chose it. Membership here is a
keyed hash of video and line and nothing else, and so is the order in which members are served: whatever part of the
slice has been reviewed by now is a random sample of it (simple random sampling: Cochran, Sampling Techniques, ch. 2).
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def lot(video: str, line: str, first_byte: int = 1) -> str:
    """SQL for a number in [0, 1) that only `key()` and the two ids decide; they are SQL too. Needs `%(key)s`.

    48 bits of a SHA-256. The first six bytes say who belongs to the slice, the next six (`first_byte=7`) who comes
    first in it: told by one number, a smaller share would also be an earlier one.
    """
    digest = f"sha256(convert_to(%(key)s::text || ':' || {line} || ':' || {video}, 'UTF8'))"
    return f"(('x' || encode(substr({digest}, {first_byte}, 6), 'hex'))::bit(48)::bigint / 281474976710656::float8)"


def place(video: str, line: str, quantiles: str) -> str:
    """SQL for a member's priority: where its turn falls among those of the line's other tasks, as SQL of 101 numbers.

    So the slice is spread evenly over the queue: whatever part of the queue gets reviewed, so much of the slice does.
    """
    turn = lot(video, line, 7)
    return f"coalesce(({quantiles})[1 + floor(100 * {turn})::int], {turn})"


def key() -> str:
    """The secret of this installation's draw: who does not know it cannot tell which clips belong to the slice."""
    return salted_hmac("annotation.audit_slice", "", algorithm="sha256").hexdigest()


def values() -> dict[str, object]:
    """What statements with `lot` need: the key, and the share of lines that name none."""
    return {"key": key(), "share": settings.AUDIT_PERCENT / 100}
