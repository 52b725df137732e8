"""The pass `sam-trees`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from rdu.dialects import sam
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, option, register
from rdu.targets import Machine, load_machine

T = TypeVar("T")


class Ports(NamedTuple):
    """How many streams a unit takes, and sends."""

    inputs: int
    outputs: int


@register
class Trees(Pass):
    """Build primitives of more streams than a unit has ports for as trees of the same primitives.

    Accepts any module. `sam.intersect` and `sam.union` of many sides become such of few: groups
    are merged first, then the groups with each other, once for every payload of the largest;
    `sam.concat` puts groups together first. `sam.fork` deals to as many branches as there are
    ports, each of which is dealt on, and `sam.join` is its mirror; the number of their branches has
    to be a product of such numbers. The streams that leave are what they were, to the token. What
    has no tree stays, with a remark.

    A machine without a grid has units of any number of ports, and nothing to be done for it.
    """

    name = "sam-trees"
    level_in = "sam"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "stays": "stays as it is: no tree of units that have ports for {most} has {have} streams",
    }
    statistics = {"trees": "primitives that became trees"}  # noqa: RUF012

    @dataclass(frozen=True)
    class Options:
        """For which units."""

        machine: str = option("capstan", help="machine whose ports count: name or .toml file")

    def run(self, module: Any, options: Options) -> None:
        """Rebuild what has too many streams."""
        ports = ports_of(load_machine(options.machine))
        if ports is None:
            return
        for op in ops_of(module, *RULES):
            rule = RULES[type(op)]
            most = rule.most(ports)
            if rule.number(op) <= most:
                continue
            with ir.InsertionPoint(op), op.location:
                made = rule.build(op, most) if most > 1 else None
            if made is None:
                self.remark(op, "stays", have=rule.number(op), most=most)
                continue
            for old, new in zip(op.results, made, strict=True):
                old.replace_all_uses_with(new)
            op.operation.erase()
            self.count("trees")


def ports_of(machine: Machine) -> Ports | None:
    """Return how many streams a primitive on a machine takes and sends; None for any number."""
    return None if machine.grid is None else Ports(machine.pcu.scalar_in, machine.pcu.scalar_out)


class Rule(NamedTuple):
    """How an op becomes a tree.

    Attributes:
        streams: the operands or results of the op that there may be too many of.
        most: how many of them a unit has ports for.
        build: writes the tree of nodes with so many, and returns what replaces the op's results;
            None if there is none.
    """

    streams: str
    most: Callable[[Ports], int]
    build: Callable[[Any, int], list[ir.Value] | None]

    def number(self, op: Any) -> int:
        """Return how many streams an op has."""
        return len(getattr(op, self.streams))


class _Merged(NamedTuple):
    """A merge of some sides: coordinates and the payload of each side."""

    crd: ir.Value
    payloads: list[ir.Value]


def _merge(op: Any, most: int) -> list[ir.Value]:
    sides = [_Merged(crd, [payload]) for crd, payload in zip(op.crds, op.payloads, strict=True)]
    merged = _merged(op, sides, most)
    return [merged.crd, *merged.payloads]


def _merged(op: Any, sides: Sequence[_Merged], most: int) -> _Merged:
    """Merge groups of sides, then these: a node for each payload that the largest group has."""
    if len(sides) == 1:
        return sides[0]
    if len(sides) > most:
        sides = [_merged(op, group, most) for group in _groups(sides, most)]
    crds, width = [side.crd for side in sides], max(len(side.payloads) for side in sides)
    rows = [[side.payloads[min(n, len(side.payloads) - 1)] for side in sides] for n in range(width)]
    nodes = [_like(op, crds, row) for row in rows]
    payloads = [
        node.out[number]
        for number, side in enumerate(sides)
        for node in nodes[: len(side.payloads)]
    ]
    return _Merged(nodes[0].crd, payloads)


def _like(op: Any, crds: Sequence[ir.Value], payloads: Sequence[ir.Value]) -> Any:
    """Write a merge of other sides than an op's."""
    kinds = [payload.type for payload in payloads]
    node = type(op)(list(crds), list(payloads), op.crd.type, kinds)
    if "skip" in op.operation.attributes:
        node.operation.attributes["skip"] = op.operation.attributes["skip"]
    return node


