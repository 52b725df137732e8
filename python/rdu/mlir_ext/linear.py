"""Affine maps as plain integers: one constant and one coefficient a dimension for each result."""

from collections.abc import Sequence
from dataclasses import dataclass

from rdu.mlir_ext import ir


@dataclass(frozen=True, slots=True)
class Linear:
    """The expression `constant + sum(coefficients[d] * dim[d])`."""

    coefficients: tuple[int, ...]
    constant: int = 0

    def range(self, lows: Sequence[int], highs: Sequence[int]) -> tuple[int, int]:
        """Return the least and greatest value over a box with inclusive bounds."""
        low = high = self.constant
        for coefficient, least, greatest in zip(self.coefficients, lows, highs, strict=True):
            ends = coefficient * least, coefficient * greatest
            low, high = low + min(ends), high + max(ends)
        return low, high

    @property
    def dimension(self) -> int | None:
        """The dimension that this expression is, if it is just one dimension, else None."""
        if self.constant or sorted(self.coefficients)[:-1].count(0) != len(self.coefficients) - 1:
            return None
        return self.coefficients.index(1) if 1 in self.coefficients else None


def linear_map(affine_map: ir.AffineMap) -> tuple[Linear, ...] | None:
    """Return the results of a map without symbols, None if one of them is not linear."""
    dims = affine_map.n_dims
    rows = [_linear(expression, dims) for expression in affine_map.results]
    if affine_map.n_symbols or any(row is None for row in rows):
        return None
    return tuple(row for row in rows if row is not None)


def verified_rows(affine_map: ir.AffineMap) -> tuple[Linear, ...]:
    """Return the results of a map that a verifier has found linear; ValueError if one is not."""
    rows = linear_map(affine_map)
    if rows is None:
        raise ValueError(f"map {affine_map} is not linear")
    return rows


def affine_map(rows: Sequence[Linear], dims: int) -> ir.AffineMap:
    """Build an affine map; needs a current context."""
    expressions: list[ir.AffineExpr] = []
    for row in rows:
        terms = [
            ir.AffineDimExpr.get(d) if c == 1 else ir.AffineDimExpr.get(d) * c
            for d, c in enumerate(row.coefficients)
            if c
        ]
        if row.constant or not terms:
            terms.append(ir.AffineConstantExpr.get(row.constant))
        expression = terms[0]
        for term in terms[1:]:
            expression = expression + term
        expressions.append(expression)
    return ir.AffineMap.get(dims, 0, expressions)


def identity_rows(dims: int) -> tuple[Linear, ...]:
    """Return the rows of the identity over `dims` dimensions."""
    return tuple(Linear(tuple(int(d == row) for d in range(dims))) for row in range(dims))


def compose(outer: Sequence[Linear], inner: Sequence[Linear], dims: int) -> tuple[Linear, ...]:
    """Return `outer` with each dimension d replaced by `inner[d]`, over `dims` dimensions."""
    return tuple(_substitute(row, inner, dims) for row in outer)


def _substitute(row: Linear, inner: Sequence[Linear], dims: int) -> Linear:
    coefficients, constant = [0] * dims, row.constant
    for scale, term in zip(row.coefficients, inner, strict=True):
        constant += scale * term.constant
        for dimension, coefficient in enumerate(term.coefficients):
            coefficients[dimension] += scale * coefficient
    return Linear(tuple(coefficients), constant)


def _linear(expression: ir.AffineExpr, dims: int) -> Linear | None:
    zero = (0,) * dims
    if isinstance(expression, ir.AffineConstantExpr):
        return Linear(zero, expression.value)
    if isinstance(expression, ir.AffineDimExpr):
        unit = tuple(int(d == expression.position) for d in range(dims))
        return Linear(unit)
    if not isinstance(expression, ir.AffineAddExpr | ir.AffineMulExpr):
        return None
    left, right = _linear(expression.lhs, dims), _linear(expression.rhs, dims)
    if left is None or right is None:
        return None
    if isinstance(expression, ir.AffineAddExpr):
        pairs = zip(left.coefficients, right.coefficients, strict=True)
        return Linear(tuple(a + b for a, b in pairs), left.constant + right.constant)
    if any(right.coefficients):
        left, right = right, left
    if any(right.coefficients):
        return None
    scale = right.constant
    return Linear(tuple(c * scale for c in left.coefficients), left.constant * scale)
