"""Programs of the `rdu` dialect: tensors, sections and the host's runs."""

from itertools import zip_longest

from rdu.dialects.checks import ROLES, is_static_tensor
from rdu.dialects.rdu.holder import CONTENTS, ELEMENTS, Holder, Rdu, holds_only
from rdu.dialects.rdu.nets import NetOp
from rdu.dialects.rdu.units import UnitOp
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import NoTerminator, Region
from rdu.semantics.dtypes import NUMPY

STATES = ("virtual", "partitioned", "placed", "routed")


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
        "type": "type is {have}: expected a ranked tensor of static shape of f32, bf16, i32 or i1",
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
        if self.role.value not in ROLES:
            self.error("role", have=self.role.value)
        if not _is_tensor(self.type.value):
            self.error("type", have=self.type.value)


class SectionOp(Holder, name="section", traits=[NoTerminator]):
    """Hold one full configuration of the fabric: formals, units, nets.

    ```mlir
    "rdu.section"() ({
      "rdu.formal"() {name = "x", type = tensor<64xf32>} : () -> ()
    }) {name = "main", state = "virtual"} : () -> ()
    ```

    Is a `section` of the configuration.
    """

    messages = CONTENTS | {
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

    def _verify_places(self, units: list[UnitOp]) -> None:
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

    def _verify_routes(self, nets: list[NetOp]) -> None:
        for net in nets:
            source = net.source.value
            routes = zip_longest(net.sink_names, net.route_lists)
            missing = [sink for sink, route in routes if not route and _unit(sink) != _unit(source)]
            for sink in missing:
                self.error("unrouted", name=net.name.value, source=source, sink=sink, at=net)


class FormalOp(Rdu.Operation, name="formal"):
    """Declare a section's parameter, which each run binds to a tensor.

    ```mlir
    "rdu.formal"() {name = "x", type = tensor<64xf32>} : () -> ()
    ```

    Is a parameter in the head of the configuration's section.
    """

    messages = {  # noqa: RUF012
        "type": "type is {have}: expected a ranked tensor of static shape of f32, bf16, i32 or i1"
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


class RunOp(Rdu.Operation, name="run"):
    """Run a section with tensors bound to its formals.

    ```mlir
    "rdu.run"() {section = "main", formals = ["x", "y"], tensors = ["x", "y"]} : () -> ()
    ```

    Is a `run` line of the configuration's host.
    """

    messages = ELEMENTS | {"bindings": "binds {have} tensors: expected {need}, one for each formal"}
    parents = ("builtin.module",)

    section: ir.StringAttr
    """The section's name."""
    formals: ir.ArrayAttr
    """Names of its formals."""
    tensors: ir.ArrayAttr
    """Names of the tensors bound to them."""

    def verify(self) -> None:
        """Check the bindings."""
        holds_only(self, "formals", ir.StringAttr, "strings")
        holds_only(self, "tensors", ir.StringAttr, "strings")
        if len(self.formals) != len(self.tensors):
            self.error("bindings", have=len(self.tensors), need=len(self.formals))


def _unit(port: str) -> str:
    return port.partition(".")[0]


def _is_tensor(kind: ir.Type) -> bool:
    return is_static_tensor(kind) and str(kind.element_type) in NUMPY
