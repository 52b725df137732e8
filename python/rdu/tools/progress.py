"""Progress of a long run on stderr, where somebody looks at it."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console

from rdu.simulator.progress import Progress

PAUSE = 1.0
"""Seconds between two lines of progress, at least."""


@contextmanager
def show_progress(what: str, *, always: bool = False) -> Generator[Progress | None]:
    """Show what runs and how far it is; on a terminal in one line, which is cleared at the end.

    Args:
        what: the name of the thing that runs.
        always: also where stderr is no terminal; then as lines, one a second at most.
    """
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if console.is_terminal:
        with console.status(f"running {what}") as status:
            yield lambda firings, cycle: status.update(_line(what, firings, cycle))
        return
    yield _lines(console, what) if always else None


def _lines(console: Console, what: str) -> Progress:
    last = -PAUSE

    def tell(firings: int, cycle: int) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= PAUSE:
            last = now
            console.print(_line(what, firings, cycle))

    return tell


def _line(what: str, firings: int, cycle: int) -> str:
    return f"running {what}: cycle {cycle:,}, {firings:,} firings"
