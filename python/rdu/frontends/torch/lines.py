"""From the stack of a traced operation to the line that its user wrote."""

from __future__ import annotations

import functools
import os
import re
import sysconfig
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from rdu.support.diagnostics import SourceLocation

Frame = tuple[str, int]
"""File and line."""

_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def user_line(node: Any) -> SourceLocation | None:
    """Return the user's line of an FX node, None if its stack was not recorded."""
    stack = node.meta.get("stack_trace") or ""
    return user_frame([(file, int(line)) for file, line in _FRAME.findall(stack)])


def failing_line(trace: TracebackType | None) -> SourceLocation | None:
    """Return the user's line in a traceback, None if only libraries are on it."""
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(trace)]
    return user_frame([frame for frame in frames if _is_users(frame)])


def user_frame(frames: Sequence[Frame]) -> SourceLocation | None:
    """Return the innermost of `frames` (outermost first) that belongs to the user.

    In a model made of library modules only, such as a bare `nn.Sequential`, that is the library's
    innermost frame: it still tells one kind of layer from another.
    """
    if not frames:
        return None
    file, line = next(filter(_is_users, reversed(frames)), frames[-1])
    return SourceLocation(shown_path(file), line)


def pin_user_lines(nodes: Sequence[Any], marked: Collection[str] = ()) -> None:
    """Reduce the recorded stack of every FX node to its user's line, which the importer takes.

    What comes of a node of the exported graph whose name is among `marked` is called from a file of
    that name as well.
    """
    for node in nodes:
        line = user_line(node)
        if line is None:
            continue
        origins = [source.name for source in node.meta.get("from_node") or ()]
        frames = [f'File "{mark(name)}", line 1, in graph' for name in origins if name in marked]
        frames.append(f'File "{line.file}", line {line.line}, in forward')
        node.meta["stack_trace"] = "\n".join(frames)


def mark(node: str) -> str:
    """Return the name of the file that an FX node is called from; no file is called so."""
    return f"<node {node}>"


def shown_path(file: str) -> str:
    """Return a path as messages show it: relative to the current directory if it lies inside."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _is_users(frame: Frame) -> bool:
    file = frame[0]
    generated = file.startswith("<") and not file.startswith(("<stdin>", "<ipython"))
    return not generated and not os.path.abspath(file).startswith(_library_paths())


@functools.cache
def _library_paths() -> tuple[str, ...]:
    """Directories of installed packages, the standard library and this compiler."""
    names = ("purelib", "platlib", "stdlib", "platstdlib")
    compiler = str(Path(__file__).resolve().parents[2])
    roots = {compiler, *map(sysconfig.get_path, names)}
    return tuple(sorted(root + os.sep for root in roots))
