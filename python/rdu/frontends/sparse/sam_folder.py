"""Tensors as SAM's tools keep them: a folder of text files with one number a line.

Tensor `B` is `tensor_B_mode_shape` (an extent a line), for each compressed level of dimension `m`
`tensor_B_mode_<m>_seg` and `tensor_B_mode_<m>_crd`, and `tensor_B_mode_vals`. A dense level has no
file. The number in a name is the tensor's dimension, not the level: with the order 1 0, level 0 is
in the files of mode 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.frontends.sparse.chunks import first_refused, parse_table, read_chunks
from rdu.frontends.sparse.elements import INTEGER, Element, cast, describe_value, misfits
from rdu.frontends.sparse.entries import MOST_FAULTS, NO_NUMBERS, give_up
from rdu.frontends.sparse.points import store_points
from rdu.semantics.fibertree import (
    CompressedLevel,
    DenseLevel,
    Fibertree,
    Flaw,
    Format,
    Level,
    find_flaws,
)
from rdu.semantics.fibertree.levels import index_dtype
from rdu.support.diagnostics import Diagnostic, RduError, SourceLocation, UsageError, error

KINDS = ("dense", "compressed", "blocked")
"""The levels that a folder can hold: others have no files there."""

_SUFFIXES = {"segments": "seg", "crds": "crd"}


def read_folder(
    folder: str | Path, name: str, form: Format, *, element: Element = "f32"
) -> Fibertree:
    """Read a tensor from a folder; its formats are those it was written for, per kernel.

    Fibers that are not sorted are sorted, equal coordinates summed. Empty fibers and zeros stay.

    Raises UsageError for a file that cannot be read or a level that a folder cannot hold, and
    RduError for lines that are no numbers, and levels that do not fit each other.
    """
    folder = Path(folder)
    _check_kinds(form)
    stem = f"tensor_{name}_mode"
    shape = _read_shape(folder, stem, form)
    sides = zip(form.levels, form.order, form.extents(shape), strict=True)
    levels = [
        _read_level(folder / f"{stem}_{dimension}", level.kind, extent)
        for level, dimension, extent in sides
    ]
    values = _read_values(folder / f"{stem}_vals", element)
    tree = Fibertree(shape, form, tuple(levels), values)
    return _checked(tree, folder, stem)


def write_folder(folder: str | Path, name: str, tree: Fibertree) -> None:
    """Write a tree's levels and values as they are; the folder is made if there is none.

    Raises UsageError for a file that cannot be written or a level that a folder cannot hold.
    """
    folder = Path(folder)
    _check_kinds(tree.format)
    stem = f"tensor_{name}_mode"
    files: dict[str, NDArray[Any]] = {f"{stem}_shape": np.array(tree.shape, np.int64)}
    for level, dimension in zip(tree.levels, tree.format.order, strict=True):
        for array, numbers in level.arrays().items():
            files[f"{stem}_{dimension}_{_SUFFIXES[array]}"] = numbers
    files[f"{stem}_vals"] = tree.values
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, numbers in files.items():
            form = "%d\n" if numbers.dtype.kind == "i" else "%.9g\n"
            (folder / file).write_text("".join([form % number for number in numbers.tolist()]))
    except OSError as failure:
        raise UsageError(f"folder '{folder}' cannot be written: {failure.strerror}") from None


def _check_kinds(form: Format) -> None:
    other = [str(level) for level in form.levels if level.kind not in KINDS]
    if other:
        raise UsageError(f"a '{other[0]}' level in a folder: expected {' or '.join(KINDS)}")


def _read_level(stem: Path, kind: str, extent: int) -> Level:
    paths = {array: stem.with_name(f"{stem.name}_{end}") for array, end in _SUFFIXES.items()}
    if kind == "compressed":
        return CompressedLevel(extent, **{array: _integers(path) for array, path in paths.items()})
    if kind == "dense" and paths["segments"].exists():
        location = SourceLocation(str(paths["segments"]))
        raise RduError(error("segments of a dense level: expected a compressed one", location))
    return DenseLevel(extent)


def _read_shape(folder: Path, stem: str, form: Format) -> tuple[int, ...]:
    path = folder / f"{stem}_shape"
    if not form.rank and not path.exists():
        return ()
    if form.rank and not path.exists() and (folder / f"{stem}_0_shape").exists():
        paths = [folder / f"{stem}_{d}_shape" for d in range(form.rank)]
        shape = np.concatenate([_integers(each) for each in paths])
    else:
        shape = _integers(path)
    if len(shape) != form.rank:
        message = f"has {len(shape)} extents: expected {form.rank}, as the format has dimensions"
        raise RduError(error(message, SourceLocation(str(path))))
    if len(shape) and int(shape.min()) < 0:
        at = int(np.argmin(shape))
        message = f"extent {shape[at]}: expected one that is not negative"
        raise RduError(error(message, SourceLocation(str(path), at + 1)))
    return tuple(int(extent) for extent in shape)


def _read_values(path: Path, element: Element) -> NDArray[Any]:
    values = _numbers(path, np.dtype(np.float64), element)
    if bool(np.any(misfits(values, element) | np.isinf(values))):
        faults = _faults(path, element)
        if faults:
            raise give_up(str(path), faults, "")
    return cast(values, element)


def _integers(path: Path) -> NDArray[Any]:
    numbers = _numbers(path, np.dtype(np.int64), None)
    largest = int(np.abs(numbers).max()) if len(numbers) else 0
    return numbers.astype(index_dtype(largest), copy=False)


def _numbers(path: Path, kind: np.dtype[Any], element: Element | None) -> NDArray[Any]:
    """Read a number a line; nothing else is a line but empty ones at the end."""
    parts: list[NDArray[Any]] = [np.zeros(0, kind)]
    for chunk in read_chunks(path):
        text = chunk.text.rstrip()
        try:
            part = parse_table(text, kind) if text else parts[0]
        except (ValueError, OverflowError):
            line = first_refused(chunk, kind, None)
            raise give_up(str(path), _faults(path, element), NO_NUMBERS, line) from None
        if part.shape != (len(text.splitlines()),):
            raise give_up(str(path), _faults(path, element), "expected a number on each line")
        parts.append(part)
    return np.concatenate(parts)


def _faults(path: Path, element: Element | None) -> list[Diagnostic]:
    lines = (line for chunk in read_chunks(path) for line in chunk.lines())
    faults: Iterator[Diagnostic] = (
        error(problem, SourceLocation(str(path), number))
        for number, line in lines
        if (problem := _describe(line.decode("latin-1").strip(), element))
    )
    return list(itertools.islice(faults, MOST_FAULTS))


def _describe(word: str, element: Element | None) -> str | None:
    if element is not None:
        return describe_value(word, element)
    if not INTEGER.fullmatch(word):
        return f"'{word}' is no integer"
    return f"{word} is too large: expected 64 bits" if abs(int(word)) >= 2**63 else None


def _checked(tree: Fibertree, folder: Path, stem: str) -> Fibertree:
    flaws = find_flaws(tree)
    wrong = [flaw for flaw in flaws if not flaw.order]
    if wrong:
        raise RduError([_located(flaw, tree, folder, stem) for flaw in wrong])
    return store_points(tree.coordinates(), tree.format) if flaws else tree


def _located(flaw: Flaw, tree: Fibertree, folder: Path, stem: str) -> Diagnostic:
    if flaw.level is None:
        path = folder / f"{stem}_vals"
    else:
        path = folder / f"{stem}_{tree.format.order[flaw.level]}_{_SUFFIXES[flaw.array]}"
    return error(flaw.message, SourceLocation(str(path), flaw.index + 1))
