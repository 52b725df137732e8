"""Follow a page as its reader would, and compare what it shows with what comes out.

    python -m tools.pages.follow docs/tutorial.md            what differs; exit code 1 if anything
    python -m tools.pages.follow docs/tutorial.md --print    the page with what came out

A page is followed from top to bottom in a copy of the repository:

* a block ```` ```sh ```` runs, in one shell for the whole page, and has to succeed;
* a block ```` ```<language> output ```` holds all that the commands before it printed;
* a block ```` ```<language> file=PATH ```` is written to PATH, with `append=PATH` to its end;
* a comment `<!-- $ COMMAND -->` runs too, unseen by the reader.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("benchmarks", "dialects", "docs", "examples", "python", "test", "tools", "pyproject.toml")
_BLOCK = re.compile(
    r"^<!-- \$ (?P<hidden>.*?) -->$|^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.M | re.S
)

WITHOUT_EDITABLE = """\
\"\"\"Keep to this copy of the repository.\"\"\"

import sys

sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "ScikitBuildRedirectingFinder"]
"""
"""Run when Python starts: an editable installation would find the repository, not its copy."""


class FollowError(Exception):
    """A command of the page failed."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: its text, what its info string asks for, and where the text stands."""

    body: str
    language: str
    action: str
    path: str
    span: tuple[int, int]


def followed_pages() -> list[str]:
    """Return the pages that show what their own commands print, relative to the repository."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    return [
        page.relative_to(ROOT).as_posix()
        for page, text in texts.items()
        if any(block.action == "output" for block in blocks_of(text))
    ]


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page that mean something to this tool, in order."""
    blocks: list[Block] = []
    for match in _BLOCK.finditer(page):
        if match["hidden"] is not None:
            blocks.append(Block(match["hidden"] + "\n", "", "run", "", match.span("hidden")))
            continue
        language, _, rest = match["info"].partition(" ")
        action, _, path = rest.partition("=")
        action = "run" if language == "sh" else action
        if action:
            blocks.append(Block(match["body"], language, action, path, match.span("body")))
    return blocks


def followed(page: str, name: str) -> str:
    """Return the page with its outputs as they come out; raises FollowError."""
    blocks = blocks_of(page)
    with tempfile.TemporaryDirectory() as folder:
        outputs = _run(blocks, Path(folder), name)
    shown: list[str] = []
    last, start = "", 0
    for number, block in enumerate(blocks):
        if block.action == "output":
            if not last.strip():
                raise FollowError(f"{name}: nothing comes out for what is shown as:\n{block.body}")
            shown += [page[start : block.span[0]], _trimmed(last)]
            start = block.span[1]
        last = outputs.get(number, last)
    return "".join([*shown, page[start:]])


def _trimmed(text: str) -> str:
    """Return a text without blanks at the ends of its lines and empty lines at its own end."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n") + "\n"


def _run(blocks: list[Block], folder: Path, name: str) -> dict[int, str]:
    """Run the page's blocks in a copy of the repository; return what each block printed."""
    copy, side = folder / "repository", folder / "side"
    side.mkdir()
    copy_repository(copy)
    script = ["set -eu -o pipefail", f"status() {{ echo $1 > {side}/done; }}"]
    for number, block in enumerate(blocks):
        text = side / f"{number}.in"
        text.write_text(block.body, encoding="utf-8")
        if block.action == "run":
            script.append(f"{{\n{block.body}}} > {side}/{number}.out 2>&1\nstatus {number}")
        elif block.action in ("file", "append"):
            arrow = ">" if block.action == "file" else ">>"
            script.append(f"mkdir -p $(dirname {block.path})\ncat {text} {arrow} {block.path}")
    subprocess.run(["bash", "-c", "\n".join(script)], cwd=copy, env=_environment(copy), check=False)
    runs = [number for number, block in enumerate(blocks) if block.action == "run"]
    done = side / "done"
    reached = int(done.read_text()) if done.exists() else -1
    printed = {number: side / f"{number}.out" for number in runs}
    outputs = {n: path.read_text(encoding="utf-8") for n, path in printed.items() if path.exists()}
    if runs and reached != runs[-1]:
        failed = next(number for number in runs if number > reached)
        raise FollowError(f"{name}: this block fails:\n{blocks[failed].body}\n{outputs[failed]}")
    return outputs


def copy_repository(folder: Path) -> None:
    """Copy what pages work on, so that they may change it, with the native engine beside it."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=ignored)
        else:
            shutil.copy(source, target)
    native = find_spec("rdu._native")
    if native is not None and native.origin:
        (folder / "python" / "rdu" / Path(native.origin).name).symlink_to(native.origin)
    (folder / "python" / "sitecustomize.py").write_text(WITHOUT_EDITABLE, encoding="utf-8")


def _environment(copy: Path) -> dict[str, str]:
    binaries = Path(sys.executable).parent
    return {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(copy / "python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "TMPDIR": str(copy),
        "COLUMNS": "100",
    }


def main() -> int:
    """Follow the page that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--print", action="store_true", help="print the page as it comes out")
    given = parser.parse_args()
    page = given.page.read_text(encoding="utf-8")
    try:
        actual = followed(page, str(given.page))
    except FollowError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    if given.print:
        sys.stdout.write(actual)
        return 0
    difference = difflib.unified_diff(
        page.splitlines(keepends=True),
        actual.splitlines(keepends=True),
        f"{given.page} as written",
        f"{given.page} as it comes out",
    )
    lines = list(difference)
    sys.stdout.writelines(lines)
    if lines:
        print(f"hint: tools/generate.py writes '{given.page}' as it comes out", file=sys.stderr)
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
