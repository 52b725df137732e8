"""Gathers and scatters as `linalg-match-indices` writes them: read, checked, their loops ordered.

Such an op has loops that no graph walks: a value of an index tensor is where a point is along one.
A gather finds it in the tensor that it reads; a scatter stores there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.nest import MOST_ACCUMULATED
from rdu.dialects.sam.graph import ELEMENTS
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.encodings import format_of, format_problem, is_encoded
from rdu.transforms.conversion.sparse.needs import need_of
from rdu.transforms.conversion.sparse.splats import constant_of, counts, made_by, splat_of

COMBINED = {"arith.addf": "add", "arith.addi": "add"}
"""What accumulations do with values for one place; where they replace each other, any may stay."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A loop whose position is a value.

    Attributes:
        loop: the loop.
        index: the number of the operand that holds the values.
        extent: the positions.
        wraps: whether negative ones count from the end.
    """

    loop: int
    index: int
    extent: int
    wraps: bool


@dataclass(frozen=True, slots=True)
class Matches:
    """An op that compares values with positions.

    Attributes:
        op: the op.
        matched: the loops whose positions are values.
        value: the operand that is gathered or scattered.
        function: how an accumulation combines values for one place; empty if the new one stays.
    """

    op: Structured
    matched: tuple[Matched, ...]
    value: int
    function: str

    @property
    def written(self) -> list[int]:
        """The loop that runs along each dimension of the result."""
        return self.rows(self.op.initial(0))

    @property
    def is_gather(self) -> bool:
        """Whether it reads at the positions rather than writes there."""
        return not self.placed & set(self.written)

    @property
    def placed(self) -> set[int]:
        """The loops whose positions are values."""
        return {each.loop for each in self.matched}

    def rows(self, operand: int) -> list[int]:
        """Return the loop that runs along each dimension of an operand; -1 for an index 0."""
        return [-1 if r.dimension is None else r.dimension for r in self.op.maps[operand]]

    def indexed(self) -> list[int]:
        """Return the loops of index tensors, those of the result in its order, then the others."""
        own = {loop for each in self.matched for loop in self.rows(each.index)} - {-1}
        first = [loop for loop in self.written if loop in own]
        return [*first, *sorted(own - set(first))]


def read_matches(operation: ir.Operation) -> Matches | None:
    """Return what an op compares, None if it is none of these."""
    if operation.name != "linalg.generic" or len(operation.results) != 1:
        return None
    op = read_structured(operation)
    if op is None:
        return None
    chosen = made_by(op.yielded[0], "arith.select")
    out = op.body.arguments[op.initial(0)]
    if chosen is None or chosen.operands[2] != out:
        return None
    combined, function = chosen.operands[1], ""
    if op.operand(combined) is None and not isinstance(combined.owner, ir.Block):
        owner = combined.owner.operation
        function = COMBINED.get(owner.name, "")
        given = [operand for operand in owner.operands if operand != out]
        if not function or len(given) != 1:
            return None
        combined = given[0]
    value = op.operand(combined)
    matched = [_matched(op, each) for each in _conditions(chosen.operands[0])]
    if value is None or value >= op.initial(0) or None in matched:
        return None
    return Matches(op, tuple(each for each in matched if each), value, function)


def is_matches(operation: ir.Operation) -> bool:
    """Tell whether an op compares values with positions."""
    return read_matches(operation) is not None


def problems_of(matches: Matches) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield message key and values of everything for which an op has no graph."""
    op = matches.op
    kinds: list[Any] = [value.type for value in op.operation.operands]
    named = {each.index: ("i32",) for each in matches.matched}
    named |= {matches.value: ELEMENTS, op.initial(0): ELEMENTS}
    for number, elements in named.items():
        if problem := need_of(kinds[number], elements=elements):
            yield "type", {"what": f"operand {number}", "have": kinds[number], "need": problem}
    if splat_of(op.operation.operands[op.initial(0)]) != 0:
        yield "matches", {"what": "into what is not zero", "need": "zeros"}
    if not matches.is_gather and not matches.placed <= set(matches.written):
        yield "matches", {"what": "at positions of both", "need": "those of one"}
        return
    for number in (matches.value, op.initial(0), *(each.index for each in matches.matched)):
        own = [loop for loop in matches.rows(number) if loop >= 0]
        if len(set(own)) < len(own):
            yield "matches", {"what": f"along one loop twice in operand {number}", "need": "once"}
            return
    order = written_form(matches).order
    if matches.is_gather:
        return
    deep = len(order) - len(_batch(matches))
    if deep > MOST_ACCUMULATED:
        yield "accumulated", {"have": deep, "need": MOST_ACCUMULATED}


