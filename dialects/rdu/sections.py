"""Programs, sections, units, contexts and nets: the structure of the `rdu` dialect."""

from rdu.dialects.checks import COUNTERS, check_counters
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Dialect, NoTerminator, Region


class Rdu(Dialect, name="rdu"):
    """Which unit does it: the configuration of the fabric, as IR.

    A module holds tensors, sections and the host's runs. A section passes through four states:
    `virtual` (any number of units of any size), `partitioned` (every unit fits the machine),
    `placed` (every unit has a place) and `routed` (every net between units has a path). Its text
    form is the configuration file, which the simulator runs.
    """


STATES = ("virtual", "partitioned", "placed", "routed")
KINDS = ("vector", "scalar", "control")


_ARGUMENTS = {"arguments": "body takes {have} arguments: expected none"}
_CONTENTS = _ARGUMENTS | {"contents": "holds '{have}': expected {need}"}


_ELEMENTS = {"elements": "attribute '{name}' holds {have}: expected {need}"}


def _holds_only(op: Any, name: str, kind: type[ir.Attribute], need: str) -> bool:
    """Whether every element of an array attribute is of a kind; report the first that is not."""
    wrong = next((e for e in getattr(op, name) or () if not isinstance(e, kind)), None)
    if wrong is not None:
        op.error("elements", name=name, have=wrong, need=need)
    return wrong is None


class _Holder(Rdu.Operation):
    """What sections, units and contexts share: a body of at most one block, without arguments."""

    messages = _CONTENTS

    holds = ()
    """Names of the ops that the body may hold; empty for any."""

    @property
    def operations(self) -> list[ir.OpView]:
        """The ops of the body."""
        return [op for block in self.body.blocks for op in block.operations]

    def verify(self) -> None:
        """Check the shape of the body and what stands in it."""
        blocks = list(self.body.blocks)
        if len(blocks) > 1:
            self.error("blocks", name="body", have=len(blocks))
        if any(len(block.arguments) for block in blocks):
            self.error("arguments", have=sum(len(block.arguments) for block in blocks))
        for op in self.operations if self.holds else ():
            if op.operation.name not in self.holds:
                need = " or ".join(f"'{name}'" for name in self.holds)
                self.error("contents", have=op.operation.name, need=need, at=op)


class TensorOp(Rdu.Operation, name="tensor"):
    """Declare a tensor of the program, in a memory tier.

    ```mlir
    "rdu.tensor"() {name = "x", role = "input", type = tensor<64x784xf32>, tier = "dram"}
      : () -> ()
    ```

    Is a `tensor` line of the configuration.
    """

    messages = {  # noqa: RUF012
        "role": "role is '{have}': expected input, weight, output or temporary",
        "type": "type is {have}: expected a ranked tensor of static shape of f32, i32 or i1",
    }
    parents = ("builtin.module",)

    name: ir.StringAttr
    """The tensor's name."""
    role: ir.StringAttr
    """`input`, `weight`, `output` or `temporary`."""
    type: ir.TypeAttr
    """Shape and element type."""
    tier: ir.StringAttr
    """The memory tier that holds it."""

    def verify(self) -> None:
        """Check role and type."""
        if self.role.value not in ("input", "weight", "output", "temporary"):
            self.error("role", have=self.role.value)
        if not _is_tensor(self.type.value):
            self.error("type", have=self.type.value)


