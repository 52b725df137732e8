"""From tensor index notation to structured ops on tensors, sparse ones included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rdu.frontends.sparse.notation.element_type import read_element
from rdu.frontends.sparse.notation.emitter import Emitter, Plan
from rdu.frontends.sparse.notation.formats import FormatLike
from rdu.frontends.sparse.notation.names import check_names
from rdu.frontends.sparse.notation.options import (
    OrderLike,
    read_formats,
    read_orders,
    read_results,
)
from rdu.frontends.sparse.notation.parser import FILE, parse_program
from rdu.frontends.sparse.notation.parts import parts_of
from rdu.frontends.sparse.notation.shapes import ShapeLike, infer_shapes
from rdu.frontends.sparse.notation.syntax import Program
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, verify
from rdu.support.diagnostics import Collector, Diagnostic


def to_linalg(
    program: str | Program,
    shapes: Mapping[str, ShapeLike],
    *,
    formats: Mapping[str, FormatLike] | None = None,
    order: OrderLike | Mapping[str, OrderLike] | None = None,
    dtype: str | None = None,
    results: str | Sequence[str] | None = None,
    file: str = FILE,
    context: ir.Context | None = None,
) -> ir.OpView:
    """Lower a program to a module with one function, `main`, of `linalg.generic` ops on tensors.

    `main` takes the tensors that no statement computes, in the order in which they first appear,
    and gives back results. Arguments and results are named by `rdu.name`, so `rdu.interpreter.run`
    takes and gives arrays by these names. A scalar is a tensor without dimensions.

    Args:
        program: the text, or what `parse_program` makes of it.
        shapes: for each input its extents, or anything that has a `shape`: an array of NumPy, SciPy
            or PyTorch, a `Fibertree`. A scalar needs none. A result may have one as well.
        formats: how tensors are stored, results and intermediates included: `csr`, `ds:1,0`, a
            name for each level or a `Format`. A `Fibertree` among the shapes brings its own. What
            has no format is an array.
        order: the loops of the statement, outermost first: `ikj`; of several statements by the name
            of their results. Without it whoever lowers further chooses.
        dtype: the type of all elements, `f32` or `i32`. Without it that of arrays among the shapes,
            else `f32`.
        results: the results that are given back, the last one if None.
        file: what locations call a program that is given as a text.
        context: where the module is made; a new context if None.

    Returns:
        A verified `builtin.module`. Each generic op carries `sam.variables`, the names of its
        loops, and `sam.order` if an order was given, its loops outermost first. The type of a
        tensor with a format has a `#sparse_tensor.encoding`.

    Raises:
        RduError: with everything that is wrong, at its place in the text.
    """
    if isinstance(program, str):
        program = parse_program(program, file)
    given, problems = dict(formats or {}), Collector()
    check_names(program, problems)
    parts = parts_of(program)
    plan = Plan(
        inputs=tuple(access.tensor for access in program.inputs),
        places={access.tensor: access.place for access in program.inputs},
        parts=parts,
        shapes=infer_shapes(program, parts, shapes, problems),
        formats=read_formats(program, parts, shapes, given, problems),
        orders=read_orders(program, order, problems),
        results=read_results(program, results, problems),
        element=read_element(program, dtype, shapes, problems),
    )
    problems.diagnostics.sort(key=_rank)
    problems.check()
    with context or make_context():
        module = Emitter(plan).module()
    verify(module)
    return module


def _rank(diagnostic: Diagnostic) -> tuple[bool, int, int]:
    """Sort by place; what has none comes last."""
    place = diagnostic.location
    return (place is None, place.line if place else 0, place.column if place else 0)
