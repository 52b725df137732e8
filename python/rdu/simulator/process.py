"""A context at work in the readable engine: when it fires, what it does, where its cycles go."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS, constant
from rdu.simulator.channel import Channel
from rdu.simulator.result import Blocked, ContextStatistics
from rdu.simulator.specification import ContextSpec, ElaboratedSection, Output, Step, TensorSpec
from rdu.simulator.tier import Tier

Array = NDArray[Any]
Value = tuple[Array, Array]
"""The lanes of a register and their mask, both of the machine's vector width."""

Cause = tuple[str, str]
"""What a firing waited for: `starved` or `backpressured` with a port, `memory`, or `busy`."""

BUSY: Cause = ("busy", "")
MEMORY: Cause = ("memory", "")


class Fabric(Protocol):
    """What a process sees of the rest of the section."""

    spec: ElaboratedSection
    channels: list[Channel[Value]]
    memories: list[Array]
    tensors: Sequence[Array]
    tiers: list[Tier]

    def wake(self, process: int) -> None:
        """Give a process a turn."""


@dataclass(slots=True)
class Firing:
    """A firing in flight: it retires when its responses are there and its tokens have left."""

    ready: int
    weight: int
    free: int = 0
    """When its bank cycles are over."""
    responses: int = 0
    pushes: int = 0
    left: int = 0
    outbox: int = 0
    """The first outbox whose token left last."""


Outbox = tuple[int, Output, deque[tuple[Firing, Value | None]]]
"""A channel, its port, and the values that wait to leave on it (None for control tokens)."""