class SectionOp(_Holder, name="section", traits=[NoTerminator]):
    """Hold one full configuration of the fabric: formals, units, nets.

    ```mlir
    "rdu.section"() ({
      "rdu.formal"() {name = "x", type = tensor<64xf32>} : () -> ()
    }) {name = "main", state = "virtual"} : () -> ()
    ```

    Is a `section` of the configuration.
    """

    messages = _CONTENTS | {
        "state": "state is '{have}': expected virtual, partitioned, placed or routed",
        "duplicate": "holds two {kind}s named '{name}'",
        "unplaced": "is {state}, but unit '{name}' has no place",
        "collision": "units '{first}' and '{second}' are both at {place}",
        "unrouted": "is routed, but net '{name}' has no path from '{source}' to '{sink}'",
    }
    parents = ("builtin.module",)
    holds = ("rdu.formal", "rdu.unit", "rdu.net")

    name: ir.StringAttr
    """The section's name."""
    state: ir.StringAttr
    """`virtual`, `partitioned`, `placed` or `routed`."""
    body: Region
    """Formals, then units, then nets."""

    def verify(self) -> None:
        """Check the body and the state's name."""
        super().verify()
        if self.state.value not in STATES:
            self.error("state", have=self.state.value)

    def verify_body(self) -> None:
        """Check names, and places and routes as the state promises."""
        operations = self.operations
        taken: set[tuple[str, str]] = set()
        for operation in operations:
            kind = operation.operation.name.removeprefix("rdu.")
            if (kind, operation.name.value) in taken:
                self.error("duplicate", kind=kind, name=operation.name.value, at=operation)
            taken.add((kind, operation.name.value))
        units = [o for o in operations if isinstance(o, UnitOp)]
        if self.state.value in ("placed", "routed"):
            self._verify_places(units)
        if self.state.value == "routed":
            self._verify_routes([o for o in operations if isinstance(o, NetOp)])

    def _verify_places(self, units: list["UnitOp"]) -> None:
        at: dict[tuple[int, ...], str] = {}
        for unit in units:
            if unit.place is None:
                self.error("unplaced", state=self.state.value, name=unit.name.value, at=unit)
                continue
            place = tuple(unit.place)
            if place in at:
                self.error(
                    "collision", first=at[place], second=unit.name.value, place=place, at=unit
                )
            at[place] = unit.name.value

    def _verify_routes(self, nets: list["NetOp"]) -> None:
        for net in nets:
            source = net.source.value
            routes = net.route_lists
            for i, sink in enumerate(net.sink_names):
                remote = sink.split(".")[0] != source.split(".")[0]
                if remote and not (i < len(routes) and routes[i]):
                    self.error("unrouted", name=net.name.value, source=source, sink=sink, at=net)


class FormalOp(Rdu.Operation, name="formal"):
    """Declare a section's parameter, which each run binds to a tensor.

    ```mlir
    "rdu.formal"() {name = "x", type = tensor<64xf32>} : () -> ()
    ```

    Is a parameter in the head of the configuration's section.
    """

    messages = {  # noqa: RUF012
        "type": "type is {have}: expected a ranked tensor of static shape of f32, i32 or i1"
    }
    parents = ("rdu.section",)

    name: ir.StringAttr
    """The parameter's name."""
    type: ir.TypeAttr
    """Shape and element type."""

    def verify(self) -> None:
        """Check the type."""
        if not _is_tensor(self.type.value):
            self.error("type", have=self.type.value)


class UnitOp(_Holder, name="unit", traits=[NoTerminator]):
    """Hold the memories and contexts that share one physical unit.

    ```mlir
    "rdu.unit"() ({
    }) {name = "p", kind = "pcu", place = array<i64: 2, 3>} : () -> ()
    ```

    Is a unit of the configuration: a PCU, PMU or address generator.
    """

    messages = _CONTENTS | {
        "kind": "kind is '{have}': expected pcu, pmu or ag",
        "place": "place is {have}: expected a row and a column",
    }
    parents = ("rdu.section",)
    holds = ("rdu.memory", "rdu.context")

    name: ir.StringAttr
    """The unit's name."""
    kind: ir.StringAttr
    """`pcu`, `pmu` or `ag`."""
    place: ir.DenseI64ArrayAttr | None
    """Row and column, once placed."""
    body: Region
    """Memories, then contexts."""

    def verify(self) -> None:
        """Check the body, kind and place."""
        super().verify()
        if self.kind.value not in ("pcu", "pmu", "ag"):
            self.error("kind", have=self.kind.value)
        if self.place is not None and len(self.place) != 2:
            self.error("place", have=list(self.place))


class MemoryOp(Rdu.Operation, name="memory"):
    """Declare a scratchpad memory of a PMU.

    ```mlir
    "rdu.memory"() {name = "w", element = f32, words = 660 : i64, buffers = 1 : i64} : () -> ()
    ```

    Is a `memory` line of the configuration.
    """

    messages = {"size": "has {buffers} buffers of {words} words: expected 1 or more of each"}  # noqa: RUF012
    parents = ("rdu.unit",)

    name: ir.StringAttr
    """The memory's name."""
    element: ir.TypeAttr
    """Element type."""
    words: ir.IntegerAttr
    """32-bit words of one buffer."""
    buffers: ir.IntegerAttr
    """How many buffers."""

    def verify(self) -> None:
        """Check the sizes."""
        if min(self.words.value, self.buffers.value) < 1:
            self.error("size", buffers=self.buffers.value, words=self.words.value)


