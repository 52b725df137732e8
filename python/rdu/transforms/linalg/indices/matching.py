"""Ops of linalg whose points take part where values of index tensors are positions of loops.

`out[p] = f(out[p], x[q])` for the points at which `index[r] == c` for some loops c: a gather if c
is reduced, a scatter if it is a dimension of the result. Where negative values count from the end,
c less the extent will do as well. As linalg has it every c is compared; it is for `linalg-to-sam`
to go where the value says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import arith, ir, linalg
from rdu.mlir_ext.elements import number_of
from rdu.mlir_ext.linear import Linear, affine_map

Row = int | None
"""The loop that runs along a dimension; None where the index is 0."""

Combine = Callable[[ir.Value, ir.Value], ir.Value]
"""Writes what becomes of a value and of what is there."""


@dataclass(frozen=True, slots=True)
class Match:
    """A loop, and the tensor whose values are its positions.

    Attributes:
        loop: the loop.
        index: a tensor of i32, or of i64.
        rows: where the tensor is accessed.
        wraps: whether -1 is the last position, and so on.
    """

    loop: int
    index: ir.Value
    rows: tuple[Row, ...]
    wraps: bool = False


def write_matching(
    extents: Sequence[int],
    matches: Sequence[Match],
    value: tuple[ir.Value, Sequence[Row]],
    initial: tuple[ir.Value, Sequence[Row]],
    combine: Combine,
) -> ir.Value:
    """Write such an op at the current insertion point; returns its result.

    Args:
        extents: the loops.
        matches: the loops whose positions are values; a point takes part if it meets all of them,
            every point if there are none.
        value: what is read at each point, and where.
        initial: what the result starts from, and where it is written.
        combine: what becomes of the value and what is there.
    """
    numbers = [match.index.type.element_type for match in matches]
    loops = zip(matches, numbers, strict=True)
    places = [positions(extents[match.loop], number) for match, number in loops]
    indices = [match.index for match in matches]
    rows = [match.rows for match in matches] + [(match.loop,) for match in matches]
    rows += [tuple(value[1]), tuple(initial[1])]
    maps = [affine_map([_row(loop, len(extents)) for loop in each], len(extents)) for each in rows]
    kept = set(initial[1])
    kinds = ["parallel" if loop in kept else "reduction" for loop in range(len(extents))]
    made = linalg.GenericOp(
        [initial[0].type],
        [*indices, *places, value[0]],
        [initial[0]],
        ir.ArrayAttr.get([ir.AffineMapAttr.get(each) for each in maps]),
        ir.ArrayAttr.get([ir.Attribute.parse(f"#linalg.iterator_type<{kind}>") for kind in kinds]),
    )
    count, at = len(matches), made.operation.location
    types = [*numbers, *numbers, value[0].type.element_type, initial[0].type.element_type]
    block = made.regions[0].blocks.append(*types, arg_locs=[at] * len(types))
    with ir.InsertionPoint(block):
        here: ir.Value | None = None
        for number, match in enumerate(matches):
            read, place = block.arguments[number], block.arguments[count + number]
            met = arith.cmpi(arith.CmpIPredicate.eq, read, place)
            if match.wraps:
                met = arith.ori(met, _from_the_end(read, place, extents[match.loop]))
            here = met if here is None else arith.andi(here, met)
        x, old = block.arguments[2 * count], block.arguments[2 * count + 1]
        taken = combine(x, old)
        linalg.YieldOp([taken if here is None else arith.select(here, taken, old)])
    return made.operation.results[0]


def filled(kind: ir.Type, number: float) -> ir.Value:
    """Write a tensor that holds a number everywhere."""
    element = kind.element_type
    held = arith.ConstantOp(element, number_of(element, number)).result
    empty = ir.Operation.create("tensor.empty", results=[kind]).results[0]
    return linalg.fill(held, outs=[empty])


def positions(extent: int, element: ir.Type | None = None) -> ir.Value:
    """Write the positions of a loop: 0, 1, 2 and so on, of i32 or another type of integers."""
    kind = element or ir.IntegerType.get_signless(32)
    numbers = np.arange(extent, dtype=np.int64 if str(kind) == "i64" else np.int32)
    held = ir.DenseElementsAttr.get(numbers, type=kind, shape=[extent])
    return arith.ConstantOp(held.type, held).result


def elementwise(
    kind: Any, operands: Sequence[ir.Value], compute: Callable[..., ir.Value]
) -> ir.Value:
    """Write an op that computes each element of a tensor from those of tensors of its shape."""
    started = ir.Operation.create("tensor.empty", results=[kind]).results[0]
    identity = ir.AffineMapAttr.get(ir.AffineMap.get_identity(kind.rank))
    parallel = ir.Attribute.parse("#linalg.iterator_type<parallel>")
    made = linalg.GenericOp(
        [kind],
        list(operands),
        [started],
        ir.ArrayAttr.get([identity] * (len(operands) + 1)),
        ir.ArrayAttr.get([parallel] * kind.rank),
    )
    types = [value.type.element_type for value in (*operands, started)]
    block = made.regions[0].blocks.append(*types, arg_locs=[made.operation.location] * len(types))
    with ir.InsertionPoint(block):
        linalg.YieldOp([compute(*list(block.arguments)[:-1])])
    return made.operation.results[0]


def _from_the_end(read: ir.Value, place: ir.Value, extent: int) -> ir.Value:
    """Compare a value with the position less the extent."""
    end = arith.ConstantOp(place.type, ir.IntegerAttr.get(place.type, extent)).result
    return arith.cmpi(arith.CmpIPredicate.eq, read, arith.subi(place, end))


def _row(loop: Row, count: int) -> Linear:
    return Linear(tuple(int(d == loop) for d in range(count)))