class Process:
    """A context with its counter chain, registers, firings in flight and account of cycles."""

    def __init__(self, number: int, spec: ContextSpec, fabric: Fabric) -> None:
        self.number = number
        self.spec = spec
        self.fabric = fabric
        lanes = fabric.spec.lanes
        self.lanes = np.arange(lanes, dtype=np.int32)
        # Masked lanes may count beyond i32.
        self.wide_lanes = self.lanes.astype(np.int64)
        self.all_lanes = np.ones(lanes, bool)
        self.uses_tier = spec.kind in ("load", "store")
        self.limit = fabric.spec.outstanding if self.uses_tier else spec.depth
        self.trips = [0] * len(spec.levels)
        self.iterations = [0] * (len(spec.levels) + 1)
        self.passes_left = spec.repeat
        self.mask = self.all_lanes
        self.held: list[Value | None] = [None] * len(spec.inputs)
        self.registers: list[Value] = [(self.lanes, self.all_lanes)] * len(spec.registers)
        for register, value in spec.constants:
            scalar = constant(value, spec.registers[register])
            self.registers[register] = np.full(lanes, scalar), self.all_lanes
        self.states: dict[int, Array] = {}
        self.next_free = 0
        self.retired = 0
        self.retired_cause = BUSY
        self.flying: deque[Firing] = deque()
        self.retirements: deque[tuple[int, Cause, int]] = deque()
        self.in_flight = 0
        self.outboxes: list[Outbox] = [
            (channel, port, deque()) for port in spec.outputs for channel in port.channels
        ]
        self.firings = 0
        self.bank = 0
        self.waits: dict[Cause, int] = {}

    @property
    def finished(self) -> bool:
        """Whether every pass is over and every firing has retired."""
        return self.passes_left == 0 and not self.flying

    def advance(self) -> None:
        """Fire as often as known tokens, slots and retirements allow."""
        self._drain()
        while self.passes_left and self._fire():
            self._drain()

    # -- one firing -----------------------------------------------------------------------------

    def _fire(self) -> bool:
        """Start the next firing if the times that decide its start are known."""
        spec, channels = self.spec, self.fabric.channels
        first = self._edge_level(last=False)
        popped = [i for i, port in enumerate(spec.inputs) if port.level >= first]
        if any(not channels[spec.inputs[i].channel].tokens for i in popped):
            return False
        self._set_counters()
        addresses, bursts = self._addresses(first), np.empty(0, np.int64)
        if self.uses_tier:
            bursts = self._bursts(addresses)
        weight = len(bursts) if self.uses_tier else 1
        if not self._retirement_known(weight):
            return False
        time = self._start(popped, weight)
        for i in popped:
            channel = channels[spec.inputs[i].channel]
            self.held[i] = channel.pop(time)
            self.fabric.wake(channel.spec.source)
        self.iterations = [n + (level >= first) for level, n in enumerate(self.iterations)]
        for i, token in enumerate(self.held):
            if token is not None:
                self.registers[i] = token[0], token[1] & self.mask
        firing = Firing(ready=time + spec.depth, weight=weight)
        cost, word = self._act(firing, time, first, addresses, bursts)
        self.in_flight += weight
        self.firings += 1
        self.bank += cost - 1
        self.next_free = firing.free = time + cost
        self._emit(firing, word)
        self.flying.append(firing)
        self._step_counters()
        return True

    def _start(self, popped: list[int], weight: int) -> int:
        """Return when this firing starts; account for what it waited for last, free its slots."""
        time, cause = self.next_free, BUSY
        for i in popped:
            port = self.spec.inputs[i]
            arrival = self.fabric.channels[port.channel].arrival
            if arrival > time:
                time, cause = arrival, ("starved", port.name)
        while self.in_flight + weight > self.limit and self.retirements:
            retirement, why, freed = self.retirements.popleft()
            self.in_flight -= freed
            if retirement > time:
                time, cause = retirement, why
        self.waits[cause] = self.waits.get(cause, 0) + time - self.next_free
        return time

    def _edge_level(self, *, last: bool) -> int:
        """Outermost level of which this firing is the first (or last) of an iteration."""
        level = len(self.trips)
        while level and self.trips[level - 1] == (
            self.spec.levels[level - 1].trips - 1 if last else 0
        ):
            level -= 1
        return level

    def _set_counters(self) -> None:
        """Put this firing's counter values into their registers; find its lane mask."""
        spec, base = self.spec, len(self.spec.inputs)
        vector = spec.vector_level
        memory_scalar = vector == 0 and spec.kind != "compute"
        self.mask = self.lanes == 0 if memory_scalar else self.all_lanes
        if vector:
            level = spec.levels[vector - 1]
            values = self._counter(vector - 1) + self.wide_lanes * level.step
            self.mask = (values < level.stop) & (self.wide_lanes * level.step < level.stride)
        for i in range(len(spec.levels)):
            values = np.full(len(self.lanes), self._counter(i))
            if i == vector - 1:
                values += self.wide_lanes * spec.levels[i].step
            self.registers[base + i] = values.astype(np.int32), self.mask

    def _counter(self, i: int) -> int:
        return self.spec.levels[i].start + self.trips[i] * self.spec.levels[i].stride

    def _step_counters(self) -> None:
        for i in reversed(range(len(self.trips))):
            self.trips[i] += 1
            if self.trips[i] < self.spec.levels[i].trips:
                return
            self.trips[i] = 0
        self.passes_left -= 1

    def _retirement_known(self, weight: int) -> bool:
        """Whether enough firings have retired to leave room, or none is left to wait for."""
        room = self.limit - self.in_flight + sum(freed for _, _, freed in self.retirements)
        return not self.flying or room >= weight

    # -- actions --------------------------------------------------------------------------------

    def _act(
        self, firing: Firing, time: int, first: int, addresses: Array, bursts: Array
    ) -> tuple[int, Value | None]:
        """Do the action; return its cost in cycles and the word that it reads or loads."""
        access = self.spec.access
        if access is None:
            for step in self.spec.steps:
                self.registers[step.result] = self._evaluate(step, first)
            return 1, None
        if self.uses_tier:
            return 1, self._request(firing, time, addresses, bursts)
        values, mask = None, self.mask
        if self.spec.kind == "write":
            values, mask = self.registers[access.port]
        live = addresses[mask]
        memory = self.fabric.memories[access.target].reshape(-1)
        banks = self.fabric.spec.memories[access.target].banks
        cost = int(np.bincount(np.unique(live) % banks).max()) if len(live) else 1
        if values is not None:
            memory[live] = values[mask]
            return cost, None
        word = np.zeros(len(self.lanes), memory.dtype)
        word[mask] = memory[live]
        return cost, (word, mask)

    def _evaluate(self, step: Step, first: int) -> Value:
        values = [self.registers[r] for r in step.operands]
        if step.over < 0:
            mask = self.all_lanes
            for _, m in values:
                mask = mask & m
            return OPS[step.mnemonic].evaluate(*(v for v, _ in values)), mask
        ((value, mask),) = values
        combine = OPS[step.mnemonic].evaluate
        state = self.states.get(step.result)
        if state is None or first < step.over:
            state = self._initial(step)
        if step.tree:
            total, live = reduce_lanes(step.mnemonic, value, mask)
            state = combine(state, np.full_like(state, total)) if live else state
        else:
            state = np.where(mask, combine(state, value), state)
        self.states[step.result] = state
        return state, self.all_lanes if step.tree else self.mask

    def _initial(self, step: Step) -> Array:
        if step.init >= 0:
            return self.registers[step.init][0]
        start = identity(step.mnemonic, self.spec.registers[step.result])
        return np.full(len(self.lanes), start)

    def _addresses(self, first: int) -> Array:
        """Word address of every lane, in a memory's buffers or in a tensor."""
        access, base = self.spec.access, len(self.spec.inputs)
        if access is None:
            return self.lanes
        total = np.full(len(self.lanes), access.constant, np.int64)
        for i, coefficient in enumerate(access.coefficients):
            if coefficient:
                total += coefficient * self.registers[base + i][0].astype(np.int64)
        if access.buffer_level >= 0:
            memory = self.fabric.spec.memories[access.target]
            started = self.iterations[access.buffer_level] + (access.buffer_level >= first)
            total += (started - 1) % memory.buffers * memory.words
        return total

    def _bursts(self, addresses: Array) -> Array:
        """Distinct burst numbers of the live lanes, in order of their first lane."""
        access = self.spec.access
        assert access is not None
        tensor = self.fabric.spec.tensors[access.target]
        bursts = self._homes(tensor, addresses[self._tier_mask()])
        _, order = np.unique(bursts, return_index=True)
        return bursts[np.sort(order)]

    def _homes(self, tensor: TensorSpec, addresses: Array) -> Array:
        """Burst number of each element of a tensor."""
        tier = self.fabric.spec.tiers[tensor.tier]
        return (tensor.address + tensor.element_bytes * addresses) // tier.burst_bytes

    def _tier_mask(self) -> Array:
        """Lanes that a load or store touches; a store's data may mask more."""
        access = self.spec.access
        if self.spec.kind == "load" or access is None:
            return self.mask
        channel = self.fabric.channels[self.spec.inputs[access.port].channel]
        first = self._edge_level(last=False)
        held = self.held[access.port]
        if self.spec.inputs[access.port].level >= first:
            held = channel.tokens[0][1]
        return self.mask if held is None else self.mask & held[1]

    def _request(self, firing: Firing, time: int, addresses: Array, bursts: Array) -> Value | None:
        """Request each distinct burst; its lanes are read or written when it is served."""
        access, fabric = self.spec.access, self.fabric
        assert access is not None
        tensor = fabric.spec.tensors[access.target]
        tier = fabric.tiers[tensor.tier]
        data = fabric.tensors[access.target]
        loads = self.spec.kind == "load"
        if loads:
            values, mask = np.zeros(len(self.lanes), data.dtype), self.mask
            tier.loaded += len(bursts)
        else:
            values, mask = self.registers[access.port]
            tier.stored += len(bursts)
        homes = self._homes(tensor, addresses)
        firing.responses = len(bursts)
        for burst in bursts:
            chosen = mask & (homes == burst)

            def serve(response: int, chosen: Array = chosen) -> None:
                if loads:
                    values[chosen] = data[addresses[chosen]]
                else:
                    data[addresses[chosen]] = values[chosen]
                firing.ready = max(firing.ready, response)
                firing.responses -= 1
                fabric.wake(self.number)

            tier.request(time, self.number, int(burst), serve)
        return (values, mask) if loads else None

    # -- tokens out and retirement --------------------------------------------------------------

    def _emit(self, firing: Firing, word: Value | None) -> None:
        """Queue the value of every output that ends an iteration with this firing."""
        last = self._edge_level(last=True)
        for _, port, box in self.outboxes:
            if port.level >= last:
                value = word if port.register < 0 else self.registers[port.register]
                box.append((firing, value))
                firing.pushes += 1

    def _token(self, port: Output, value: Value | None) -> Value | None:
        """Return what leaves on a port; a scalar is the first live lane's value."""
        if port.kind == "control":
            return None
        assert value is not None
        if port.kind == "vector":
            return value
        lane = int(np.argmax(value[1]))
        return np.full_like(value[0], value[0][lane]), self.all_lanes

    def _drain(self) -> None:
        """Push what is ready and has a slot; retire firings in order."""
        for number, (channel_number, port, box) in enumerate(self.outboxes):
            channel = self.fabric.channels[channel_number]
            while box and box[0][0].responses == 0 and channel.has_slot:
                firing, value = box.popleft()
                # Only now is the word of a load there.
                time = channel.push(firing.ready, self._token(port, value))
                firing.pushes -= 1
                if time > firing.left or (time == firing.left and number < firing.outbox):
                    firing.left, firing.outbox = time, number
                self.fabric.wake(channel.spec.sink)
        while self.flying and self.flying[0].responses == 0 and self.flying[0].pushes == 0:
            self._retire(self.flying.popleft())

    def _retire(self, firing: Firing) -> None:
        """Retire a firing; remember the first term that decided when."""
        time, cause = max(firing.ready, firing.free), MEMORY if self.uses_tier else BUSY
        if firing.left > time:
            port = self.outboxes[firing.outbox][1].name
            time, cause = firing.left, ("backpressured", port)
        if self.retired > time:
            time, cause = self.retired, self.retired_cause
        self.retired, self.retired_cause = time, cause
        self.retirements.append((time, cause, firing.weight))

    # -- reports --------------------------------------------------------------------------------

    def blocked_on(self) -> Blocked | None:
        """Name the channel that an unfinished process waits for; None if it waits for memory."""
        channels = self.fabric.channels
        for number, _, box in self.outboxes:
            if box and not channels[number].has_slot:
                return Blocked(self.number, number, "full")
        first = self._edge_level(last=False)
        for port in self.spec.inputs:
            if port.level >= first and not channels[port.channel].tokens:
                return Blocked(self.number, port.channel, "empty")
        return None

    def statistics(self) -> ContextStatistics:
        """Return the account of this context's cycles."""
        waits = self.waits

        def by_port(kind: str) -> dict[str, int]:
            return {port: cycles for (k, port), cycles in waits.items() if k == kind and cycles}

        return ContextStatistics(
            name=self.spec.name,
            kind=self.spec.kind,
            firings=self.firings,
            busy=self.firings,
            bank=self.bank,
            starved=by_port("starved"),
            backpressured=by_port("backpressured"),
            memory=waits.get(MEMORY, 0),
            idle=self.retired - self.next_free,
            lifetime=self.retired,
            source=self.spec.source,
        )
