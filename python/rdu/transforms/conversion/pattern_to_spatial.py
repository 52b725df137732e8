"""The pass `pattern-to-spatial`."""

from __future__ import annotations

from rdu.analysis.kernels import reductions, returned_tensors, top_level_patterns
from rdu.dialects.checks import is_static_tensor
from rdu.dialects.pattern import ReduceOp
from rdu.mlir_ext import arith, func, ir, tensor
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.passes import Pass, register
from rdu.semantics.dtypes import DTYPES
from rdu.transforms.conversion.controllers.function import FunctionConverter


@register
class PatternToSpatial(Pass):
    """Give every tensor a memory and every pattern a controller.

    Accepts functions whose bodies are patterns, scalar constants and a return, each pattern with
    at most one reduction; what is returned may be a pattern's result collapsed to a scalar, whose
    tensor in DRAM keeps its single dimension. Arguments and results become `spatial.dram`
    declarations; the function loses its signature. Every tensor that a pattern reads gets a
    scratchpad memory for that reader, loaded from DRAM or written by the pattern that computes
    it. Under a tile (`pattern-schedule`) all patterns run in one pipelined loop over tiles of the
    leading dimension, and what does not depend on it is loaded once, before the loop.

    A value that is combined with a finished reduction by the reduction's own operation becomes the
    value that the reduction starts from (so a bias costs no stage), unless lanes run along the
    reduction; results of floating-point sums change in their last bits by this.
    """

    name = "pattern-to-spatial"
    level_in = "pattern"
    level_out = "spatial"
    messages = {  # noqa: RUF012
        "reductions": "holds {have} reductions: expected at most one",
        "foreign": "is not at the pattern level: expected patterns, scalar constants and a return",
        "returned": "returns a value that no pattern computes: expected results of patterns",
        "signature": "takes or returns {have}: expected ranked tensors of f32, i32 or i1",
    }
    statistics = {  # noqa: RUF012
        "controllers": "inner controllers made",
        "memories": "scratchpad memories made",
        "folded": "values folded into the start of a reduction",
    }

    def run(self, module: ir.OpView, options: object) -> None:
        """Convert every function of the module."""
        for function in defined_functions(module):
            if self._convertible(function):
                self._convert(function)

    def _convert(self, function: ir.OpView) -> None:
        counts = FunctionConverter(function).convert()
        for statistic, count in counts.items():
            self.count(statistic, count)
        function.operation.erase()

    def _convertible(self, function: ir.OpView) -> bool:
        signature = ir.FunctionType(function.type)
        for kind in (*signature.inputs, *signature.results):
            if not is_static_tensor(kind) or str(kind.element_type) not in DTYPES:
                self.error(function, "signature", have=kind)
        patterns = top_level_patterns(function)
        for pattern in patterns:
            have = reductions(pattern)
            if len(have) + isinstance(pattern, ReduceOp) > 1:
                self.error(pattern, "reductions", have=len(have))
        for operation in function.regions[0].blocks[0].operations:
            if operation not in patterns:
                self._check_other(function, operation, patterns)
        return not self.failed

    def _check_other(
        self, function: ir.OpView, operation: ir.OpView, patterns: list[ir.OpView]
    ) -> None:
        """Check an op of a function that is no pattern."""
        if isinstance(operation, func.ReturnOp):
            results = {pattern.result for pattern in patterns}
            if any(value not in results for value in returned_tensors(function)):
                self.error(operation, "returned")
        elif not isinstance(operation, arith.ConstantOp | tensor.CollapseShapeOp):
            self.error(operation, "foreign")
