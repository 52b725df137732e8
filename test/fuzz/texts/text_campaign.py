"""A fuzzing campaign: many texts on some processes, each text a function of seed and number."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from typing import Any, cast

from text_draft import Draft
from text_judge import machines
from text_mutations import mutated
from text_trial import Finding, death, limit_process, trial

REPORT_EVERY = 100

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and the number of its text."""

    number: int
    finding: Finding


@dataclass(slots=True)
class Tally:
    """What became of a campaign's texts so far.

    `memory` is the resident size in bytes, of all processes together, after the first tenth of the
    texts and at the end.
    """

    verdicts: Counter[str] = field(default_factory=Counter[str])
    found: list[Found] = field(default_factory=list[Found])
    memory: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """How many texts were judged."""
        return self.verdicts.total()

    def add(self, other: Tally) -> None:
        """Add what another process did."""
        self.verdicts += other.verdicts
        self.found += other.found
        self.memory = self.memory[0] + other.memory[0], self.memory[1] + other.memory[1]

    @property
    def growth(self) -> float:
        """Memory at the end over that after the first tenth, less one."""
        early, late = self.memory
        return late / early - 1 if early else 0.0


@dataclass(frozen=True, slots=True)
class Campaign:
    """Texts 0 to `inputs` - 1 of a seed, made from the texts of a corpus."""

    corpus: tuple[Draft, ...]
    inputs: int
    seed: int
    jobs: int
    engines: bool = True

    def text(self, number: int) -> bytes:
        """Return a text by its number."""
        return mutated(Random(f"{self.seed}/{number}"), self.corpus)

    def machine(self, number: int) -> int:
        """Return the number of the machine that a text is verified against."""
        return number % len(machines())


@dataclass(slots=True)
class _Worker:
    """A process that judges every `jobs`-th text; `current` is the number of the one at hand."""

    campaign: Campaign
    share: int
    current: Synchronized[int] = field(init=False)
    answers: Connection[Any, Any] = field(init=False)
    process: ForkProcess = field(init=False)

    def __post_init__(self) -> None:
        self.current = cast("Synchronized[int]", _FORK.Value("q", self.share))
        self.start(self.share)

    def start(self, first: int) -> None:
        """Start a process at a text."""
        self.answers, theirs = _FORK.Pipe(duplex=False)
        target, arguments = _judge_share, (self.campaign, first, self.current, theirs)
        self.process = _FORK.Process(target=target, args=arguments)
        self.process.start()
        theirs.close()

    def take(self) -> Tally | None:
        """Return what came of the next texts, None if all are done; a death is a finding."""
        try:
            return self.answers.recv()
        except EOFError:
            self.process.join()
        if self.process.exitcode == 0:
            return None
        number = self.current.value
        self.start(number + self.campaign.jobs)
        found = Found(number, death(self.process.exitcode))
        return Tally(Counter(["finding"]), [found])

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()


def run(campaign: Campaign, show: Callable[[Tally], None]) -> Tally:
    """Judge every text; `show` is called now and then with what was done so far."""
    tally, started = Tally(), time.monotonic()
    workers = [_Worker(campaign, share) for share in range(campaign.jobs)]
    busy = list(workers)
    try:
        while busy:
            ready = wait([worker.answers for worker in busy])
            for worker in [worker for worker in busy if worker.answers in ready]:
                some = worker.take()
                if some is None:
                    busy.remove(worker)
                    continue
                tally.add(some)
            tally.seconds = time.monotonic() - started
            show(tally)
    finally:
        for worker in workers:
            worker.stop()
    return tally


def _judge_share(
    campaign: Campaign, first: int, current: Synchronized[int], answers: Connection[Any, Any]
) -> None:
    limit_process()
    numbers: Sequence[int] = range(first, campaign.inputs, campaign.jobs)
    early = max(campaign.inputs // 10, 1)
    tally, measured = Tally(), 0
    for machine, _ in enumerate(machines()):
        for draft in campaign.corpus:
            trial(draft.render().encode(), machine, engines=campaign.engines)
    for number in numbers:
        current.value = number
        text, machine = campaign.text(number), campaign.machine(number)
        verdict = trial(text, machine, engines=campaign.engines)
        if isinstance(verdict, Finding):
            tally.found.append(Found(number, verdict))
            tally.verdicts["finding"] += 1
        else:
            tally.verdicts[verdict.value] += 1
        if not measured and number + campaign.jobs >= early:
            measured = resident_bytes()
        if tally.done >= REPORT_EVERY:
            answers.send(tally)
            tally = Tally()
    tally.memory = measured, resident_bytes()
    answers.send(tally)


def resident_bytes() -> int:
    """Return the resident size of this process, less what its allocator merely keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
