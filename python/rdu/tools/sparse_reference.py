"""What a run of `rdu-sparse` is compared with: dense arithmetic, as sparse tensor algebra reads it.

A factor that is absent makes a product zero, whatever the other one is. Dense arithmetic has no
absent factors, only zeros, and zero times an infinity is NaN. So where it says NaN and the run does
not, it is done once more with zeros that absorb anything, and that value is what is expected. A NaN
of the run is never excused: it is one only where the factors were stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.interpreter import run
from rdu.mlir_ext.functions import defined_functions
from rdu.tools.sparse_modules import dense_operands

Array = NDArray[Any]


def references(
    module: Any, operands: Mapping[str, Any], actual: Sequence[Array]
) -> dict[str, Array]:
    """Return the names and the expected values of a program's results.

    Args:
        module: the program before it was lowered, of one function.
        operands: its operands, as trees or arrays.
        actual: what the run computed, in the order in which the function returns it.
    """
    (function,) = defined_functions(module)
    dense = dense_operands(function, operands)

    def evaluate(*, absorbing: bool) -> dict[str, Array]:
        return run(module, dense, function=function.name.value, absorbing=absorbing)

    expected = evaluate(absorbing=False)
    excused = {
        name: np.isnan(expected[name]) & ~np.isnan(own)
        for name, own in zip(expected, actual, strict=True)
        if own.dtype.kind in "fV" and own.shape == expected[name].shape
    }
    if not any(each.any() for each in excused.values()):
        return expected
    absorbed = evaluate(absorbing=True)
    return expected | {
        name: np.where(each, absorbed[name], expected[name]) for name, each in excused.items()
    }