class ContextOp(_Holder, name="context", traits=[NoTerminator]):
    """Run a body on every firing of a counter chain.

    Every op with a `level` acts at the first (inputs) or last (outputs) firing of an iteration of
    that level: 0 is one pass over the whole chain, i the i-th counter.

    ```mlir
    "rdu.context"() ({
      %a = "rdu.pop"() {port = "a", kind = "vector", level = 1 : i64} : () -> f32
      %b = arith.negf %a : f32
      "rdu.push"(%b) {port = "b", kind = "vector", level = 1 : i64} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 64>,
        steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
    ```

    Is a `context` of the configuration.
    """

    messages = (
        _ARGUMENTS | _ELEMENTS | COUNTERS | {"repeat": "repeats {have} times: expected at least 1"}
    )
    parents = ("rdu.unit",)

    name: ir.StringAttr
    """The context's name."""
    names: ir.ArrayAttr
    """A name for each counter, outermost first."""
    starts: ir.DenseI64ArrayAttr
    """First value of each counter."""
    stops: ir.DenseI64ArrayAttr
    """Bound of each counter, not reached."""
    steps: ir.DenseI64ArrayAttr
    """Distance between values of each counter."""
    lanes: ir.DenseI64ArrayAttr
    """Values of each counter processed at once as a vector."""
    repeat: ir.IntegerAttr | None
    """Passes over the chain; 1 if absent."""
    body: Region
    """What happens on each firing."""

    @property
    def counter_names(self) -> list[str]:
        """Names of the counters."""
        return [ir.StringAttr(name).value for name in self.names]

    def verify(self) -> None:
        """Check the body and the counters."""
        super().verify()
        if not _holds_only(self, "names", ir.StringAttr, "strings"):
            return
        check_counters(self, ("starts", "stops", "steps", "lanes"))
        if self.repeat is not None and self.repeat.value < 1:
            self.error("repeat", have=self.repeat.value)


class NetOp(Rdu.Operation, name="net"):
    """Connect an output port to input ports, each through a FIFO of its own.

    ```mlir
    "rdu.net"() {name = "n", kind = "vector", source = "ld.main.data", sinks = ["p.main.a"],
      capacities = array<i64: 16>, inits = array<i64: 0>, routes = [array<i64: 0, 0, 0, 1>]}
      : () -> ()
    ```

    Is a `net` of the configuration; a route lists row and column of each switch on the way.
    """

    messages = _ELEMENTS | {
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
            _holds_only(self, "sinks", ir.StringAttr, "strings")
            and _holds_only(self, "routes", ir.DenseI64ArrayAttr, "arrays of i64")
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


class RunOp(Rdu.Operation, name="run"):
    """Run a section with tensors bound to its formals.

    ```mlir
    "rdu.run"() {section = "main", formals = ["x", "y"], tensors = ["x", "y"]} : () -> ()
    ```

    Is a `run` line of the configuration's host.
    """

    messages = _ELEMENTS | {
        "bindings": "binds {have} tensors: expected {need}, one for each formal"
    }
    parents = ("builtin.module",)

    section: ir.StringAttr
    """The section's name."""
    formals: ir.ArrayAttr
    """Names of its formals."""
    tensors: ir.ArrayAttr
    """Names of the tensors bound to them."""

    def verify(self) -> None:
        """Check the bindings."""
        _holds_only(self, "formals", ir.StringAttr, "strings")
        _holds_only(self, "tensors", ir.StringAttr, "strings")
        if len(self.formals) != len(self.tensors):
            self.error("bindings", have=len(self.tensors), need=len(self.formals))


def _is_tensor(kind: ir.Type) -> bool:
    tensor = isinstance(kind, ir.RankedTensorType) and kind.has_static_shape
    return tensor and str(kind.element_type) in ("f32", "i32", "i1")
