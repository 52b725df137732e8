"""Storing points that come from elsewhere, and saying why they cannot be stored."""

from __future__ import annotations

from rdu.semantics.fibertree import Coordinates, Fibertree, Format, Zeros, build
from rdu.support.diagnostics import RduError, SourceLocation, error


def store_points(
    points: Coordinates, form: Format | None = None, *, zeros: Zeros = "keep"
) -> Fibertree:
    """Store points in a format, or with all levels compressed; RduError if that is not possible."""
    form = form or Format.of(["compressed"] * len(points.shape))
    try:
        return build(points.without_zeros() if zeros == "drop" else points, form)
    except ValueError as problem:
        raise refuse(problem) from None


def refuse(problem: ValueError, location: SourceLocation | None = None) -> RduError:
    """Return the diagnosis of a tensor that cannot be stored as asked."""
    return RduError(error(str(problem), location))
