"""The `rdu` dialect itself, and what its ops share that hold others."""

from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Dialect


class Rdu(Dialect, name="rdu"):
    """Which unit does it: the configuration of the fabric, as IR.

    A module holds tensors, sections and the host's runs. A section passes through four states:
    `virtual` (any number of units of any size), `partitioned` (every unit fits the machine),
    `placed` (every unit has a place) and `routed` (every net between units has a path). Its text
    form is the configuration file, which the simulator runs.
    """


ARGUMENTS = {"arguments": "body takes {have} arguments: expected none"}
CONTENTS = ARGUMENTS | {"contents": "holds '{have}': expected {need}"}
"""Messages of `Holder`, the first also where a body may hold any ops."""
ELEMENTS = {"elements": "attribute '{name}' holds {have}: expected {need}"}
"""The message of `holds_only`."""


def holds_only(
    op: Any, name: str, kinds: type[ir.Attribute] | tuple[type[ir.Attribute], ...], need: str
) -> bool:
    """Whether every element of an array attribute is of the kinds; report the first that is not."""
    wrong = next((e for e in getattr(op, name) or () if not isinstance(e, kinds)), None)
    if wrong is not None:
        op.error("elements", name=name, have=wrong, need=need)
    return wrong is None


class Holder(Rdu.Operation):
    """What sections, units and contexts share: a body of at most one block, without arguments."""

    messages = CONTENTS

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
