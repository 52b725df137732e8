"""What the rdu dialect can say and a configuration cannot: one table, reported all at once."""

from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import Collector

MESSAGES = {
    "name": "is named '{have}': expected {need}, and none of the reserved words",
    "type": "carries {have}: expected f32, bf16, i32 or i1",
    "place": "is no part of a configuration: expected {need}",
    "operation": "is no operation of the fabric: expected one of its scalar table",
    "constant": "is {have}: expected a constant of f32, i32 or i1",
    "actions": "holds {have}: expected one access or primitive, or a computation",
    "primitive": "is '{have}': expected {need}",
    "word": "takes a value made by '{have}': expected the value of an 'rdu.pop'",
    "pushes": "delivers a word that {have} use: expected one 'rdu.push' and nothing else",
    "unnamed": "pushes a constant: expected an input, a counter or a result",
}


class Errors(Collector):
    """Gathers errors about ops."""

    def at(self, operation: ir.OpView, key: str, *, hint: str | None = None, **values: str) -> None:
        """Add `MESSAGES[key]` about an op, at its location."""
        text = MESSAGES[key].format(**values)
        location = source_location(operation.location)
        self.error(f"'{operation.operation.name}' {text}", location, hint=hint)
