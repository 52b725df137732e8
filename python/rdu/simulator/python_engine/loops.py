"""The firings of a counted chain: nested loops, empty firings, the stops that follow them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.condition import holds
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import DONE, VALUE_CODE, Stop, spread
from rdu.simulator.python_engine.turn import FaultError, Heads, Stops, Turn, disagreement
from rdu.simulator.specification import ContextSpec, Input


@dataclass(frozen=True, slots=True)
class Closing:
    """A firing in which only stream ports act, on stops or done alone."""

    pops: Stops = field(default_factory=dict[int, Stop])
    gives: Stops = field(default_factory=dict[int, Stop])
    examines: Sequence[int] = ()


class Loops:
    """Walks a counted chain from firing to firing.

    Attributes:
        passes: how many are left; negative without end.
        streams: the level of each stream output, by number.
        writes: the deepest of them; -1 without one.
        owed: closing firings to come before the next firing.
    """

    def __init__(self, spec: ContextSpec, registers: Registers, heads: Heads) -> None:
        self.spec = spec
        self.chain = Chain(spec.levels)
        self.registers = registers
        self.heads = heads
        self.passes = spec.repeat
        self.ports = [
            [(i, port) for i, port in enumerate(spec.inputs) if port.level == level]
            for level in range(len(spec.levels) + 1)
        ]
        self.streams = {o: port.level for o, port in enumerate(spec.outputs) if port.stream}
        self.writes = max(self.streams.values(), default=-1)
        self.owed: deque[Closing] = deque()
        self.missing: list[int] = []
        self.fault: FaultError | None = None

    @property
    def rests(self) -> bool:
        """Whether it stands before a pass that need not come."""
        return self.passes <= 0 and self.chain.first == 0 and not self.owed

    def next(self) -> Turn | None:
        """Return the next firing: see `Schedule`."""
        self.missing, self.fault = [], None
        if self.owed:
            return self._closing(self.owed[0])
        return self._firing() if self.passes else None

    def fired(self, turn: Turn, late: Stops) -> None:
        """Go on to the next firing."""
        if not turn.acts:
            self.owed.popleft()
            return
        if turn.later or late:
            self.owed.append(Closing(turn.later, late))
        self._follow()
        self.chain.step()

    def _firing(self) -> Turn | None:
        """Return the firing of the innermost counter's next iteration, or an empty one."""
        pops, depth = self._begin(len(self.spec.levels))
        if not self._decided(pops):
            return None
        self.chain.stand(depth)
        self.registers.load(self.chain)
        return Turn(pops, acts=True)

    def _follow(self) -> None:
        """Owe the stops, and in the end done, that follow a firing."""
        last = self.chain.last
        if last < self.writes:
            self.owed.append(Closing(gives=self._stops(last)))
        if last == 0 and self.passes > 0:
            self.passes -= 1
            if self.passes == 0 and self.streams:
                self.owed.append(Closing(gives=dict.fromkeys(self.streams, DONE)))

    def _stops(self, last: int) -> Stops:
        """Return what tells on each stream that iterations down from level `last` have ended."""
        ended = {o: level - 1 - last for o, level in self.streams.items()}
        return {o: Stop(stop) for o, stop in ended.items() if stop >= 0}

    # -- what a firing takes --------------------------------------------------------------------

    def _begin(self, depth: int) -> tuple[list[int], int]:
        """Let the ports of beginning iterations act, outermost first, down to an empty counter.

        Returns:
            The inputs that pop, and the innermost level with an iteration, `depth` at most.
        """
        pops: list[int] = []
        unknown: set[int] = set()
        for level in range(self.chain.first, depth + 1):
            for i, port in self.ports[level]:
                self._admit(i, port, pops, unknown)
            if level < depth and not self._enter(level, unknown):
                return pops, level
        return pops, depth

    def _admit(self, i: int, port: Input, pops: list[int], unknown: set[int]) -> None:
        """Hold the token of an input, or its constant where its condition does not hold."""
        if port.when.kind == "held" and port.when.register in unknown:
            unknown.add(i)
        elif not holds(port.when, self.chain, self.registers.is_true):
            if port.default is not None and port.dtype is not None:
                lanes = len(self.registers.lanes)
                self.registers.held[i] = spread(port.default, port.dtype, lanes)
        elif not self.heads[i].tokens:
            self.missing.append(i)
            unknown.add(i)
        else:
            pops.append(i)
            token = self.heads[i].head
            if isinstance(token, Stop):
                self.fault = self.fault or FaultError("stream", i, token.level, VALUE_CODE, pops)
            else:
                self.registers.held[i] = token

    def _enter(self, counter: int, unknown: set[int]) -> bool:
        """Begin with a counter; False if it is empty or its bounds are not known yet."""
        level = self.spec.levels[counter]
        if level.start_port in unknown or level.stop_port in unknown:
            return False
        start, stop = (
            number if port < 0 or level.until else int(self._held(port))
            for number, port in ((level.start, level.start_port), (level.stop, level.stop_port))
        )
        return self.chain.enter(counter, start, stop)

    def _held(self, port: int) -> int:
        token = self.registers.held[port]
        return 0 if token is None else token[0][0]

    def _decided(self, waits: list[int]) -> bool:
        """Whether all tokens of a firing are there.

        Raises:
            FaultError: they are, and forbid it.
        """
        if self.missing:
            self.missing.sort()
            return False
        waits.sort()
        if self.fault:
            self.fault.waits = waits
            raise self.fault
        return True

    def _closing(self, closing: Closing) -> Turn | None:
        """Return a firing of stops alone."""
        self._expect(closing.pops)
        waits = [*closing.pops, *closing.examines]
        if not self._decided(waits):
            return None
        return Turn(list(closing.pops), closing.examines, closing.gives)

    def _expect(self, stops: Stops) -> None:
        """Ask for stops at the heads of inputs."""
        self.missing += [i for i in stops if not self.heads[i].tokens]
        there = {i: stop.level for i, stop in stops.items() if self.heads[i].tokens}
        if wrong := disagreement(self.heads, there):
            i, have, need = wrong
            self.fault = self.fault or FaultError("stream", i, have, need, ())
