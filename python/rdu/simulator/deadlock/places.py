"""Where the channels of a section stand in its text, and what the machine's FIFOs hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdu.configuration.model import Section
from rdu.support.diagnostics import Note, SourceLocation
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Places:
    """A section's text, for messages about its elaborated form.

    Attributes:
        file: the configuration's name in messages.
        channels: the place of each channel, by its number.
        kinds: the kind of token of each channel.
        machine: the machine that the section runs on.
    """

    file: str
    channels: tuple[SourceLocation, ...]
    kinds: tuple[str, ...]
    machine: Machine

    @property
    def limits(self) -> dict[int, float]:
        """The most tokens that a FIFO of the machine holds, by channel number; inf if unbounded."""
        return {number: getattr(self.machine.fifo, kind) for number, kind in enumerate(self.kinds)}

    def beyond_limits(self, capacities: Mapping[int, int]) -> list[Note]:
        """Name the capacities, by channel number, that the machine does not have."""
        limits = self.limits
        return [
            Note(
                f"machine '{self.machine.name}' has {self.kinds[number]} FIFOs of "
                f"{limits[number]} tokens only, not of {capacity}",
                self.channels[number],
            )
            for number, capacity in sorted(capacities.items())
            if capacity > limits[number]
        ]


def places_of(section: Section, machine: Machine, file: str) -> Places:
    """Return the places of a section's channels, numbered as elaboration does."""
    sinks = [(net.kind, sink.span) for net in section.nets for sink in net.sinks]
    return Places(
        file=file,
        channels=tuple(SourceLocation(file, span.line, span.column) for _, span in sinks),
        kinds=tuple(kind for kind, _ in sinks),
        machine=machine,
    )
