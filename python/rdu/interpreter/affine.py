"""Accesses through any affine map, those of upstream included, which may divide and take rests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, linear_map
from rdu.semantics import domain as semantics
from rdu.semantics.domain import Domain
from rdu.semantics.dtypes import Array

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "AffineAddExpr": lambda a, b: a + b,
    "AffineMulExpr": lambda a, b: a * b,
    "AffineModExpr": lambda a, b: a % b,
    "AffineFloorDivExpr": lambda a, b: a // b,
    "AffineCeilDivExpr": lambda a, b: -(-a // b),
}


@dataclass(frozen=True, slots=True)
class Access:
    """An affine map from the points of a domain to elements of an array.

    Attributes:
        rows: the map's results where all are linear, else None.
        expressions: the map's results.
    """

    rows: tuple[Linear, ...] | None
    expressions: tuple[Any, ...]

    def read(self, array: Array, domain: Domain) -> Array:
        """Return the element at each point, a value over the domain."""
        if self.rows is not None:
            return semantics.read(array, self.rows, domain)
        return array[tuple(evaluate(expression, domain) for expression in self.expressions)]

    def write(self, array: Array, domain: Domain, values: Array) -> None:
        """Store a value over the domain; of points that share an element the last one wins."""
        if self.rows is not None:
            semantics.write(array, self.rows, domain, values)
            return
        indices = [evaluate(expression, domain) for expression in self.expressions]
        spread = np.broadcast_arrays(*indices, np.empty(semantics.shape(domain)))[:-1]
        array[tuple(index.ravel() for index in spread)] = np.broadcast_to(
            values, semantics.shape(domain)
        ).ravel()


def access_of(affine_map: Any) -> Access:
    """Return the access that an affine map without symbols describes."""
    return Access(linear_map(affine_map), tuple(affine_map.results))


def evaluate(expression: Any, domain: Domain) -> Array:
    """Return an affine expression's value at each point, int64."""
    if isinstance(expression, ir.AffineConstantExpr):
        return np.full((1,) * len(domain), expression.value)
    if isinstance(expression, ir.AffineDimExpr):
        return semantics.coordinates(domain, expression.position)
    combine = _BINARY[type(expression).__name__]
    return combine(evaluate(expression.lhs, domain), evaluate(expression.rhs, domain))
