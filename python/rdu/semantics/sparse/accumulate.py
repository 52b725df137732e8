"""Reduction over a level that is not the innermost: fibers are merged, not folded."""

from collections.abc import Callable, Sequence
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, align, group, is_row, ungroup, unzip
from rdu.semantics.tokens import EMPTY

Merge = Callable[[Any, Any], Any]


def accumulate(
    function: Merge,
    identity: Any,
    zero: Any,
    reduced: Tokens,
    crds: Sequence[Tokens],
    values: Tokens,
) -> tuple[list[Tokens], Tokens]:
    """Sum subtrees over the coordinates of the level that is reduced, merging equal coordinates.

    The order of the accumulator is the number of levels in `crds`: 1 sums vectors, 2 matrices, 3
    tensors. Results come in order of coordinates, when a fiber of `reduced` ends; a coordinate
    stays although everything under it is empty. Equal coordinates in one fiber are merged too, as a
    list of coordinates (COO) has them. Values are added to the identity as they come. An absent
    coordinate adds nothing.

    SAM's accumulator takes points without stops and one more coordinate, of the level around
    `reduced`, to know where results end; here the stops say it, as in Comal.

    Args:
        function: the sum.
        identity: what sums begin at.
        zero: what a value `N` stands for.
        reduced: coordinates (or references) of the level reduced.
        crds: coordinates of the levels under it, outermost first.
        values: values, of the shape of `crds[-1]`.

    Returns:
        The coordinates, each one level less deep than it was, and the values.

    Tokens: s(first output) = s(reduced); p(an output) = different coordinates of that level;
    s(the next) = s + payloads that no stop follows.
    """
    tree = align(crds[-1], values)
    for crd in reversed(crds[:-1]):
        tree = group(crd, tree)
    tree = group(reduced, tree)
    top: Tokens = []
    subtrees: list[Any] = []
    for token in tree:
        if is_row(token):
            subtrees += [token[1]] if token[0] is not EMPTY else []
            continue
        top += _merged(subtrees, len(crds), function, identity, zero)
        top.append(token)
        subtrees = []
    return by_level(top, len(crds))


def _merged(subtrees: list[Any], order: int, function: Merge, identity: Any, zero: Any) -> Tokens:
    """Merge fibers of (coordinate, subtree or value) pairs."""
    found: dict[Any, list[Any]] = {}
    for fiber in subtrees:
        for crd, below in _pairs(fiber):
            found.setdefault(crd, []).append(below)
    merged: Tokens = []
    for crd in sorted(found):
        if order > 1:
            merged.append((crd, _merged(found[crd], order - 1, function, identity, zero)))
            continue
        total = identity
        for value in found[crd]:
            total = function(total, zero if value is EMPTY else value)
        merged.append((crd, total))
    return merged


def _pairs(fiber: Tokens) -> list[tuple[Any, Any]]:
    return [t for t in fiber if is_row(t) and t[0] is not EMPTY]


def by_level(top: Tokens, order: int) -> tuple[list[Tokens], Tokens]:
    """Take a stream of nested pairs apart, level by level."""
    crds: list[Tokens] = []
    for _ in range(order - 1):
        crd, top = ungroup(top)
        crds.append(crd)
    last, values = unzip(top, 2)
    return [*crds, last], values
