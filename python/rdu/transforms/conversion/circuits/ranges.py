"""How large ranges of a result have to be so that scratchpads hold what is merged of one."""

from __future__ import annotations

from typing import Any

from rdu.analysis.sparse.ranges import Problem, origins_of
from rdu.dialects import sam
from rdu.dialects.sam.primitive import lanes_of
from rdu.targets import Machine
from rdu.transforms.conversion.circuits.bounds import Bound, bounds_of
from rdu.transforms.conversion.circuits.operands import table_of
from rdu.transforms.conversion.circuits.stored import WORD_BYTES
from rdu.transforms.conversion.circuits.totals import OVERLAP, most


def fitting(function: Any, machine: Machine) -> int | None:
    """Return the most coordinates of level 0 that all accumulations of a function hold at a time.

    There is room for two ranges, of which one is merged while the other leaves, or for a range of
    one coordinate. None if all that may come fits, or no range is small enough; `sam-tile` may
    still leave a graph as it is.

    Args:
        function: a `func.func` of graphs whose binds say how much is stored.
        machine: says how many bytes a scratchpad has.
    """
    table = table_of(function, ())
    words = machine.pmu.bytes // WORD_BYTES
    extents: list[int] = []
    for graph in function.regions[0].blocks[0].operations:
        found = origins_of(graph) if _has_levels(graph) else None
        if found is None or isinstance(found, Problem):
            continue
        operations = graph.body.blocks[0].operations
        bounds = bounds_of(operations, table.bound.__getitem__)
        for op in found.merges:
            crds = [bounds[crd] for crd in (op.crd_a, op.crd_b, op.crd_c) if crd is not None]
            lanes = lanes_of(op.values)
            if most(crds, 0, lanes) > words:
                extents.append(_largest(words, _tree(crds, lanes)))
    return min(extents, default=0) or None


def _has_levels(op: Any) -> bool:
    return isinstance(op, sam.GraphOp) and op.output.type.rank > 0


def _largest(words: int, tree: int) -> int:
    return words // (OVERLAP * tree) or min(1, words // tree)


def _tree(crds: list[Bound], lanes: int) -> int:
    """Return the most words under one coordinate of the first level, itself included."""
    words = nodes = 1
    for crd in crds[1:]:
        nodes *= crd.extent
        words += nodes
    return words + nodes * (lanes - 1)
