"""How a graph's tensors are stored: what a file declares, and what its lookups show.

SAM's files declare formats in a comment and name dimensions; the storage level of a dimension
follows from the order of levels. Where nothing is declared, the walk of references tells the level.
Neither kind of file tells shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rdu.frontends.sparse.graphs.graph import Graph, Node, Tensor
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector

Shape = Sequence[int]
"""The extent of each dimension of a tensor."""


class UnfitError(Exception):
    """A node does not fit what it is connected to, or reads; the text says why."""


class Walk(NamedTuple):
    """Where references lead: out of a level of a tensor, at a node `locate` where that is open."""

    tensor: str
    level: int
    locate: str = ""


@dataclass(slots=True)
class Storage:
    """The formats and shapes of tensors while the graph is walked.

    Attributes:
        declared: formats that the file declares, by tensor.
        shapes: shapes that are given, by tensor.
        levels: for tensors that are not declared: dimension and format of the levels met.
        names: the tensors that the graph reads, in the order of the declaration, or as met.
    """

    declared: Mapping[str, Format]
    shapes: Mapping[str, Shape]
    names: dict[str, None] = field(default_factory=dict[str, None])
    levels: dict[tuple[str, int], tuple[int, str]] = field(
        default_factory=dict[tuple[str, int], tuple[int, str]]
    )

    def level_of(self, node: Node, walk: Walk | None) -> int:
        """Return the storage level that a node reads, and leave it as the node's parameter."""
        self.names.setdefault(node.tensor)
        mode, form = node.parameters.get("mode"), str(node.parameters.get("format", ""))
        if node.tensor not in self.declared:
            level = walk.level + 1 if walk is not None else 0
            self._meet(node, level, mode, form or "dense")
        else:
            level = self._declared_level(node, mode, form)
        node.parameters["level"] = level
        return level

    def last_level_of(self, node: Node, walk: Walk | None) -> int:
        """Return the level whose references are to the values that a node reads."""
        self.names.setdefault(node.tensor)
        if node.tensor in self.declared:
            return len(self.declared[node.tensor].order) - 1
        known = [level for tensor, level in self.levels if tensor == node.tensor]
        return max(known, default=walk.level if walk else -1)

    def settle_location(self, node: Node, tensor: str) -> None:
        """Say which tensor a location reads of which the file does not: in its first level."""
        node.parameters |= {"tensor": tensor, "level": 0}
        self.levels.setdefault((tensor, 0), (-1, "dense"))

    def extent_of(self, node: Node, level: int) -> int | None:
        """Return the extent of a level that a node reads, None if no shape is known."""
        shape = self.shapes.get(node.tensor)
        if node.tensor in self.declared:
            mode = self.declared[node.tensor].order[level]
        else:
            mode = self.levels[node.tensor, level][0]
        return shape[mode] if shape is not None and mode < len(shape) else None

    def _declared_level(self, node: Node, mode: object, form: str) -> int:
        declared = self.declared[node.tensor]
        level = node.parameters.get("level")
        if mode is not None:
            if mode not in declared.order:
                known = " or ".join(map(str, sorted(declared.order))) or "none"
                raise UnfitError(
                    f"reads dimension {mode} of tensor '{node.tensor}': expected {known}"
                )
            level = declared.order.index(int(str(mode)))
        if not isinstance(level, int):
            raise UnfitError(f"reads no level of tensor '{node.tensor}': expected a mode")
        kind = declared.levels[level].kind
        if form and form != kind:
            where = f"dimension {declared.order[level]} of tensor '{node.tensor}'"
            raise UnfitError(f"reads {where} as {form}: expected {kind}, as the graph declares")
        return level

    def _meet(self, node: Node, level: int, mode: object, form: str) -> None:
        if not isinstance(mode, int) or mode < 0:
            raise UnfitError(f"reads no dimension of tensor '{node.tensor}': expected a mode")
        seen = self.levels.setdefault((node.tensor, level), (mode, form))
        if seen != (mode, form):
            have, need = (f"dimension {d}, {kind}" for d, kind in ((mode, form), seen))
            where = f"level {level} of tensor '{node.tensor}'"
            raise UnfitError(f"reads {where} as {have}: expected {need}, as elsewhere")

    def operands(self, graph: Graph, problems: Collector) -> list[Tensor]:
        """Return the tensors that the graph reads, with their shapes; report what is missing."""
        ordered = [name for name in self.declared if name in self.names]
        ordered += [name for name in self.names if name not in self.declared]
        found: list[Tensor] = []
        for name in ordered:
            form = self._format(name, graph, problems)
            if form is None:
                continue
            shape = self.shapes.get(name, () if not form.rank else None)
            if shape is None:
                hint = f"give one, such as {name}={'x'.join('4' for _ in form.order)}"
                message = f"tensor '{name}' has no shape in the file"
                problems.error(message, graph.place, hint=hint)
            elif len(shape) != form.rank:
                need = f"{form.rank} dimensions, as its format has"
                message = f"tensor '{name}' has {len(shape)} dimensions: expected {need}"
                problems.error(message, graph.place)
            else:
                levels = tuple(str(level) for level in form.levels)
                found.append(Tensor(name, levels, form.order, tuple(shape)))
        return found

    def _format(self, name: str, graph: Graph, problems: Collector) -> Format | None:
        if name in self.declared:
            return self.declared[name]
        count = sum(tensor == name for tensor, _ in self.levels)
        levels = [self.levels.get((name, level), (-1, "")) for level in range(count)]
        order = [dimension for dimension, _ in levels]
        if order.count(-1) == 1:  # a level that is only located: the dimension that is left
            order[order.index(-1)] = next(d for d in range(count) if d not in order)
        try:
            return Format.of([kind for _, kind in levels], order)
        except ValueError as problem:
            problems.error(f"tensor '{name}' cannot be so: {problem}", graph.place)
            return None
