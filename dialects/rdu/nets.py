"""Nets of the `rdu` dialect: channels from one output port, and their way through the switches."""

from rdu.dialects.rdu.holder import ELEMENTS, Rdu, holds_only
from rdu.mlir_ext import ir

KINDS = ("vector", "scalar", "control")


class NetOp(Rdu.Operation, name="net"):
    """Connect an output port to input ports, each through a FIFO of its own.

    ```mlir
    "rdu.net"() {name = "n", kind = "vector", source = "ld.main.data", sinks = ["p.main.a"],
      capacities = array<i64: 16>, inits = array<i64: 0>, routes = [array<i64: 0, 0, 0, 1>]}
      : () -> ()
    ```

    Is a `net` of the configuration; a route lists row and column of each switch on the way.
    """

    messages = ELEMENTS | {
        "kind": "kind is '{have}': expected vector, scalar or control",
        "sinks": "attribute '{name}' has {have} entries: expected {need}, one for each sink",
        "capacity": "sink '{sink}' has capacity {have}: expected 1 or more, or -1 for unbounded",
        "init": "sink '{sink}' starts with {have} tokens: expected 0 to {need}",
        "port": "connects '{have}': expected a port as unit.context.port",
        "route": "route to '{sink}' has {have} numbers: expected two for each switch",
    }
    parents = ("rdu.section",)

    name: ir.StringAttr
    """The net's name."""
    kind: ir.StringAttr
    """`vector`, `scalar` or `control`."""
    source: ir.StringAttr
    """`unit.context.port` of the output."""
    sinks: ir.ArrayAttr
    """`unit.context.port` of each input."""
    capacities: ir.DenseI64ArrayAttr
    """Tokens that each FIFO holds; -1 is unbounded."""
    inits: ir.DenseI64ArrayAttr
    """Tokens that stand in each FIFO at the start."""
    routes: ir.ArrayAttr | None
    """For each sink the switches on its path, flattened; empty within a unit."""

    @property
    def sink_names(self) -> list[str]:
        """`unit.context.port` of each input."""
        return [ir.StringAttr(sink).value for sink in self.sinks]

    @property
    def route_lists(self) -> list[list[int]]:
        """Flattened switch coordinates for each sink; empty if there are none yet."""
        if self.routes is None:
            return []
        return [list(ir.DenseI64ArrayAttr(route)) for route in self.routes]

    def verify(self) -> None:
        """Check kind, ports, FIFOs and routes."""
        if self.kind.value not in KINDS:
            self.error("kind", have=self.kind.value)
        if not (
            holds_only(self, "sinks", ir.StringAttr, "strings")
            and holds_only(self, "routes", ir.DenseI64ArrayAttr, "arrays of i64")
        ):
            return
        sinks = self.sink_names
        for port in (self.source.value, *sinks):
            if port.count(".") != 2:
                self.error("port", have=port)
        sizes = {"capacities": len(self.capacities), "inits": len(self.inits)}
        if self.routes is not None:
            sizes["routes"] = len(self.routes)
        wrong = {name: have for name, have in sizes.items() if have != len(sinks)}
        for name, have in wrong.items():
            self.error("sinks", name=name, have=have, need=len(sinks))
        if wrong:
            return
        for sink, capacity, init in zip(sinks, self.capacities, self.inits, strict=True):
            if capacity < 1 and capacity != -1:
                self.error("capacity", sink=sink, have=capacity)
            elif not 0 <= init <= (init if capacity < 0 else capacity):
                self.error("init", sink=sink, have=init, need=capacity)
        for sink, route in zip(sinks, self.route_lists, strict=False):
            if len(route) % 2:
                self.error("route", sink=sink, have=len(route))
