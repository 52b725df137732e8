"""What `rdu-sparse` is given: a program in one of several languages, and tensors in files."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rdu.support.diagnostics import RduError, UsageError
from rdu.support.text_files import read_bytes, read_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rdu.frontends.sparse.elements import Element
    from rdu.semantics.fibertree import Format


class Program(NamedTuple):
    """A program as a module, of linalg or of graphs, and what its results have to equal."""

    module: Any
    level: Literal["linalg", "sam"]
    meaning: Any = None
    """A module that computes the same in as many bits as the text says; None if `module` does."""


def read_program(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    """Return the program of a command line, and its operands by name, as trees or arrays.

    Raises UsageError for options that do not suit the language and files that cannot be read, and
    RduError with all that is wrong in a file.
    """
    twice = [name for name, count in Counter(_names(given)).items() if count > 1]
    if twice:
        raise UsageError(f"operand '{twice[0]}' is given twice: expected it once")
    read = _READERS.get(Path(given.program).suffix, _notation)
    if read is not _notation:
        _refuse_formats(given)
    if read in (_dot, _tortilla):
        _refuse(given, "order", "fusion")
    if read is not _mlir and given.function is not None:
        raise UsageError("'--function' is for modules: expected a .mlir file")
    return read(given)


def _names(given: argparse.Namespace) -> list[str]:
    return [name for name, _ in (*given.tensor, *given.random)]


def _refuse_formats(given: argparse.Namespace) -> None:
    """Refuse formats that nothing heeds: graphs and modules say how they store tensors.

    A folder of SAM's tools is the exception: a format says what its files mean.
    """
    folders = [name for name, path in given.tensor if Path(path).is_dir()]
    for name, _ in given.format:
        if name not in folders:
            message = f"'--format {name}' is for statements, and tensors in folders"
            raise UsageError(f"{message}: '{given.program}' says how '{name}' is stored")


def _refuse(given: argparse.Namespace, *options: str) -> None:
    """Raise UsageError for an option that says how statements become the graph that is given."""
    unfit = [f"--{name}" for name in options if getattr(given, name) is not None]
    if unfit:
        raise UsageError(f"'{unfit[0]}' is for statements: '{given.program}' is a graph already")


def _notation(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    from rdu.frontends.sparse.notation import to_linalg

    text, file = (given.program, "expression") if "=" in given.program else read_text(given.program)
    operands = _operands(given, {})
    formats = {name: form for name, form in _formats(given).items() if name not in operands}
    module = to_linalg(
        text, operands, formats=formats, order=given.order, dtype=given.dtype, file=file
    )
    return Program(module, "linalg"), operands


def _dot(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    from rdu.frontends.sparse.graphs import dot_formats, read_dot

    text, file = read_text(given.program)
    operands = _operands(given, dot_formats(text, file))
    module = read_dot(text, file, shapes=_shapes(operands), element=given.dtype)
    return Program(module, "sam"), operands


def _tortilla(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    from rdu.frontends.sparse.graphs import read_tortilla

    data, file = read_bytes(given.program)
    operands = _operands(given, {})
    module = read_tortilla(data, file, shapes=_shapes(operands), element=given.dtype)
    return Program(module, "sam"), operands


def _mlir(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    from rdu.tools.sparse_modules import (
        element_types,
        has_graphs,
        lift_weights,
        read_module,
        rounded,
        specialize,
    )

    text, file = read_text(given.program)
    module = read_module(text, file, given.function)
    if given.order is not None:
        hint = "the attribute 'sam.order' at an op, as in sam.order = [0, 2, 1]"
        raise UsageError(f"'--order' is for statements: '{file}' has ops of its own", hint=hint)
    if has_graphs(module):
        _refuse(given, "fusion")
        return Program(module, "sam"), rounded(module, _operands(given, {}, element_types(module)))
    lift_weights(module)
    operands = rounded(module, _operands(given, {}, element_types(module)))
    meaning = specialize(module, operands)
    return Program(module, "linalg", meaning), operands


_READERS: Mapping[str, Callable[[argparse.Namespace], tuple[Program, dict[str, Any]]]] = {
    ".gv": _dot,
    ".dot": _dot,
    ".bin": _tortilla,
    ".pb": _tortilla,
    ".mlir": _mlir,
}
"""What reads a program, by the suffix of its file; all else is notation."""


def _shapes(operands: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(operand.shape) for name, operand in operands.items()}


def _operands(
    given: argparse.Namespace,
    declared: Mapping[str, Format],
    elements: Mapping[str, Element] | None = None,
) -> dict[str, Any]:
    """Return the tensors of the command line by name, in the formats given or else declared.

    Args:
        given: the command line.
        declared: formats that a program declares.
        elements: the element types that it declares, by name.
    """
    import numpy as np

    from rdu.frontends.sparse.points import store_points
    from rdu.semantics.fibertree import Coordinates, Format

    forms = {**declared, **_formats(given)}
    declared_elements = elements or {}
    operands: dict[str, Any] = {}
    for name, path in given.tensor:
        with _naming(name):
            element = given.dtype or declared_elements.get(name)
            operands[name] = _read_tensor(name, Path(path), forms.get(name), element)
    random = np.random.default_rng(given.seed)
    for name, (shape, density) in given.random:
        element = given.dtype or declared_elements.get(name)
        array = _random_array(random, shape, 1.0 if density is None else density, element)
        form = forms.get(name)
        if form is None and density is not None:
            form = Format.of(["compressed"] * len(shape))
        with _naming(name):
            points = Coordinates.from_dense(array)
            operands[name] = array if form is None else store_points(points, form)
    return operands


def _formats(given: argparse.Namespace) -> dict[str, Format]:
    """Return the formats of the command line by name; UsageError for one that is none."""
    from rdu.frontends.sparse.notation.formats import read_format

    forms: dict[str, Format] = {}
    for name, text in given.format:
        if name in forms:
            raise UsageError(f"format of '{name}' is given twice: expected it once")
        try:
            forms[name] = read_format(text)
        except ValueError as wrong:
            raise UsageError(f"format '{text}' of '{name}': {wrong}") from None
    return forms


@contextmanager
def _naming(operand: str) -> Generator[None]:
    """Name the operand in what is said of none and of no place."""
    try:
        yield
    except UsageError:
        raise
    except RduError as wrong:
        named = [
            each if each.location else replace(each, message=f"operand '{operand}': {each.message}")
            for each in wrong.diagnostics
        ]
        raise RduError(named, wrong.exit_code) from None


def _read_tensor(name: str, path: Path, form: Format | None, element: Any) -> Any:
    """Read a tensor from a file or a folder: a tree, or an array where no format is given."""
    from rdu.frontends.sparse import load_tensor, numpy_files, read_folder

    if path.is_dir():
        if form is None:
            hint = f"--format {name}=csr, or another"
            raise UsageError(f"folder '{path}' does not say how '{name}' is stored", hint=hint)
        return read_folder(path, name, form, element=element or "f32")
    if path.suffix in numpy_files.SUFFIXES:
        return numpy_files.load_numpy(path, form, element=element)
    return load_tensor(path, form, element=element)


def _random_array(
    random: np.random.Generator, shape: tuple[int, ...], density: float, dtype: str | None
) -> NDArray[Any]:
    """Return whole numbers from 1 to 5 at random places, zeros elsewhere."""
    from rdu.semantics.dtypes import NUMPY

    kept = random.random(shape) < density
    made = kept * random.integers(1, 6, size=shape)
    return made.astype(NUMPY["i32" if dtype == "i32" else "f32"])
