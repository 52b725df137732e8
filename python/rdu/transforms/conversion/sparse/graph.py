"""Writing the graph of a nest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rdu.analysis.sparse.nest import Nest
from rdu.analysis.sparse.written import may_be_empty, output_order
from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse.loops import LoopWriter
from rdu.transforms.conversion.sparse.outside import Outside
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream, begin_graph
from rdu.transforms.conversion.sparse.values import ValueWriter, Written


class GraphWriter:
    """Writes graphs at the current insertion point.

    Args:
        values: the tensor of each number.
    """

    def __init__(self, values: Mapping[int, ir.Value]) -> None:
        self._values = values

    def write(self, nest: Nest, kind: Any) -> tuple[ir.Value, int]:
        """Write the graph of a nest whose result has a type; returns it, and its primitives."""
        order = output_order(nest)
        outside = Outside(kind.element_type)
        bound = {number: outside.tensor(value) for number, value in self._read_by(nest).items()}
        graph, write = begin_graph(kind, order)
        outside.before = ir.InsertionPoint(graph)
        tensors = {
            access: write.bind(
                bound[access.tensor],
                [str(level.format) for level in levels],
                [level.dimension for level in levels],
            )
            for access, levels in nest.levels.items()
        }
        loops = LoopWriter(
            nest, write, tensors, lambda extent: write.bind(outside.empty(extent), ["dense"], [0])
        )
        values = ValueWriter(
            nest,
            loops,
            write,
            tensors,
            lambda number, element: write.bind(outside.number(number, element), [], []),
        )
        finish(nest, values.result(), write, may_lack=loops.may_lack)
        return graph.output, write.written

    def _read_by(self, nest: Nest) -> dict[int, ir.Value]:
        return {access.tensor: self._values[access.tensor] for access in nest.levels}


def finish(nest: Nest, written: Written, write: Primitives, *, may_lack: bool) -> None:
    """Write the result: blocks put together, no empty fibers, or zeros, where its format has none.

    Where fibers may be absent, what was computed of nothing is made absent before it is dropped.
    """
    own = set(nest.statement.output_variables)
    names = [name for name in nest.order if name in own]
    streams = [*(written.crds[name] for name in names), written.values]
    drops = _drops(nest, names)
    if may_lack and (any(drops) or nest.statement.stores_no_zeros):
        streams[-1] = write.at_present(*streams[-2:])
    if nest.statement.stores_no_zeros:
        streams[-2:] = write.val_drop(*streams[-2:])
    streams = _dropped(drops, streams, write)
    crds, values = streams[:-1], streams[-1]
    for parts in nest.statement.output:
        for _ in parts[1:]:  # innermost, as the rules of the order have it
            inner = crds.pop()
            factor = nest.statement.extents[names.pop()]
            crds.append(write.flatten(crds.pop(), inner, factor))
            values = write.stop_drop(values)
    write.finish(crds, values)


def _drops(nest: Nest, names: Sequence[str]) -> list[bool]:
    """Tell of which levels written coordinates have to go that have nothing under them.

    Those of a compressed level, and of all levels below: else what is under the same coordinate
    would be something in the stream of one level, and nothing in that of the next.
    """
    form = nest.statement.form
    if form is None or any(len(parts) > 1 for parts in nest.statement.output):
        return [False] * len(names)
    kinds = [level.kind for level in form.levels]
    inner = [*names[1:], None]
    drops: list[bool] = []
    for kind, name, below in zip(kinds, names, inner, strict=True):
        wanted = kind == "compressed" or any(drops)
        empty = nest.statement.stores_no_zeros or (below and may_be_empty(nest, name, below))
        drops.append(wanted and below is not None and bool(empty))
    return drops


def _dropped(drops: Sequence[bool], streams: Sequence[Stream], write: Primitives) -> list[Stream]:
    """Drop outer coordinates under which nothing is, from the innermost level out."""
    kept = list(streams)
    for level in reversed(range(len(drops))):
        outer = kept[level]
        for inner in range(level + 1, len(kept) if drops[level] else 0):
            kept[level], kept[inner] = write.crd_drop(outer, kept[inner])
    return kept
