"""Tensor files: arrays by name in `.npz` or `.safetensors`."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors import numpy as safetensors_numpy

from rdu.support.diagnostics import RduError, UsageError, error, suggest
from rdu.support.foreign_files import foreign_file

Arrays = dict[str, NDArray[Any]]

_SAFETENSORS: Any = safetensors_numpy  # its annotations are incomplete


def load_tensors(path: str | Path) -> Arrays:
    """Return the arrays of a tensor file by name.

    Raises UsageError (exit code 2) for a file that does not exist or whose suffix is unknown, and
    RduError (1) for one that is not what its suffix says.
    """
    path = Path(path)
    form = _format(path)
    with foreign_file(path, f"{path.suffix} file of tensors") as file:
        return form.load(file)


def save_tensors(path: str | Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by name; the same arrays give the same bytes.

    Raises UsageError if the suffix is unknown or the file cannot be written.
    """
    path = Path(path)
    form = _format(path)
    contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    try:
        form.save(path, contiguous)
    except OSError as failure:
        raise UsageError(f"tensor file '{path}' cannot be written: {failure.strerror}") from None


def check_suffix(path: str | Path) -> None:
    """Raise UsageError if a path is not that of a tensor file."""
    _format(Path(path))


@dataclass(frozen=True, slots=True)
class _Format:
    """How one kind of file is read and written."""

    load: Callable[[BinaryIO], Arrays]
    save: Callable[[Path, Arrays], None]


def _load_npz(file: BinaryIO) -> Arrays:
    loaded: Any = np.load(file, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        raise RduError(error("holds a single array: expected arrays by name"))
    with loaded as arrays:
        found = {name: arrays[name] for name in arrays.files}
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise RduError(error(f"'{name}' is no array"))
    return found


def _save_npz(path: Path, arrays: Arrays) -> None:
    with path.open("wb") as file:  # np.savez alone would take a name such as 'file' as its own
        _write_npz(file, arrays)


def _write_npz(file: Any, arrays: Arrays) -> None:
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _load_safetensors(file: BinaryIO) -> Arrays:
    return dict(_SAFETENSORS.load(file.read()))


def _save_safetensors(path: Path, arrays: Arrays) -> None:
    path.write_bytes(_SAFETENSORS.save(arrays))


_FORMATS = {
    ".npz": _Format(_load_npz, _save_npz),
    ".safetensors": _Format(_load_safetensors, _save_safetensors),
}


def _format(path: Path) -> _Format:
    if path.suffix not in _FORMATS:
        expected = " or ".join(f"'{suffix}'" for suffix in _FORMATS)
        message = f"tensor file '{path}' has the wrong suffix: expected {expected}"
        raise UsageError(message, hint=suggest(path.suffix, _FORMATS))
    return _FORMATS[path.suffix]
