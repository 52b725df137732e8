"""Units of the `rdu` dialect: the memories and contexts that share one place."""

from rdu.dialects.checks import COUNTERS, check_counters
from rdu.dialects.rdu.holder import ARGUMENTS, CONTENTS, ELEMENTS, Holder, Rdu, holds_only
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import NoTerminator, Region

UNIT_KINDS = ("pcu", "pmu", "ag")


class UnitOp(Holder, name="unit", traits=[NoTerminator]):
    """Hold the memories and contexts that share one physical unit.

    ```mlir
    "rdu.unit"() ({
    }) {name = "p", kind = "pcu", place = array<i64: 2, 3>} : () -> ()
    ```

    Is a unit of the configuration: a PCU, PMU or address generator.
    """

    messages = CONTENTS | {
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
        if self.kind.value not in UNIT_KINDS:
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


class ContextOp(Holder, name="context", traits=[NoTerminator]):
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
        ARGUMENTS | ELEMENTS | COUNTERS | {"repeat": "repeats {have} times: expected at least 1"}
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
        if not holds_only(self, "names", ir.StringAttr, "strings"):
            return
        check_counters(self, ("starts", "stops", "steps", "lanes"))
        if self.repeat is not None and self.repeat.value < 1:
            self.error("repeat", have=self.repeat.value)
