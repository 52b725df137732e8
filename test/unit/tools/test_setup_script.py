"""tools/setup.sh says everything that is missing at once, and is cheap when nothing has changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def in_setup(command: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Run a command in a shell that has sourced the script, with a search path."""
    script = f'source "{ROOT}/tools/setup.sh"; PATH={path}; {command}'
    return subprocess.run(["bash", "-c", script, "check"], capture_output=True, text=True)


def test_an_old_or_missing_python_is_named_with_its_packages() -> None:
    done = in_setup('check_prerequisites ""', path="/nowhere")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "check: error: no Python of version 3.11 or later: expected 'python3' to be one",
        "check: error: no C++20 compiler: expected 'g++' of version 11 or later",
        "check: hint: sudo apt-get install python3 python3-venv python3-dev g++",
    ]


def test_missing_modules_and_headers_are_named_with_their_packages(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = in_setup(f'check_prerequisites "{python}"')
    assert done.returncode == 1
    assert "module 'ensurepip' is missing" in done.stderr
    assert "'Python.h' is missing" in done.stderr
    assert (
        done.stderr.splitlines()[-1] == "check: hint: sudo apt-get install python3-venv python3-dev"
    )


def test_digests_change_with_what_they_cover(tmp_path: Path) -> None:
    def digest(command: str) -> str:
        return in_setup(command).stdout

    dependencies = f'dependency_digest "{sys.executable}"'
    assert digest(dependencies) == digest(dependencies)
    assert digest(dependencies) != digest(f"RDU_TORCH_INDEX_URL=x {dependencies}")
    (tmp_path / "native").mkdir()
    (tmp_path / "CMakeLists.txt").touch()
    native = f'root="{tmp_path}"; native_digest'
    before = digest(native)
    (tmp_path / "native" / "new.cpp").touch()
    assert digest(native) != before
