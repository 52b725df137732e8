"""What of a run is recorded besides its statistics, and how it comes into the result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.recording.critical_path import CriticalPath
from rdu.simulator.recording.recorder import Recorder, Start
from rdu.simulator.recording.timeline import TimelineRecorder
from rdu.simulator.result import SectionResult
from rdu.simulator.specification import ElaboratedSection


@dataclass(frozen=True, slots=True)
class Record:
    """What to record of a run: nothing, unless asked for.

    Attributes:
        critical_path: attribute a section's cycles to the entities that decided them.
        buckets: most buckets of a context's timeline; 0 for none.
    """

    critical_path: bool = False
    buckets: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to record."""
        return self.critical_path or self.buckets > 0


NOTHING = Record()


class Recorders(Recorder):
    """All that was asked for, told at once."""

    def __init__(self, section: ElaboratedSection, record: Record) -> None:
        self.path = CriticalPath(section) if record.critical_path else None
        self.timelines = TimelineRecorder(section, record.buckets) if record.buckets else None
        self.all: list[Recorder] = [r for r in (self.path, self.timelines) if r is not None]

    def fired(self, start: Start) -> None:
        """See `Recorder`."""
        for recorder in self.all:
            recorder.fired(start)

    def pushed(self, channel: int, firing: Firing, ready: int, time: int) -> None:
        """See `Recorder`."""
        for recorder in self.all:
            recorder.pushed(channel, firing, ready, time)

    def arrived(self, channel: int, time: int) -> None:
        """See `Recorder`."""
        for recorder in self.all:
            recorder.arrived(channel, time)

    def retired(self, context: int, firing: Firing, time: int) -> None:
        """See `Recorder`."""
        for recorder in self.all:
            recorder.retired(context, firing, time)

    def complete(self, result: SectionResult) -> SectionResult:
        """Add to the result of a run what was recorded of it."""
        lifetimes = [context.lifetime for context in result.contexts]
        return replace(
            result,
            critical_path=self.path.shares() if self.path else None,
            timeline=self.timelines.timeline(lifetimes) if self.timelines else None,
        )
