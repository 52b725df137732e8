"""Exponentials as one chip computes them: a product, two parts of a number, and a table.

SAM's graphs for that chip have `fp_exp`, or what its mapper makes of it: x is divided by ln 2, the
fraction of the quotient is looked up in a table of powers of 2, and the integer part is added to
the exponent of what is found there. Both are exp here, as far as rounding goes: the chip's has the
precision of bf16, with seven bits of the fraction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rdu.frontends.sparse.graphs.dot.syntax import DotEdge, DotFile, DotNode
from rdu.support.diagnostics import Collector

_FRACTION_BITS = 255
"""What is kept of the fraction: an index into the table."""


def take_exponentials(read: DotFile, problems: Collector) -> None:
    """Put `exp` in place of its parts; where some are missing or differ, all stay as they are."""
    for node in list(read.nodes.values()):
        if node.attributes.get("type") != "faddiexp":
            continue
        found = _Parts(read).of(node)
        if found is None:
            continue
        quotient, parts = found
        names = ", ".join(f"'{part.name}'" for part in parts)
        message = f"nodes {names} and '{node.name}' are an exponential with a table: taken as exp"
        problems.warning(message, node.place)
        gone = {part.name for part in parts}
        read.edges = [
            edge
            for edge in read.edges
            if edge.sink not in gone - {quotient.name}
            and not (edge.sink == node.name and edge.source in gone)
        ]
        for edge in read.edges:
            edge.sink = node.name if edge.sink == quotient.name else edge.sink
        for name in gone:
            del read.nodes[name]
        node.attributes["type"] = "exp"


@dataclass(frozen=True, slots=True)
class _Parts:
    read: DotFile

    def of(self, last: DotNode) -> tuple[DotNode, list[DotNode]] | None:
        """Return the node that divides by ln 2, and all parts before the last; None if not so."""
        table, integer = (self._before(last, "val", side) for side in ("fp", "exp"))
        index = self._before(table, "ref")
        fraction = self._before(index, "val")
        first, second = self._before(integer, "val"), self._before(fraction, "val")
        copied = first is not None and first is second and _is(first, "broadcast")
        quotient = self._before(first, "val") if copied else first
        if not (
            _is(table, "arrayvals")
            and _is(integer, "fgetfint")
            and _is(index, "and")
            and _constant(index) == _FRACTION_BITS
            and _is(fraction, "fgetffrac")
            and first is second
            and _is(quotient, "fp_mul")
            and math.isclose(_constant(quotient) * math.log(2), 1, rel_tol=2**-8)
        ):
            return None
        chain = [quotient, first if copied else None, integer, fraction, index, table]
        parts = [part for part in chain if part is not None]
        inside = {part.name for part in parts} | {last.name}
        leaves = any(
            e.source in inside - {last.name} and e.sink not in inside for e in self.read.edges
        )
        return None if leaves or quotient is None else (quotient, parts)

    def _before(self, node: DotNode | None, stream: str, side: str = "") -> DotNode | None:
        """Return where the one edge of a type, and of a side if one is given, to a node begins."""
        found = [edge for edge in self.read.edges if node and _ends(edge, node, stream, side)]
        return self.read.nodes.get(found[0].source) if len(found) == 1 else None


def _ends(edge: DotEdge, node: DotNode, stream: str, side: str) -> bool:
    given = edge.attributes
    fits = edge.sink == node.name and given.get("type") == stream
    return fits and side in ("", given.get("comment", ""))


def _is(node: DotNode | None, kind: str) -> bool:
    return node is not None and node.attributes.get("type") == kind


def _constant(node: DotNode | None) -> float:
    text = node.attributes.get("rb_const", "") if node else ""
    try:
        return float(text)
    except ValueError:
        return math.nan