def written_form(matches: Matches) -> Format:
    """Return how the graph of an op writes its result."""
    order = [matches.written.index(loop) for loop in loops_of(matches) if loop in matches.written]
    return Format.of(["compressed"] * len(order), order)


def loops_of(matches: Matches) -> list[int]:
    """Return the loops in the order in which they are entered, those that are values among them.

    A gather follows the levels of what it reads, as they are stored; before one that is a value
    come the loops of the values. A scatter has outermost those of the result along which index
    tensors run as well, then those that it reduces, then the values, then the rest.
    """
    if not matches.is_gather:
        batch = _batch(matches)
        inner = [loop for loop in matches.indexed() if loop not in batch]
        rest = [n for n in matches.written if n not in {*batch, *matches.placed}]
        own = [loop for loop in matches.rows(matches.value) if loop >= 0]
        loose = [n for n in own if n not in {*batch, *inner, *rest, *matches.placed}]
        return [*batch, *inner, *loose, *(each.loop for each in matches.matched), *rest]
    found: list[int] = []
    indexed = matches.indexed()
    for loop in levels_of(matches):
        if loop in matches.placed:
            found += [each for each in indexed if each not in found]
        if loop not in found:
            found.append(loop)
    return [*found, *(loop for loop in matches.written if loop not in found)]


def levels_of(matches: Matches) -> list[int]:
    """Return the loop of each level of what a gather reads, outermost first."""
    value = matches.op.operation.operands[matches.value]
    rows = matches.rows(matches.value)
    return [rows[dimension] for dimension in order_of(value) if rows[dimension] >= 0]


def order_of(value: ir.Value) -> list[int]:
    """Return the dimension of each level of a tensor as it is stored: in order if nothing says."""
    kind: Any = value.type
    if is_encoded(kind) and format_problem(kind) is None:
        return list(format_of(kind).order)
    graph = None if isinstance(value.owner, ir.Block) else value.owner.operation
    if graph is not None and graph.name == "sam.graph":
        return list(graph.opview.written_order)
    return list(range(len(kind.shape)))


def _batch(matches: Matches) -> list[int]:
    """Return the loops of a scatter's result along which index tensors run."""
    indexed = {loop for each in matches.matched for loop in matches.rows(each.index)}
    return [loop for loop in matches.written if loop in indexed]


def _matched(op: Structured, condition: ir.Value) -> Matched | None:
    """Return what a condition compares, None if it is not a value with a position."""
    either = made_by(condition, "arith.ori")
    first, *others = [condition] if either is None else either.operands
    compared = _compared(op, first)
    if compared is None:
        return None
    index, place = compared
    loop = op.maps[place][0].dimension
    if loop is None or counts(op.operation.operands[place]) is None:
        return None
    extent = op.extents[loop]
    if any(_compared(op, other, extent) != compared for other in others):
        return None
    return Matched(loop, index, extent, bool(others))


def _compared(op: Structured, condition: ir.Value, less: int = 0) -> tuple[int, int] | None:
    """Return the numbers of a value and of the position, less some, that it is to equal."""
    comparison = made_by(condition, "arith.cmpi")
    if comparison is None or ir.IntegerAttr(comparison.attributes["predicate"]).value:
        return None
    value, position = comparison.operands
    if less:
        from_it = made_by(position, "arith.subi")
        if from_it is None or constant_of(from_it.operands[1]) != less:
            return None
        position = from_it.operands[0]
    index, place = op.operand(value), op.operand(position)
    if index is None or place is None or max(index, place) >= op.initial(0):
        return None
    return (index, place) if len(op.maps[place]) == 1 else None


def _conditions(value: ir.Value) -> list[ir.Value]:
    """Return what has to hold, all of it."""
    both = made_by(value, "arith.andi")
    return [value] if both is None else [x for each in both.operands for x in _conditions(each)]
