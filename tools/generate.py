"""Write every committed file that is made by a program, or check that none has drifted.

Each generator prints its file; a file and its generator are one row of `GENERATED`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from pages.follow import ROOT, followed_pages

OUTPUT = "{output}"
"""Stands for a path in a command whose program writes a file rather than print it."""

GENERATED: dict[str, tuple[str, ...]] = {
    "docs/arithmetic.md": ("rdu.semantics.page",),
    "docs/configuration.md": ("rdu.configuration.page",),
    "docs/machines.md": ("rdu.targets.page",),
    "docs/reference/passes.md": ("tools.pages.passes",),
    "docs/reference/pattern.md": ("tools.pages.dialect", "pattern"),
    "docs/reference/rdu.md": ("tools.pages.dialect", "rdu"),
    "docs/reference/sam.md": ("tools.pages.dialect", "sam"),
    "docs/reference/spatial.md": ("tools.pages.dialect", "spatial"),
    "docs/reference/tools.md": ("tools.pages.commands",),
    "native/semantics/opcodes.h": ("rdu.semantics.emit_header", "opcodes.h"),
    "native/semantics/tail_coefficients.h": ("rdu.semantics.emit_header", "tail_coefficients.h"),
    "python/rdu/_native.pyi": ("nanobind.stubgen", "-q", "-m", "rdu._native", "-o", OUTPUT),
}
"""File: the Python module that makes it, with arguments."""


def generate(arguments: tuple[str, ...]) -> str:
    """Run a generator and return what it made; CalledProcessError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        command = [str(output) if a == OUTPUT else a for a in arguments]
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return output.read_text(encoding="utf-8") if OUTPUT in arguments else done.stdout


def main() -> int:
    """Write or check the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on differences")
    check = bool(parser.parse_args().check)
    drifted = 0
    # Following pages takes a while, so they are checked by `test/unit/docs` alone.
    followed = {page: ("tools.pages.follow", page, "--print") for page in followed_pages()}
    for name, arguments in (GENERATED if check else GENERATED | followed).items():
        path, text = ROOT / name, generate(arguments)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        drifted += 1
        if check:
            print(f"{name}: error: it is not what its generator makes: run tools/generate.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return int(check and drifted > 0)


if __name__ == "__main__":
    sys.exit(main())
