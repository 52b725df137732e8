"""The fabric in the making: units, shared reads, and the tokens that pass memories on."""

from __future__ import annotations

from collections.abc import Sequence

from rdu.mlir_ext import ir
from rdu.support.names import unused
from rdu.transforms.conversion.units.plans import Access, Net, Unit


class Fabric:
    """Units and nets in the making."""

    def __init__(self, fifo_depth: int) -> None:
        self.fifo_depth = fifo_depth
        self.units: dict[str, Unit] = {}
        self.nets: dict[tuple[str, str], Net] = {}
        self.accesses: dict[ir.Value, list[Access]] = {}
        self.home: dict[ir.Value, str] = {}
        self.shared: dict[tuple[object, ...], str] = {}

    def unit(self, kind: str, name: str, location: ir.Location) -> str:
        """Add a unit; return its name, made unique."""
        unique = unused(name, self.units)
        self.units[unique] = Unit(kind, location)
        return unique

    def memory(self, declaration: ir.OpView) -> None:
        """Add the PMU that holds a memory."""
        name = self.unit("pmu", declaration.name.value, declaration.location)
        self.units[name].memory = declaration.result
        self.home[declaration.result] = name
        self.accesses[declaration.result] = []

    def connect(
        self, source: str, sink: str, kind: str, capacity: int | None = None, init: int = 0
    ) -> None:
        """Connect an output port to an input port."""
        net = self.nets.setdefault((source, kind), Net(kind))
        net.sinks.append((sink, capacity or self.fifo_depth, init))

    def write(self, access: Access) -> str:
        """Add a write context; return the port that takes its data."""
        return self._access(access, "write")

    def read(self, access: Access) -> str:
        """Add a read context, or find the one that reads the same; return its data port.

        Readers of different turns share none: one would wait for the other's results while its own
        channel is full, and the other for tokens behind that.
        """
        shape = tuple((c.stop, c.step, c.lanes) for c in access.chain[_depth(access.scope) :])
        key = (access.memory, access.scope, access.turn, shape, access.address)
        if key not in self.shared:
            self.shared[key] = self._access(access, "read")
        return self.shared[key]

    def _access(self, access: Access, verb: str) -> str:
        home = self.home[access.memory]
        contexts = self.units[home].contexts
        same = sum(name.startswith(verb) for name in contexts)
        access.context = f"{verb}_{same + 1}" if same else verb
        contexts[access.context] = access
        self.accesses[access.memory].append(access)
        return f"{home}.{access.context}.data"

    def own(
        self, memory: ir.Value, writers: list[Access], readers: list[Access], level: int
    ) -> None:
        """Connect full and free tokens between every writer and reader of a memory."""
        home, buffers = self.home[memory], memory.owner.opview.buffers.value
        for access in (*writers, *readers):
            access.level = level
        for givers, takers, token, init in (
            (writers, readers, "full", 0),
            (readers, writers, "free", buffers),
        ):
            for giver in givers:
                giver.releases.append(token)
            for taker in takers:
                for number, giver in enumerate(givers):
                    port = token if len(givers) == 1 else f"{token}_{number}"
                    taker.acquires.append(port)
                    self.connect(
                        f"{home}.{giver.context}.{token}",
                        f"{home}.{taker.context}.{port}",
                        "control",
                        buffers,
                        init,
                    )


def _depth(scope: Sequence[ir.Operation]) -> int:
    """Count the counters of the controllers around an access."""
    return sum(len(controller.opview.names) for controller in scope)
