"""Judging one text under limits of time and memory, in this process or in one of its own."""

from __future__ import annotations

import multiprocessing
import resource
import signal
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from text_judge import Surprise, TooSlowError, Verdict, judge, machines

MOST_SECONDS = 2.0
"""Of processor time for one text, so that a busy machine makes no findings."""

DEADLINE = 60.0
"""Seconds on the clock after which a process is killed that no Python signal can stop."""

MOST_BYTES = 4 << 30
"""Of address space beyond what a process has when it starts to judge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not happen: its kind names the same fault in other texts, too."""

    kind: str
    detail: str


def limit_process() -> None:
    """Limit the memory of this process and prepare the timers of `trial`."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGPROF, _too_slow)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def trial(raw: bytes, machine: int, *, engines: bool = True) -> Verdict | Finding:
    """Judge a text on the machine of a number; the process is one that `limit_process` limits."""
    signal.setitimer(signal.ITIMER_REAL, DEADLINE)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        return judge(raw, machines()[machine], engines=engines)
    except BaseException as failure:
        signal.setitimer(signal.ITIMER_PROF, 0)
        if isinstance(failure, KeyboardInterrupt | SystemExit):
            raise
        return Finding(_kind(failure), "".join(traceback.format_exception(failure, limit=-8)))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def isolated_trial(raw: bytes, machine: int, *, engines: bool = True) -> Verdict | Finding:
    """Judge a text in a process of its own, which may die of it."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(raw, machine, engines, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        process.join()
        return death(process.exitcode)
    finally:
        process.join()


def death(exit_code: int | None) -> Finding:
    """Return the finding that a process died, of a signal if its exit code is negative."""
    number = -(exit_code or 0)
    name = signal.Signals(number).name if number > 0 else f"exit code {exit_code}"
    return Finding(f"death by {name}", f"the process ended with {name}")


def _child(raw: bytes, machine: int, engines: bool, answer: Connection) -> None:
    limit_process()
    answer.send(trial(raw, machine, engines=engines))


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError(f"more than {MOST_SECONDS:g} s")


def _kind(failure: BaseException) -> str:
    """Return the exception's type and the project's innermost function."""
    name = type(failure).__name__
    if isinstance(failure, Surprise):
        first = str(failure).splitlines()[0]
        return name if isinstance(failure, TooSlowError) else f"{name}: {first[:40]}"
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if "/rdu/" in frame.filename]
    where = f" in {Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else ""
    return name + where
