"""The kernels of SAM's evaluation as texts, and what they compute.

Each entry of `KERNELS` takes the extents of its index variables, in alphabetical order, and returns
a function's text; with it the variables of its operands, and the sum for `numpy.einsum`.
"""

from rdu.frontends.sparse.kernels import KERNELS as BUILT
from rdu.mlir_ext.printing import print_operation


def _texts(build):
    return lambda *extents: print_operation(build(*extents))


KERNELS = {
    name: (_texts(kernel.build), list(kernel.operands.values()), kernel.formula)
    for name, kernel in BUILT.items()
}
