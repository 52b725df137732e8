"""What `rdu-sparse` is given: a program in one of several languages, and tensors in files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rdu.support.diagnostics import UsageError
from rdu.support.text_files import read_bytes, read_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rdu.semantics.fibertree import Format


class Program(NamedTuple):
    """A program as a module, of linalg or of graphs."""

    module: Any
    level: Literal["linalg", "sam"]


def read_program(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    """Return the program of a command line, and its operands by name, as trees or arrays.

    Raises UsageError for options that do not suit the language and files that cannot be read, and
    RduError with all that is wrong in a file.
    """
    read = _READERS.get(Path(given.program).suffix, _notation)
    if read in (_dot, _tortilla):
        _refuse(given, "order", "fusion")
    if read is not _mlir and given.function is not None:
        raise UsageError("'--function' is for modules: expected a .mlir file")
    return read(given)


def _refuse(given: argparse.Namespace, *options: str) -> None:
    """Raise UsageError for an option that says how statements become the graph that is given."""
    unfit = [f"--{name}" for name in options if getattr(given, name) is not None]
    if unfit:
        raise UsageError(f"'{unfit[0]}' is for statements: '{given.program}' is a graph already")


def _notation(given: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    from rdu.frontends.sparse.notation import to_linalg

    text, file = (given.program, "expression") if "=" in given.program else read_text(given.program)
    operands = _operands(given, {})
    formats = {name: form for name, form in given.format if name not in operands}
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
    from rdu.tools.sparse_modules import has_graphs, read_module, specialize

    text, file = read_text(given.program)
    module = read_module(text, file, given.function)
    if given.order is not None:
        hint = "the attribute 'sam.order' at an op, as in sam.order = [0, 2, 1]"
        raise UsageError(f"'--order' is for statements: '{file}' has ops of its own", hint=hint)
    if has_graphs(module):
        _refuse(given, "fusion")
        return Program(module, "sam"), _operands(given, {})
    operands = _operands(given, {})
    loose = [name for name, _ in given.format if name not in operands]
    if loose:
        hint = "a sparse encoding at its type in the module"
        raise UsageError(f"'--format {loose[0]}' is of no operand given", hint=hint)
    specialize(module, operands)
    return Program(module, "linalg"), operands


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


def _operands(given: argparse.Namespace, declared: Mapping[str, Format]) -> dict[str, Any]:
    """Return the tensors of the command line by name, in the formats given or else declared."""
    import numpy as np

    from rdu.frontends.sparse.notation.formats import read_format
    from rdu.semantics.fibertree import Format, store

    forms = {**declared, **{name: read_format(text) for name, text in given.format}}
    operands: dict[str, Any] = {
        name: _read_tensor(name, Path(path), forms.get(name), given.dtype)
        for name, path in given.tensor
    }
    random = np.random.default_rng(given.seed)
    for name, (shape, density) in given.random:
        array = _random_array(random, shape, 1.0 if density is None else density, given.dtype)
        levels = [] if density is None else ["compressed"] * len(shape)
        form = forms.get(name) or Format.of(levels)
        names = [str(level) for level in form.levels]
        operands[name] = store(array, names, form.order) if names else array
    return operands


def _read_tensor(name: str, path: Path, form: Format | None, element: Any) -> Any:
    """Read a tensor from a file or a folder: a tree, or an array where no format is given."""
    from rdu.frontends.sparse import load_tensor, read_folder

    if path.is_dir():
        if form is None:
            hint = f"--format {name}=csr, or another"
            raise UsageError(f"folder '{path}' does not say how '{name}' is stored", hint=hint)
        return read_folder(path, name, form, element=element or "f32")
    if path.suffix in (".npy", ".npz"):
        return _read_numpy(path, form, element)
    return load_tensor(path, form, element=element)


def _read_numpy(path: Path, form: Format | None, element: Any) -> Any:
    """Read an array of NumPy's, or what SciPy's `save_npz` wrote."""
    import numpy as np
    import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]

    from rdu.frontends.sparse import from_scipy
    from rdu.frontends.sparse.elements import cast
    from rdu.semantics.fibertree import store

    sparse: Any = scipy.sparse
    try:
        if path.suffix == ".npz":
            return from_scipy(sparse.load_npz(path), form, element=element)
        array = cast(np.load(path), element)
    except (OSError, ValueError, KeyError) as failure:
        raise UsageError(f"tensor file '{path}' cannot be read: {failure}") from None
    return array if form is None else store(array, [str(x) for x in form.levels], form.order)


def _random_array(
    random: np.random.Generator, shape: tuple[int, ...], density: float, dtype: str | None
) -> NDArray[Any]:
    """Return whole numbers from 1 to 5 at random places, zeros elsewhere."""
    from rdu.semantics.dtypes import NUMPY

    kept = random.random(shape) < density
    made = kept * random.integers(1, 6, size=shape)
    return made.astype(NUMPY["i32" if dtype == "i32" else "f32"])
