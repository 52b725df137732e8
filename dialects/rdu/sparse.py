"""Primitives of sparse tensor algebra in a context of the `rdu` dialect, and their streams."""

from rdu.dialects.rdu.contexts import VALUE_KINDS
from rdu.dialects.rdu.holder import ELEMENTS, Rdu, holds_only
from rdu.mlir_ext import ir

CONSTANTS = (ir.FloatAttr, ir.IntegerAttr, ir.BoolAttr)
"""What an input may be instead of a port's name."""


class _Stream(Rdu.Operation):
    """What the ports of streams share."""

    messages = {"kind": "kind is '{have}': expected vector or scalar"}  # noqa: RUF012
    parents = ("rdu.context",)

    def verify(self) -> None:
        """Check the kind."""
        if self.kind.value not in VALUE_KINDS:
            self.error("kind", have=self.kind.value)


class ReceiveOp(_Stream, name="receive"):
    """Receive a stream at an input port: values, stops that end fibers, and one done.

    When it moves on is for the primitive to say that the context holds.

    ```mlir
    "rdu.receive"() {port = "ref", kind = "scalar", element = i32} : () -> ()
    ```

    Is an `in` line of the configuration with `stream`.
    """

    port: ir.StringAttr
    """The port's name."""
    kind: ir.StringAttr
    """`vector` or `scalar`."""
    element: ir.TypeAttr
    """Element type of the values."""


class SendOp(_Stream, name="send"):
    """Send a stream from an output port, as the primitive of the context says.

    ```mlir
    "rdu.send"() {port = "crd", kind = "scalar", element = i32} : () -> ()
    ```

    Is an `out` line of the configuration with `stream`.
    """

    port: ir.StringAttr
    """The port's name."""
    kind: ir.StringAttr
    """`vector` or `scalar`."""
    element: ir.TypeAttr
    """Element type of the values."""


class SparseOp(Rdu.Operation, name="sparse"):
    """Be a primitive of sparse tensor algebra: all that its context does.

    Inputs are names of `rdu.receive` ports, constants of a function, or `root`, the stream of one
    reference to the root of a tensor. Outputs are names of `rdu.send` ports, or `_` where nobody
    wants one.

    ```mlir
    "rdu.sparse"() {primitive = "lookup", inputs = ["root"], outputs = ["crd", "_"],
      storage = "compressed", parts = ["B.segments0", "B.coordinates0"]} : () -> ()
    "rdu.sparse"() {primitive = "apply", function = "mulf", inputs = ["val", 2.0 : f32],
      outputs = ["out"]} : () -> ()
    ```

    Is the line of a sparse primitive of the configuration, whose verifier knows what each takes.
    """

    messages = ELEMENTS | {
        "together": "has '{have}' without '{need}': expected both or neither",
        "numbers": "has {have} numbers: expected {need}, one for each setting",
    }
    parents = ("rdu.context",)

    primitive: ir.StringAttr
    """The primitive's word, such as `lookup`."""
    inputs: ir.ArrayAttr
    """Ports by name, `root`, or constants of f32, i32 or i1."""
    outputs: ir.ArrayAttr
    """Ports by name, or `_`."""
    function: ir.StringAttr | None
    """An operation of the scalar table, where the primitive computes."""
    storage: ir.StringAttr | None
    """How what it reads or writes is stored: `dense`, `compressed`, `singleton` or `values`."""
    parts: ir.ArrayAttr | None
    """Formals by name, or extents, that make up the storage."""
    settings: ir.ArrayAttr | None
    """Names of the primitive's whole numbers."""
    numbers: ir.DenseI64ArrayAttr | None
    """The whole numbers."""

    def verify(self) -> None:
        """Check what the arrays hold, and that what belongs together is there."""
        constants = "strings, or constants of f32, i32 or i1"
        holds_only(self, "inputs", (ir.StringAttr, *CONSTANTS), constants)
        holds_only(self, "outputs", ir.StringAttr, "strings")
        holds_only(self, "parts", (ir.StringAttr, ir.IntegerAttr), "strings or integers")
        holds_only(self, "settings", ir.StringAttr, "strings")
        for one, other in (("storage", "parts"), ("settings", "numbers")):
            for have, need in ((one, other), (other, one)):
                if getattr(self, have) is not None and getattr(self, need) is None:
                    self.error("together", have=have, need=need)
        if self.settings is not None and self.numbers is not None:
            have, need = len(self.numbers), len(self.settings)
            if have != need:
                self.error("numbers", have=have, need=need)
