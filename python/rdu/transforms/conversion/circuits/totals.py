"""How large a memory has to be for what an accumulation merges, or a sort holds, at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rdu.transforms.conversion.circuits.bounds import Bound
from rdu.transforms.conversion.circuits.circuit import Signal, Unit
from rdu.transforms.conversion.circuits.layout import Memory
from rdu.transforms.conversion.circuits.stored import MOST

TOTALS, ENTRIES = "totals", "entries"

ENTRY_WORDS = 2
"""Of what a sort holds: a value and its coordinate."""

OVERLAP = 2
"""Buffers where there may be several trees, or fibers: one comes while another one leaves."""


def totals(unit: Unit, bounds: Mapping[Signal, Bound], room: int, words: int | None) -> Memory:
    """Return the memory of an accumulation, which holds the trees that are under way.

    A tree has a word for each coordinate of each of its levels, or at the innermost one for each
    lane of a vector: at a level there are no more than the product of the extents, or windows, down
    to it, and no more than tokens ever arrive there.

    Args:
        unit: the primitive: the reduced level, coordinates outermost first, then the values.
        bounds: of the signals; one that has none may carry anything.
        room: bytes of a scratchpad; a second tree needs room, else it waits for the first.
        words: the words of one tree, None for as many as there may be.
    """
    reduced, *crds, value = (source for _, source in unit.inputs)
    lanes = value.lanes if isinstance(value, Signal) else 1
    outer = bounds.get(reduced) if isinstance(reduced, Signal) else None
    known = [bounds.get(c, Bound(0)) if isinstance(c, Signal) else Bound(0) for c in crds]
    depth = outer.depth - 1 if outer else 0
    need = most(known, depth, lanes) if words is None else words
    element = value.element if isinstance(value, Signal) else unit.outputs[-1].element
    return _doubled(Memory(TOTALS, element, need), outer is not None and outer.depth == 1, room)


def entries(unit: Unit, bounds: Mapping[Signal, Bound], room: int) -> Memory:
    """Return the memory of a sort, which holds the fibers that are under way.

    Args:
        unit: the primitive: coordinates and values in, places first out.
        bounds: of the signals; one that has none may carry anything.
        room: bytes of a scratchpad; a second fiber needs room, else it waits for the first.
    """
    place, value, _ = unit.outputs
    known = bounds.get(place, Bound(0))
    need = min(ENTRY_WORDS * max(1, known.extent), MOST)
    return _doubled(Memory(ENTRIES, value.element, need), known.depth == 1, room)


def _doubled(memory: Memory, is_alone: bool, room: int) -> Memory:
    """Return a memory for one thing as one for two, if there are several and room for them."""
    both = replace(memory, buffers=OVERLAP)
    return memory if is_alone or both.bytes > room else both


def most(crds: Sequence[Bound], depth: int, lanes: int = 1) -> int:
    """Return the most words of a tree, which is what stands under one token.

    Args:
        crds: the bounds of its coordinates, outermost first.
        depth: how many fibers nest in the stream of that token.
        lanes: words of a total.
    """
    words, nodes = 0, 1
    for crd in crds:
        nodes = min(nodes * crd.spread(depth), crd.tokens)
        words += nodes
    words += nodes * (lanes - 1)
    return max(lanes, min(words, MOST))