def _groups(items: Sequence[T], number: int) -> list[Sequence[T]]:
    """Cut items into consecutive groups whose sizes differ by one at most."""
    cuts = [len(items) * n // number for n in range(number + 1)]
    return [items[start:end] for start, end in pairwise(cuts) if end > start]


def _concat(op: Any, most: int) -> list[ir.Value]:
    offsets = list(ir.DenseI64ArrayAttr(op.offsets))
    return list(_concatenated(list(zip(op.crds, op.payloads, offsets, strict=True)), most)[:2])


def _concatenated(
    parts: Sequence[tuple[ir.Value, ir.Value, int]], most: int
) -> tuple[ir.Value, ir.Value, int]:
    """Put parts of coordinates, payloads and offsets together; the first offset remains."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > most:
        parts = [_concatenated(group, most) for group in _groups(parts, most)]
    crds, payloads, offsets = zip(*parts, strict=True)
    first: int = offsets[0]
    kinds = crds[0].type, payloads[0].type
    node = sam.ConcatOp(list(crds), list(payloads), [o - first for o in offsets], *kinds)
    return node.crd, node.payload, first


def _fork(op: Any, most: int) -> list[ir.Value] | None:
    levels = _factors(len(op.branches), most)
    return levels and _forked(op.operand, op.chunk.value, levels)


def _forked(stream: ir.Value, chunk: int, levels: Sequence[int]) -> list[ir.Value]:
    """Deal a stream out level by level, so that neighbours are under different ports of the first.

    Whoever joins them then waits for none of these while it takes what another one has.
    """
    if not levels:
        return [stream]
    ways, *under = levels
    shares = sam.ForkOp(stream, chunk, [stream.type] * ways).branches
    dealt = [_forked(share, chunk, under) for share in shares]
    return [branch for turn in zip(*dealt, strict=True) for branch in turn]


def _join(op: Any, most: int) -> list[ir.Value] | None:
    levels = _factors(len(op.branches), most)
    return levels and [_joined(op.like, list(op.branches), op.chunk.value, levels)]


def _joined(
    like: ir.Value, branches: Sequence[ir.Value], chunk: int, levels: Sequence[int]
) -> ir.Value:
    """Bring branches together as they were dealt out."""
    ways, *under = levels
    if under:
        shares = sam.ForkOp(like, chunk, [like.type] * ways).branches
        branches = [_joined(s, branches[n::ways], chunk, under) for n, s in enumerate(shares)]
    return sam.JoinOp(like, list(branches), chunk, branches[0].type).joined


def _factors(number: int, most: int) -> list[int] | None:
    """Return numbers from 2 to `most` whose product is a number, few of them; None if none are."""
    if number == 1:
        return []
    for factor in range(min(number, most), 1, -1):
        if number % factor == 0 and (rest := _factors(number // factor, most)) is not None:
            return [factor, *rest]
    return None


def _sides(ports: Ports) -> int:
    return min(_pairs(ports), ports.outputs - 1)


def _pairs(ports: Ports) -> int:
    return ports.inputs // 2


def _dealt(ports: Ports) -> int:
    return ports.outputs


def _gathered(ports: Ports) -> int:
    return ports.inputs - 1


RULES: Mapping[type, Rule] = {
    sam.IntersectOp: Rule("crds", _sides, _merge),
    sam.UnionOp: Rule("crds", _sides, _merge),
    sam.ConcatOp: Rule("crds", _pairs, _concat),
    sam.ForkOp: Rule("branches", _dealt, _fork),
    sam.JoinOp: Rule("branches", _gathered, _join),
}
"""The ops that there are trees of."""
