"""Tensors survive a file, the same ones give the same bytes, and bad files are named."""

import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rdu.runtime import load_tensors, save_tensors
from rdu.support.diagnostics import ExitCode, RduError, UsageError

SUFFIXES = (".npz", ".safetensors")


def some_tensors() -> dict[str, NDArray[Any]]:
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    return {"fc1.weight": matrix.T, "file": np.array([1, -2], np.int32), "mask": np.ones(3, bool)}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tensors{suffix}"
    save_tensors(path, some_tensors())
    loaded = load_tensors(path)
    assert loaded.keys() == some_tensors().keys()
    for name, array in some_tensors().items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_same_tensors_same_bytes(tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    save_tensors(first, some_tensors())
    save_tensors(second, dict(reversed(some_tensors().items())))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", [b"", b"hello, I am no tensor"])
def test_malformed_files(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(RduError, match=rf"bad{suffix}: error: not a {suffix} file of") as caught:
        load_tensors(path)
    assert caught.value.exit_code is ExitCode.ERROR


def test_pickles_are_not_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, allow_pickle=True, a=np.array([{}], object))
    with pytest.raises(RduError, match=r"not a \.npz file of tensors"):
        load_tensors(path)


def test_archives_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no array")
    with pytest.raises(RduError, match=r"other\.npz: error: 'readme.txt' is no array"):
        load_tensors(path)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3"])
def test_dtypes_that_numpy_has_not(tmp_path: Path, dtype: str) -> None:
    header = f'{{"a":{{"dtype":"{dtype}","shape":[0],"data_offsets":[0,0]}}}}'.encode()
    path = tmp_path / "narrow.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(RduError, match=r"not a \.safetensors file of tensors: ") as caught:
        load_tensors(path)
    assert caught.value.exit_code is ExitCode.ERROR


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_directories_are_no_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"folder{suffix}"
    path.mkdir()
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load_tensors(path)
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        save_tensors(path, some_tensors())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_unknown_suffixes_and_missing_files(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(RduError, match=r"expected '.npz' or '.safetensors'") as caught:
        load_tensors(tmp_path / "a.npy")
    assert caught.value.exit_code is ExitCode.USAGE
    with pytest.raises(RduError, match="cannot be read: No such file"):
        load_tensors(tmp_path / f"a{suffix}")
    with pytest.raises(RduError, match="cannot be written: No such file"):
        save_tensors(tmp_path / "nowhere" / f"a{suffix}", {})
