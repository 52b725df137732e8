"""The pass `linalg-match-indices`."""

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.conversion.linalg.needed import needed_values
from rdu.transforms.linalg.indices.gathers import Gather, extracts
from rdu.transforms.linalg.indices.scatters import SCATTER, Scatter


@register
class MatchIndices(Pass):
    """Write gathers and scatters by values as ops that compare values with positions.

    Accepts functions of one block. An op of linalg that yields a `tensor.extract` at positions that
    are its loops or values of operands becomes one with a loop more for each value, in which it
    takes the element at the position that equals the value; -1 is the last position where the op
    adds the extent to what is negative. `tm_tensor.scatter` that adds or replaces gets a loop for
    each dimension that indices name, and stores at the positions that equal the values; what it
    adds to is added afterwards, what it replaces is chosen where ones stored alike are absent.
    Index tensors of i64 stay so; `linalg-narrow-positions` has to follow.

    Guarantees the same values where every index is one of its dimension; others give or store
    nothing, where the ops of torch-mlir are undefined. Reports gathers at positions that are
    computed otherwise, and scatters that combine values otherwise. Leaves all else alone.
    """

    name = "linalg-match-indices"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    messages = {  # noqa: RUF012
        "position": "extracts at a position that '{name}' computes: expected loops, or values of "
        "index tensors as they are",
        "index": "has indices that are computed: expected values of index tensors as they are",
        "single": "has indices of a dimension of extent 1: expected 2 or more",
        "combines": "combines values by '{have}': expected a sum, or the new value",
    }
    statistics = {  # noqa: RUF012
        "gathers": "gathers that compare positions now",
        "scatters": "scatters that do",
    }

    def run(self, module: Any, options: Any) -> None:
        """Rewrite each gather and scatter that is needed, or report what is wrong with it."""
        function = module
        if len(list(function.body.blocks)) != 1:
            return
        operations = [view.operation for view in function.body.blocks[0].operations]
        needed = needed_values(operations)
        for operation in operations:
            if not any(result in needed for result in operation.results):
                continue
            if operation.name == SCATTER:
                self._scatter(operation)
            elif extracts(operation) and len(operation.results) == 1:
                self._gather(operation)

    def _gather(self, operation: ir.Operation) -> None:
        gather = Gather(operation)
        if gather.wrong is not None:
            self.error(operation, "position", name=gather.wrong.name)
            return
        if gather.is_single:
            self.error(operation, "single")
            return
        with ir.InsertionPoint(operation), operation.location:
            made = gather.write()
        operation.results[0].replace_all_uses_with(made)
        operation.erase()
        self.count("gathers")

    def _scatter(self, operation: ir.Operation) -> None:
        with ir.InsertionPoint(operation), operation.location:
            scatter = Scatter(operation)
            if scatter.wrong is not None:
                key, values = scatter.wrong
                self.error(operation, key, **values)
                return
            made = scatter.write()
        operation.results[0].replace_all_uses_with(made)
        operation.erase()
        self.count("scatters")
