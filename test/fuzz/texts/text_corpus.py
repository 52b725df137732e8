"""The sound texts that fuzzing starts from."""

from __future__ import annotations

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


@cache
def generated() -> str:
    """Return the configuration that the compiler makes of a small perceptron, placed and routed."""
    source = ROOT / "test" / "lit" / "pipelines" / "perceptron.mlir"
    passes = ("--to-pattern", "--to-spatial", "--to-rdu", "--mlir-print-debuginfo")
    module = _tool("rdu_opt", str(source), *passes)
    return _tool("rdu_translate", "--rdu-to-configuration", text=module)


def corpus(*, with_generated: bool) -> tuple[Draft, ...]:
    """Return the texts taken apart; making one with the compiler takes some seconds."""
    texts = [*written(), generated()] if with_generated else written()
    return tuple(map(draft, texts))


def _tool(name: str, *arguments: str, text: str = "") -> str:
    command = [sys.executable, "-m", f"rdu.tools.{name}", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout
