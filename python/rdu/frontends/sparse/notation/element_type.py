"""Choosing the type of a program's elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from rdu.frontends.sparse.elements import Element
from rdu.frontends.sparse.notation.scalars import FUNCTIONS, read_number
from rdu.frontends.sparse.notation.shapes import ShapeLike
from rdu.frontends.sparse.notation.syntax import Call, Number, Program, walk
from rdu.semantics.dtypes import NUMPY
from rdu.support.diagnostics import Collector


def read_element(
    program: Program,
    dtype: str | None,
    shapes: Mapping[str, ShapeLike],
    problems: Collector,
) -> Element:
    """Return the element type: the given one, else that of arrays among `shapes`, else f32.

    What the program computes and the type does not have is reported.
    """
    names = dict.fromkeys((dtype,) if dtype is not None else _dtypes(shapes, problems))
    if len(names) > 1:
        message = f"arrays are of {' and '.join(names)}: expected one element type"
        problems.error(message, hint="give the element type as dtype")
    element = next(iter(names), "f32")
    if element not in get_args(Element):
        problems.error(f"element type is '{element}': expected 'f32' or 'i32'")
        return "f32"
    chosen = cast("Element", element)
    for statement in program.statements:
        for expression in walk(statement.expression):
            if isinstance(expression, Call | Number):
                _check_scalar(expression, chosen, problems)
    return chosen


def _dtypes(shapes: Mapping[str, ShapeLike], problems: Collector) -> list[str]:
    """Return the element types of the arrays among the shapes."""
    names = {str(dtype): name for name, dtype in NUMPY.items() if name in get_args(Element)}
    found: list[str] = []
    for tensor, shaped in shapes.items():
        values = getattr(shaped, "values", None)  # where a fiber tree has its type
        dtype: Any = getattr(shaped, "dtype", getattr(values, "dtype", None))
        name = str(dtype).removeprefix("torch.")
        if dtype is not None and name not in names:
            message = f"'{tensor}' is of {name}: expected {' or '.join(names)}"
            problems.error(message, hint="give the element type as dtype")
        elif dtype is not None:
            found.append(names[name])
    return found


def _check_scalar(expression: Call | Number, element: Element, problems: Collector) -> None:
    """Report a function or a literal that an element type does not have."""
    if isinstance(expression, Number):
        if read_number(expression.text, element) is None:
            message = f"'{expression.text}' is no value of {element}"
            problems.error(message, expression.place)
        return
    types = FUNCTIONS.get(expression.function)
    if types is not None and element not in types:
        message = f"'{expression.function}' is not defined for {element}: expected f32"
        problems.error(message, expression.place)
