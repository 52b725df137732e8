"""The shapes of a program's tensors: given ones, and those that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

from rdu.frontends.sparse.notation.names import accesses, counted
from rdu.frontends.sparse.notation.parts import Part
from rdu.frontends.sparse.notation.syntax import Access, Program, Statement
from rdu.support.diagnostics import Collector, Note, suggest

Shape = tuple[int, ...]


class Shaped(Protocol):
    """Anything with a shape: an array of NumPy, SciPy or PyTorch, a fiber tree."""

    @property
    def shape(self) -> Any:
        """The extents."""
        ...


ShapeLike: TypeAlias = Sequence[int] | Shaped
"""Extents, or what has them."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """A variable's extent and the dimension that says so."""

    size: int
    access: Access


def infer_shapes(
    program: Program,
    parts: Iterable[Part],
    given: Mapping[str, ShapeLike],
    problems: Collector,
) -> dict[str, Shape]:
    """Return the shape of every tensor, intermediates included.

    Args:
        program: what the tensors are read and written in.
        parts: its parts.
        given: the shapes of inputs (a scalar needs none); those of results are checked, and say
            how large a dimension is that nothing on the right has.
        problems: gets every shape that is missing, unused or malformed, and every disagreement.
    """
    _check_names(program, given, problems)
    shapes: dict[str, Shape] = {}
    for access in program.inputs:
        shape = _given_shape(access, given, problems)
        if shape is not None:
            shapes[access.tensor] = shape
    by_statement: list[dict[str, _Extent]] = []
    for statement in program.statements:
        extents = _extents(statement, shapes, given, problems)
        by_statement.append(extents)
        found = [extents.get(index) for index in statement.result.indices]
        if all(found):
            shapes[statement.result.tensor] = tuple(each.size for each in found if each)
    for part in parts:
        sizes = [by_statement[part.statement].get(index) for index in part.result.indices]
        if all(sizes):
            shapes.setdefault(part.result.tensor, tuple(each.size for each in sizes if each))
    return shapes


def _check_names(program: Program, given: Mapping[str, ShapeLike], problems: Collector) -> None:
    names = [access.tensor for access in program.inputs]
    names += [statement.result.tensor for statement in program.statements]
    for name in given:
        if name not in names:
            message = f"shape of '{name}' is given, but the program has no such tensor"
            problems.error(message, hint=suggest(name, names))


def _given_shape(
    access: Access, given: Mapping[str, ShapeLike], problems: Collector
) -> Shape | None:
    """Return the shape given for a tensor; what is wrong with it is reported."""
    name, rank = access.tensor, len(access.indices)
    if name not in given:
        if rank:
            need = counted(access, "extent", "extents")
            message = f"shape of '{name}' is unknown: expected {need} to be given"
            problems.error(message, access.place, hint=suggest(name, given))
        return None if rank else ()
    listed: Any = getattr(given[name], "shape", given[name])
    if not _is_shape(listed):
        message = f"shape of '{name}' is {_shown(listed)}: expected positive integers"
        problems.error(message, access.place)
        return None
    if len(listed) != rank:
        need = counted(access, "extent", "extents")
        message = f"shape of '{name}' is {_shown(listed)}: expected {need}, as '{access}' has"
        problems.error(message, access.place)
        return None
    return tuple(int(extent) for extent in listed)


def _extents(
    statement: Statement,
    shapes: Mapping[str, Shape],
    given: Mapping[str, ShapeLike],
    problems: Collector,
) -> dict[str, _Extent]:
    """Return the extents of a statement's variables; disagreements are reported."""
    extents: dict[str, _Extent] = {}
    unknown: set[str] = set()
    for access in accesses(statement):
        shape = shapes.get(access.tensor)
        if shape is not None and len(shape) == len(access.indices):
            _add(extents, access, shape, problems)
        else:
            unknown.update(access.indices)
    result = statement.result
    if result.tensor in given:
        shape = _given_shape(result, given, problems)
        if shape is None:
            return extents
        _add(extents, result, shape, problems)
    for index in dict.fromkeys(result.indices):
        if index not in extents and index not in unknown:
            message = f"extent of '{index}' is unknown: nothing on the right has it"
            hint = f"give the shape of '{result.tensor}'"
            problems.error(message, result.place, hint=hint)
    return extents


def _add(extents: dict[str, _Extent], access: Access, shape: Shape, problems: Collector) -> None:
    """Add what a tensor's shape says of the variables that access it."""
    for dimension, (index, size) in enumerate(zip(access.indices, shape, strict=True)):
        known = extents.setdefault(index, _Extent(size, access))
        if known.size != size:
            what = f"extent of '{index}' is {size} in dimension {dimension} of '{access}'"
            message = f"{what}: expected {known.size}, as in '{known.access}'"
            notes = [Note("which is here", known.access.place)]
            problems.error(message, access.place, notes=notes)


def _is_shape(value: Any) -> bool:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    try:
        return all(int(extent) == extent and extent > 0 for extent in cast("Sequence[Any]", value))
    except (TypeError, ValueError):
        return False


def _shown(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return str(value)
    return f"[{', '.join(str(extent) for extent in cast('Sequence[Any]', value))}]"
