"""The pass `linalg-to-sam`."""

from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.fusion import Decision
from rdu.analysis.sparse.statement import DENSITY
from rdu.analysis.sparse.target import Target
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.locations import title_beside
from rdu.mlir_ext.passes import Pass, option, register
from rdu.transforms.conversion.sparse.function import (
    FunctionConverter,
    has_tensors,
    is_sparse,
)
from rdu.transforms.conversion.sparse.globals import erase_unused_globals


@register
class LinalgToSam(Pass):
    """Turn linalg on sparse tensors into graphs of stream primitives.

    Accepts functions of one block. Those that have a structured op of linalg on a tensor with a
    sparse encoding, or with one of the attributes below, are converted, the others left alone
    unless `dense` is set. So are `tensor.concat`, `tensor.extract_slice`, `tensor.insert_slice`
    into zeros, or along one dimension, `tensor.pad` with zeros, and `tm_tensor.sort` of a tensor,
    alone or with the positions along the same dimension. Maps are projected
    permutations, indices of 0 apart; bodies hold the functions that value streams have;
    encodings have dense, compressed and singleton levels, dimensions in blocks included. A
    tensor without an encoding is dense, in whatever order of its dimensions suits. What is not
    supported is reported, all of it at once.

    Guarantees the same values, where zero times anything is taken for zero: what is not stored is
    zero and is skipped only where that makes no difference. A selection of the greater or lesser of
    two values that are compared is a maximum or minimum, which NaN is if either is; other
    comparisons and selections are functions of masks. A constant of 64 bits that a value of 32 is
    compared with is rounded to these, as PyTorch does. Powers by a
    constant that is no integer are roots, or exponentials of logarithms. Levels that store a loop's
    coordinates are intersected in products, united in sums; dense ones are located. `sam.variables`
    names an op's loops, `sam.order` is the order wished for them; without it the one is taken that
    is expected to send the fewest tokens and that the storage of the tensors allows. How many
    values they store is an assumption, or said by `sam.density` of a function's argument. With
    `lanes` a dense level that is walked innermost counts as so many values at once, as
    `sam-vectorize` has it; with `totals` sums that an accumulator does not hold count as made range
    by range, as `sam-tile` has it.

    An encoded tensor that is nothing but another one with its dimensions in another order is not
    stored: who reads it reads the other one. A result that is read once is computed where it is
    read if that sends no more tokens (`fusion=auto`), wherever possible (`full`), or never
    (`none`). With `anew`, an operand that no loops can read as it is stored is bound as if it were
    stored with compressed levels in an order that they can: `sam-read-as-written` has to follow.
    The zeros that an op with `sam.drop_zeros` computes are not stored where its result ends in a
    compressed level, nor are coordinates of compressed levels under which nothing is left; such a
    result is always stored.
    Private globals that nobody uses go, if something is converted. Leaves other ops alone.
    """

    name = "linalg-to-sam"
    level_in = "linalg"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "nothing": "returns nothing, and so computes nothing: expected a result",
        "operation": "is not supported: expected a structured op of linalg on tensors",
        "blocks": "has {have} blocks: expected one",
        "type": "{what} is {have}: expected {need}",
        "map": "accesses {operand} by {have}: expected {need}",
        "scalar": "'{name}' {have} is not supported in the body of '{op}': "
        "expected a function of value streams",
        "reduction": "computes result {number} by no reduction: expected a combiner "
        "({need}) of the result and a value that does not depend on it",
        "attribute": "attribute '{name}' is {have}: expected {need}",
        "block": "{what} has {have} along '{name}': expected {need}",
        "order": "has no order of its loops: expected one without circles, got {have}",
        "accumulated": "accumulates levels from the third on as one of {have} coordinates: "
        "expected {need} at most",
        "repeats": "merges a level of {tensor} that repeats coordinates ({have}): "
        "expected a level that has each once",
        "anew": "reads {tensor} stored anew, as {form}: no loops can read {given} here",
        "inserts": "inserts into what is not zero along dimensions {have}: "
        "expected one dimension, with stride 1",
        "pads": "pads with {have}: expected 0",
        "cuts": "pads by {have}: expected nothing negative, and slices that cut",
        "matches": "gathers or scatters {what}: expected {need}",
        "compares": "compares in a way of its own: expected ole, oge, sle or sge of two values",
        "beside": "sorts {have} along: expected positions along the same dimension, or nothing",
        "stores": "moves between tensors stored in the orders {have}: expected one order",
        "dropped": "stores no zeros that it computes, in the levels {form}",
        "fused": "computes in its graph what {producer} gives: "
        "{together} tokens expected instead of {apart}, {operations}",
        "stored": "reads what {producer} gives from a tensor: "
        "{apart} tokens expected, {together} if fused, {operations}",
        "apart": "reads what {producer} gives from a tensor: no order of loops computes both",
    }
    statistics = {  # noqa: RUF012
        "graphs": "graphs written",
        "primitives": "ops in them",
        "fused": "results that are computed where they are read",
        "dropped": "results in which zeros that were computed are not stored",
        "anew": "operands that are bound otherwise than they are stored",
        "stored": "results that might have been, and are stored",
    }

    @dataclass(frozen=True)
    class Options:
        """What to fuse, and what to assume."""

        fusion: str = option(
            "auto",
            help="which results are computed where they are read",
            choices=("none", "auto", "full"),
        )
        density: float = option(
            DENSITY, help="share of the values that a sparse tensor stores", min=0.0, max=1.0
        )
        anew: bool = option(
            False, help="let sam-read-as-written store operands anew that no loops can read"
        )
        dense: bool = option(False, help="convert functions without sparse tensors as well")
        lanes: int = option(1, help="values of a dense level that are computed at once", min=1)
        totals: int | None = option(None, help="words of sums that an accumulator holds", min=1)

    def run(self, module: Any, options: Any) -> None:
        """Convert every sparse function, or report all that cannot be and change nothing."""
        target = Target.of(options.lanes, options.totals)
        said: set[tuple[str, ...]] = set()

        def refuse(at: Any, key: str, **values: Any) -> None:
            place = (at,) if isinstance(at, ir.Location) else (at.location, at.operation.name)
            occurrence = tuple(map(str, (*place, key, *values.values())))
            if occurrence not in said:  # the ops of one source line often fail alike
                said.add(occurrence)
                self.error(at, key, **values)

        converters = [
            FunctionConverter(
                function, options.fusion, options.density, options.anew, target, refuse
            )
            for function in defined_functions(module)
            if is_sparse(function) or (options.dense and has_tensors(function))
        ]
        for converter in converters:
            converter.plan()
        if self.failed:
            return
        if converters:
            erase_unused_globals(module)
        for converter in converters:
            if converter.returns_nothing:
                self.warning(converter.function, "nothing")
            for at, tensor, given, form in converter.anew:
                self.remark(at, "anew", tensor=tensor, form=form, given=given)
                self.count("anew")
            for at, form in converter.dropping:
                self.remark(at, "dropped", form=form)
                self.count("dropped")
            for decision, producer, consumer in converter.decisions:
                self._report(decision, producer, consumer)
            graphs, primitives = converter.write()
            self.count("graphs", graphs)
            self.count("primitives", primitives)

    def _report(self, decision: Decision, producer: ir.Operation, consumer: ir.Operation) -> None:
        self.count("fused" if decision.fused else "stored")
        before, after = decision.operations_apart, decision.operations_together
        if decision.together is None:
            self.remark(consumer, "apart", producer=title_beside(producer, consumer))
            return
        self.remark(
            consumer,
            "fused" if decision.fused else "stored",
            producer=title_beside(producer, consumer),
            apart=f"{decision.apart:,.0f}",
            together=f"{decision.together:,.0f}",
            operations=f"{after:,.0f} operations instead of {before:,.0f}",
        )
