"""Tensors that a graph needs besides those of the program."""

from __future__ import annotations

from collections.abc import Callable

from rdu.mlir_ext import arith, ir, tensor
from rdu.mlir_ext.elements import number_of


class Outside:
    """Makes them, each once, in front of a graph.

    Attributes:
        before: where they are made.
    """

    def __init__(self, element: ir.Type) -> None:
        self._element = element
        self._made: dict[tuple[str, float], ir.Value] = {}
        self.before = ir.InsertionPoint.current

    def tensor(self, value: ir.Value) -> ir.Value:
        """Return a tensor for a value, which may be a scalar."""
        if isinstance(value.type, ir.RankedTensorType):
            return value
        return tensor.FromElementsOp(ir.RankedTensorType.get([], value.type), [value]).result

    def empty(self, extent: int) -> ir.Value:
        """Return a vector of which nobody reads a value."""
        return self._once("empty", extent, lambda: tensor.EmptyOp([extent], self._element).result)

    def number(self, number: float, element: str | None) -> ir.Value:
        """Return a tensor without dimensions that holds a number, of the graph's type if None."""
        of = self._element if element is None else ir.Type.parse(element)

        def make() -> ir.Value:
            kind = ir.RankedTensorType.get([], of)
            splat = ir.DenseElementsAttr.get_splat(kind, number_of(of, number))
            return arith.ConstantOp(kind, splat).result

        return self._once(f"number of {of}", number, make)

    def _once(self, what: str, number: float, make: Callable[[], ir.Value]) -> ir.Value:
        if (what, number) not in self._made:
            with self.before:
                self._made[what, number] = make()
        return self._made[what, number]
