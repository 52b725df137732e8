"""Which words of a memory an access touches, as far as the text says."""

from __future__ import annotations

from typing import NamedTuple

from rdu.configuration.model import Affine, Context, Memory
from rdu.configuration.verifier.scope import by_name, is_sound

MOST_TRACKED = 2**22
"""Words of a memory that are told apart."""

ALL = -1
"""Bits of words that are not told apart: any of them may be touched."""


class Words(NamedTuple):
    """Words that an access touches: a bit for each from `low` to `high`."""

    low: int
    high: int
    bits: int


def touched_words(address: Affine, context: Context, memory: Memory) -> Words | None:
    """Return the words that an access touches; None if it has none, or one is out of range.

    Of an access that spans more than `MOST_TRACKED` words, every word in between counts; of one
    that goes where data say, every word of the memory.
    """
    counters, inputs = by_name(context.counters), by_name(context.inputs)
    low = high = address.constant
    strides: list[tuple[int, int]] = []
    for name, coefficient in address.terms:
        counter = counters.get(name)
        if name in inputs or (counter is not None and counter.extent is None):
            return Words(0, memory.words - 1, -1)
        if counter is None or counter.extent is None or not is_sound(counter):
            return None
        values = range(*counter.extent, counter.step)
        ends = coefficient * values[0], coefficient * values[-1]
        low, high = low + min(ends), high + max(ends)
        strides.append(
            (abs(coefficient) * counter.step, 1 + (values[-1] - values[0]) // counter.step)
        )
    if low < 0 or high >= memory.words:
        return None
    if high - low > MOST_TRACKED:
        return Words(low, high, ALL)
    bits = 1
    for stride, length in strides:
        bits = _spread(bits, stride, length)
    return Words(low, high, bits)


def _spread(bits: int, stride: int, length: int) -> int:
    """Return `length` copies of a set of bits, each `stride` above the one before."""
    copies = 1
    while copies < length:
        more = min(copies, length - copies)
        bits |= bits << stride * more
        copies += more
    return bits


def common_word(ours: Words | None, theirs: Words | None) -> int | None:
    """Return the first word in both sets, None if there is none."""
    if ours is None or theirs is None:
        return None
    low = max(ours.low, theirs.low)
    if low > min(ours.high, theirs.high):
        return None
    common = (ours.bits >> low - ours.low) & (theirs.bits >> low - theirs.low)
    return low + (common & -common).bit_length() - 1 if common else None
