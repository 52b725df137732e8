"""A context at work in the readable engine: when it fires, and where its cycles go."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rdu.simulator.python_engine.action import Action, Fabric
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.compute import Compute
from rdu.simulator.python_engine.condition import holds
from rdu.simulator.python_engine.firing import BUSY, MEMORY, Cause, Firing
from rdu.simulator.python_engine.flight import Flight
from rdu.simulator.python_engine.loops import Loops
from rdu.simulator.python_engine.merge import Merge
from rdu.simulator.python_engine.primitives import Compact, Filter, Partition, Primitive, Reassemble
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.scratchpad import Scratchpad
from rdu.simulator.python_engine.sparse import SPARSE, SparsePrimitive
from rdu.simulator.python_engine.streams import StreamLoops
from rdu.simulator.python_engine.systolic import Systolic
from rdu.simulator.python_engine.tokens import Stop
from rdu.simulator.python_engine.transfer import Transfer
from rdu.simulator.python_engine.turn import FaultError, Schedule, Turn
from rdu.simulator.recording.recorder import Start
from rdu.simulator.result import Blocked, ContextStatistics, Fault
from rdu.simulator.specification import TRANSFERS, ContextSpec

PRIMITIVES: dict[str, type[Primitive]] = {
    "filter": Filter,
    "partition": Partition,
    "reassemble": Reassemble,
    "compact": Compact,
}


TURN = 1 << 10
"""Tokens that wait on a channel of a context with which others get their turns before; its firings
in a turn then."""


class Process:
    """A context with its schedule of firings, its action, its flight and account of cycles."""

    def __init__(self, number: int, spec: ContextSpec, fabric: Fabric) -> None:
        self.number = number
        self.spec = spec
        self.fabric = fabric
        self.heads = [fabric.channels[port.channel] for port in spec.inputs]
        self.registers = Registers(spec, fabric.spec.lanes)
        self.schedule = self._schedule()
        chain = self.schedule.chain if isinstance(self.schedule, Loops) else Chain(())
        self.action = self._action(chain)
        self.chain = chain
        self.flight = Flight(number, self._limit(), spec.outputs, fabric, self._places())
        self.turn: Turn | None = None
        self.weight = 1
        self.fault: Fault | None = None
        self.next_free = 0
        self.firings = 0
        self.bank = 0
        self.waits: dict[Cause, int] = {}

    def _schedule(self) -> Schedule:
        spec = self.spec
        if spec.kind == "merge":
            return Merge(spec, self.heads, lambda: self.fabric.wake(self.number))
        if spec.sparse is not None:
            return SPARSE[spec.kind](spec, self.heads, self.fabric)
        if spec.kind in PRIMITIVES:
            return PRIMITIVES[spec.kind](spec, self.heads)
        reads_stream = any(level.until for level in spec.levels)
        return (StreamLoops if reads_stream else Loops)(spec, self.registers, self.heads)

    def _action(self, chain: Chain) -> Action:
        access = self.spec.access
        if self.spec.array is not None:
            return Systolic(chain, self.registers, self.spec.array)
        if access is None:
            return Compute(chain, self.registers)
        if self.spec.kind in TRANSFERS:
            return Transfer(self.number, chain, self.registers, access, self.fabric)
        return Scratchpad(chain, self.registers, access, self.fabric)

    def _limit(self) -> int:
        """Return what may be in flight: firings, an AG's bursts, or an array's tiles."""
        if self.spec.array is not None:
            return self.spec.array.tiles
        if isinstance(self.schedule, SparsePrimitive):
            return self.schedule.limit
        return self.fabric.spec.outstanding if self.spec.kind in TRANSFERS else self.spec.depth

    def _places(self) -> float:
        """Return how many firings may be in flight besides, whatever they weigh."""
        schedule = self.schedule
        return schedule.places if isinstance(schedule, SparsePrimitive) else math.inf

    @property
    def _asks(self) -> bool:
        """Whether its firings wait for a memory tier."""
        return self.fabric.spec.tier_of(self.spec) is not None

    @property
    def _idle_weight(self) -> int:
        """What a firing without an action weighs: an AG's requests nothing."""
        if isinstance(self.schedule, SparsePrimitive):
            return self.schedule.weight
        return 0 if self.spec.kind in TRANSFERS else 1

    @property
    def finished(self) -> bool:
        """Whether no firing need follow and every firing has retired."""
        return self.schedule.rests and not self.flight.flying

    def advance(self, end: float, *, may_run_ahead: bool) -> bool:
        """Fire as often as known tokens, slots and retirements allow, and start by a time.

        Returns:
            Whether it stops because it is far ahead of a reader, in which it gets other turns.
        """
        self.flight.drain()
        fired = TURN if not may_run_ahead else 0
        while not self.fault and self.next_free <= end:
            if fired >= TURN and self._is_ahead:
                return True
            if not self._fire():
                break
            fired += 1
            self.flight.drain()
        return False

    @property
    def _is_ahead(self) -> bool:
        """Whether many tokens wait on one of its channels."""
        return any(len(box.channel.tokens) > TURN for box in self.flight.outboxes)

    # -- one firing -----------------------------------------------------------------------------

    def _fire(self) -> bool:
        """Start the next firing if all that decides its start is known."""
        turn = self._next_turn()
        if turn is None or not self.flight.has_room(self.weight):
            return False
        time, cause, freed = self._start(turn)
        for i in turn.pops:
            self.heads[i].pop(time)
            self.fabric.wake(self.heads[i].spec.source)
        own = MEMORY if self._asks else BUSY
        weight = self.weight if turn.weight is None else turn.weight
        firing = Firing(time, time + self.spec.depth, 0, weight, own)
        firing.cost = self.action.act(firing, time) if turn.acts else 1
        self.firings += 1
        self.bank += firing.cost - 1
        self.next_free = time + firing.cost
        firing.free = max(firing.free, self.next_free)
        if turn.asks is not None:
            turn.asks(self.number, firing, time)
        if self.fabric.recorder:
            waits, pops = self._channels(turn.waits), self._channels(turn.pops)
            start = Start(self.number, firing, cause, waits, pops, freed)
            self.fabric.recorder.fired(start)
        late = self._push(turn, firing)
        if turn.stays and (not turn.acts or self.action.stays):
            self.flight.flying.append(firing)
        self.schedule.fired(turn, late)
        self.turn = None
        return True

    def _next_turn(self) -> Turn | None:
        """Return the next firing; None while it is not known, or at a fault."""
        if self.turn is not None:
            return self.turn
        turn = None
        try:
            turn = self.schedule.next()
            if turn is not None:
                self.weight = self.action.prepare() if turn.acts else self._idle_weight
        except FaultError as fault:
            waits = turn.waits if turn else fault.waits
            time = max([self.next_free, *(self.heads[i].arrival for i in waits)])
            self.fault = Fault(
                time, self.number, fault.kind, fault.position, fault.value, fault.expected
            )
            return None
        self.turn = turn
        return turn

    def _channels(self, inputs: Sequence[int]) -> list[int]:
        return [self.spec.inputs[i].channel for i in inputs]

    def _start(self, turn: Turn) -> tuple[int, Cause, int]:
        """Account for what this firing waited for last.

        Returns:
            When it starts, the cause of its wait, and how many retirements it waited for.
        """
        time, cause, freed = self.next_free, BUSY, 0
        for i in turn.waits:
            if self.heads[i].arrival > time:
                time, cause = self.heads[i].arrival, ("starved", self.spec.inputs[i].name)
        for retirement, why in self.flight.room(self.weight):
            freed += 1
            if retirement > time:
                time, cause = retirement, why
        self.waits[cause] = self.waits.get(cause, 0) + time - self.next_free
        return time, cause, freed

    def _push(self, turn: Turn, firing: Firing) -> dict[int, Stop]:
        """Queue what the outputs push; return the stops of those that push a value as well."""
        pushed: set[int] = set()
        if turn.acts:
            for output, port in enumerate(self.spec.outputs):
                if not self.chain.last <= port.level <= self.chain.depth:
                    continue
                for delay, token in enumerate(self.action.values(output)):
                    if holds(port.when, self.chain, self.registers.is_true):
                        self.flight.push(firing, output, token, delay)
                        pushed.add(output)
        for output, tokens in turn.drains.items():
            for token in tokens:
                self.flight.push(firing, output, token)
        late: dict[int, Stop] = {}
        for output, token in turn.gives.items():
            if output in pushed and isinstance(token, Stop):
                late[output] = token
            else:
                self.flight.push(firing, output, token)
        return late

    # -- reports --------------------------------------------------------------------------------

    def blocked_on(self) -> Blocked | None:
        """Name the channel that a process waits for; None if it waits for none.

        A context that rests before a pass without end waits if some of its tokens are there.
        """
        missing, fed = self.schedule.missing, any(head.tokens for head in self.heads)
        if self.turn is None and missing and (fed or not self.schedule.rests):
            return Blocked(self.number, self.spec.inputs[missing[0]].channel, "empty")
        box = self.flight.held_up
        return None if box is None else Blocked(self.number, box.number, "full")

    def statistics(self) -> ContextStatistics:
        """Return the account of this context's cycles."""
        waits, retired = self.waits, self.flight.retired

        def by_port(kind: str) -> dict[str, int]:
            return {port: cycles for (k, port), cycles in waits.items() if k == kind and cycles}

        return ContextStatistics(
            name=self.spec.name,
            kind=self.spec.kind,
            firings=self.firings,
            # The waits booked here are those for a tile that drains.
            busy=self.firings + waits.get(BUSY, 0),
            bank=self.bank,
            starved=by_port("starved"),
            backpressured=by_port("backpressured"),
            memory=waits.get(MEMORY, 0),
            idle=retired - self.next_free,
            lifetime=retired,
            source=self.spec.source,
        )
