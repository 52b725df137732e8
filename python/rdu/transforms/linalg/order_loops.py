"""The pass `linalg-order-loops`."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from rdu.analysis.sparse.statement import DENSITY
from rdu.analysis.sparse.target import Target
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register
from rdu.transforms.conversion.linalg.needed import needed_values
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.densities import densities_of
from rdu.transforms.conversion.sparse.loop_names import ORDER, VARIABLES
from rdu.transforms.conversion.sparse.reading import Reader
from rdu.transforms.conversion.sparse.tensors import Tensors
from rdu.transforms.linalg.ordering.orders import OrderSearch, Written, loops_of


@register
class OrderLoops(Pass):
    """Choose the orders of loops so that what one op writes can be read as it is written.

    Accepts functions of structured ops of linalg. Each op gets the order of its loops that is
    expected to send the fewest tokens, as `linalg-to-sam` counts them, if the results that it reads
    are stored in the order of their dimensions. Where an op would then have no order of its loops,
    or would have to accumulate more levels than can be, other orders of the results around it are
    compared, and those taken with which the ops that touch them cost least.

    Guarantees that no op computes anything else: only `sam.variables` and `sam.order` are added.
    Leaves ops alone that have these, that `linalg-to-sam` would refuse, or for which no order was
    found.
    """

    name = "linalg-order-loops"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "ops": "ops that have an order now",
        "reordered": "results stored in another order than that of their dimensions",
    }

    @dataclass(frozen=True)
    class Options:
        """What costs depend on."""

        lanes: int = option(1, help="values of a dense level that are computed at once", min=1)
        totals: int | None = option(None, help="words of sums that an accumulator holds", min=1)

    def run(self, module: Any, options: Any) -> None:
        """Choose orders, then write them on the ops."""
        target = Target.of(options.lanes, options.totals)
        function = module
        if len(list(function.body.blocks)) != 1:
            return
        operations = [view.operation for view in function.body.blocks[0].operations]
        needed = needed_values(operations)
        tensors = Tensors(DENSITY, densities_of(function, _ignore), count())
        reader = Reader(tensors, _ignore)
        ops: list[Written] = []
        free: dict[int, int] = {}
        owners: dict[int, Structured] = {}
        for operation in operations:
            op = read_structured(operation) if operation.name.startswith("linalg.") else None
            for number, value in enumerate(operation.results):
                if op is None or value not in needed or operation.name == "linalg.fill":
                    continue
                own = tensors.number(value)
                statement = reader.read(op, number)
                if statement is None:
                    continue
                ops.append(Written(own, statement))
                owners[own] = op
                if _is_between(value):
                    free[own] = value.type.rank
        orders = OrderSearch(ops, free, target).run()
        for number, loops in loops_of(ops, orders, target).items():
            self.count("ops", int(_wish(owners[number], loops)))
        self.count("reordered", sum(list(order) != sorted(order) for order in orders.values()))


def _is_between(value: ir.Value) -> bool:
    """Tell whether a result is read by other ops and may be stored in any order."""
    kind: Any = value.type
    readers = [use.owner.operation.name for use in value.uses]
    return kind.encoding is None and any(name.startswith("linalg.") for name in readers)


def _wish(op: Structured, loops: tuple[str, ...]) -> bool:
    """Write an order on an op, if it has none and the order is one of its own loops."""
    attributes = op.operation.attributes
    names = [f"d{number}" for number in range(len(op.extents))]
    if ORDER in attributes or VARIABLES in attributes or not names:
        return False
    own = [name for name in loops if name in names]
    if sorted(own) != sorted(names):
        return False
    attributes[VARIABLES] = _strings(names)
    attributes[ORDER] = _strings(own)
    return True


def _strings(names: list[str]) -> ir.Attribute:
    return ir.ArrayAttr.get([ir.StringAttr.get(name) for name in names])


def _ignore(*_: Any, **__: Any) -> None:
    """Leave it to `linalg-to-sam` to say."""
