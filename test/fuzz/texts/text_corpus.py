"""The sound texts that fuzzing starts from."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from text_draft import Draft, draft

ROOT = Path(__file__).resolve().parents[3]

FOLDERS = ("examples", "test")

FORMS = ROOT / "test" / "unit" / "configuration" / "forms.txt"
"""A text with every statement in every form, for the reader alone."""


def written() -> list[str]:
    """Return the configurations that people wrote, in the order of their paths."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.rdu"))]
    paths.append(FORMS)
    return [p.read_text(encoding="utf-8") for p in paths if p.parent.name != "regression"]


SPARSE = (
    "x(i) = B(i,j) * c(j) --random B=3x4:0.5 --random c=4 --format B=csr"
    " --machine capstan --residency dram --fifo-depth 4",
    "x(i) = B(i,j) * c(j) --random B=3x4 --random c=4 --format B=sd --lanes 4",
    "x(i) = b(i) * c(i) --random b=9:0.5 --random c=9:0.5 --format b=s --format c=s --skip",
    "X(i,j) = B(i,k) * C(k,j) --random B=3x4:0.5 --random C=4x3:0.5 --format B=ss --format C=ss"
    " --order ikj --machine capstan --fifo-depth 8",
)
"""Expressions, and how they are compiled: by bursts, on lanes, with skips, with accumulations."""


@cache
def generated() -> tuple[str, ...]:
    """Return what the compiler makes of a small perceptron and of sparse products."""
    source = ROOT / "test" / "lit" / "pipelines" / "perceptron.mlir"
    passes = ("--to-pattern", "--to-spatial", "--to-rdu", "--mlir-print-debuginfo")
    module = _tool("rdu_opt", str(source), *passes)
    return _tool("rdu_translate", "--rdu-to-configuration", text=module), *map(_sparse, SPARSE)


def _sparse(command: str) -> str:
    """Return the configuration of an expression; it may be for any machine."""
    expression, *options = command.split(" --")
    words = [word for option in options for word in f"--{option}".split()]
    return re.sub(r' hash ".*"', "", _tool("rdu_sparse", expression, *words))


def corpus(*, with_generated: bool) -> tuple[Draft, ...]:
    """Return the texts taken apart; making some with the compiler takes some seconds."""
    texts = [*written(), *generated()] if with_generated else written()
    return tuple(map(draft, texts))


def _tool(name: str, *arguments: str, text: str = "") -> str:
    command = [sys.executable, "-m", f"rdu.tools.{name}", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout
