"""The kernels of SAM's evaluation, primitive by primitive.

Hsu et al., "The Sparse Abstract Machine", ASPLOS 2023. Each function takes the extents of its index
variables, in alphabetical order, and returns a module; all levels are compressed but for those of
the sampled product's dense factors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.mlir_ext import ir

SS, DD = ("compressed", "compressed"), ("dense", "dense")


class Kernel(NamedTuple):
    """A kernel of the literature.

    Attributes:
        build: makes its module of the extents of its variables.
        operands: the variables of each operand, by name.
        formula: the sum of products as `numpy.einsum` has it; None for the sum of all operands.
    """

    build: Callable[..., ir.OpView]
    operands: Mapping[str, str]
    formula: str | None


def spmv(i: int, j: int) -> ir.OpView:
    """Multiply a sparse matrix and a sparse vector."""
    g = GraphBuilder((i,), {"B": Operand((i, j), SS), "c": Operand((j,), SS[:1])})
    matrix, vector = g.tensor("B"), g.tensor("c")
    root_b, root_c = g.root(), g.root()
    crd_i, bi = g.lookup(matrix, 0, root_b)
    ci = g.repeat(root_c, bi)
    _, b, c = g.intersect(g.lookup(matrix, 1, bi), g.lookup(vector, 0, ci))
    product = g.alu("mul", g.array(matrix, b), g.array(vector, c))
    return g.finish([crd_i], g.reduce("add", product, crd_i))


def mm_ijk(i: int, j: int, k: int) -> ir.OpView:
    """Multiply sparse matrices by inner products."""
    g = GraphBuilder((i, j), {"B": Operand((i, k), SS), "C": Operand((k, j), SS, (1, 0))})
    left, right = g.tensor("B"), g.tensor("C")
    root_b, root_c = g.root(), g.root()
    crd_i, bi = g.lookup(left, 0, root_b)
    crd_j, cj = g.lookup(right, 0, g.repeat(root_c, bi))
    bj = g.repeat(bi, cj)
    _, b, c = g.intersect(g.lookup(left, 1, bj), g.lookup(right, 1, cj))
    product = g.alu("mul", g.array(left, b), g.array(right, c))
    return g.finish([crd_i, crd_j], g.reduce("add", product, crd_j))


def mm_ikj(i: int, j: int, k: int) -> ir.OpView:
    """Multiply sparse matrices by linear combinations of rows."""
    g = GraphBuilder((i, j), {"B": Operand((i, k), SS), "C": Operand((k, j), SS)})
    left, right = g.tensor("B"), g.tensor("C")
    root_b, root_c = g.root(), g.root()
    crd_i, bi = g.lookup(left, 0, root_b)
    ci = g.repeat(root_c, bi)
    crd_k, b, c = g.intersect(g.lookup(left, 1, bi), g.lookup(right, 0, ci))
    crd_j, cj = g.lookup(right, 1, c)
    product = g.alu("mul", g.array(left, g.repeat(b, cj)), g.array(right, cj))
    xj, x = g.accumulate("add", crd_k, [crd_j], product)
    return g.finish([crd_i, xj], x)


def mm_kij(i: int, j: int, k: int) -> ir.OpView:
    """Multiply sparse matrices by outer products."""
    g = GraphBuilder((i, j), {"B": Operand((i, k), SS, (1, 0)), "C": Operand((k, j), SS)})
    left, right = g.tensor("B"), g.tensor("C")
    root_b, root_c = g.root(), g.root()
    crd_k, b, c = g.intersect(g.lookup(left, 0, root_b), g.lookup(right, 0, root_c))
    crd_i, bi = g.lookup(left, 1, b)
    crd_j, cj = g.lookup(right, 1, g.repeat(c, bi))
    product = g.alu("mul", g.array(left, g.repeat(bi, cj)), g.array(right, cj))
    xi, xj, x = g.accumulate("add", crd_k, [crd_i, crd_j], product)
    return g.finish([xi, xj], x)


def sddmm(i: int, j: int, k: int) -> ir.OpView:
    """Sample the product of dense matrices, the second one transposed, at a sparse matrix."""
    operands = {"B": ((i, j), SS), "C": ((i, k), DD), "D": ((j, k), DD)}
    g = GraphBuilder((i, j), {name: Operand(*given) for name, given in operands.items()})
    sample, left, right = g.tensor("B"), g.tensor("C"), g.tensor("D")
    root = g.root()
    crd_i, bi = g.lookup(sample, 0, root)
    crd_j, bj = g.lookup(sample, 1, bi)
    cij = g.repeat(g.locate(left, 0, crd_i, root), bj)
    dj = g.locate(right, 0, crd_j, root)
    _, c, d = g.intersect(g.lookup(left, 1, cij), g.lookup(right, 1, dj))
    bk = g.repeat(bj, c)
    product = g.alu("mul", g.array(sample, bk), g.array(left, c))
    product = g.alu("mul", product, g.array(right, d))
    return g.finish([crd_i, crd_j], g.reduce("add", product, crd_j))


def mttkrp(i: int, j: int, k: int, m: int) -> ir.OpView:
    """Multiply a matricised sparse tensor and a Khatri-Rao product of sparse matrices."""
    operands = {"B": ((i, k, m), (*SS, SS[0])), "C": ((j, k), SS), "D": ((j, m), SS)}
    g = GraphBuilder((i, j), {name: Operand(*given) for name, given in operands.items()})
    tensor, left, right = g.tensor("B"), g.tensor("C"), g.tensor("D")
    root_b, root_c, root_d = g.root(), g.root(), g.root()
    crd_i, bi = g.lookup(tensor, 0, root_b)
    ci, di = g.repeat(root_c, bi), g.repeat(root_d, bi)
    crd_j, cj, dj = g.intersect(g.lookup(left, 0, ci), g.lookup(right, 0, di))
    bj = g.repeat(bi, cj)
    crd_k, bk, ck = g.intersect(g.lookup(tensor, 1, bj), g.lookup(left, 1, cj))
    below, dk = g.lookup(tensor, 2, bk), g.repeat(dj, bk)
    _, b, d = g.intersect(below, g.lookup(right, 1, dk))
    c = g.repeat(ck, b)
    product = g.alu("mul", g.array(left, c), g.array(tensor, b))
    product = g.alu("mul", product, g.array(right, d))
    inner = g.reduce("add", product, crd_k)
    return g.finish([crd_i, crd_j], g.reduce("add", inner, crd_j))


def product_of(names: Sequence[str]) -> Callable[[int, int], ir.OpView]:
    """Return the kernel that multiplies sparse matrices element by element."""
    return lambda i, j: _elementwise(names, "mul", i, j)


def sum_of(names: Sequence[str]) -> Callable[[int, int], ir.OpView]:
    """Return the kernel that adds sparse matrices."""
    return lambda i, j: _elementwise(names, "add", i, j)


def _elementwise(names: Sequence[str], function: str, i: int, j: int) -> ir.OpView:
    g = GraphBuilder((i, j), dict.fromkeys(names, Operand((i, j), SS)))
    join = g.intersect if function == "mul" else g.union
    tensors = [g.tensor(name) for name in names]
    roots = [g.root() for _ in names]
    rows = [g.lookup(tensor, 0, root) for tensor, root in zip(tensors, roots, strict=True)]
    crd_i, *refs = join(*rows)
    below = [g.lookup(tensor, 1, ref) for tensor, ref in zip(tensors, refs, strict=True)]
    crd_j, *refs = join(*below)
    total, *others = (g.array(tensor, ref) for tensor, ref in zip(tensors, refs, strict=True))
    for other in others:
        total = g.alu(function, total, other)
    return g.finish([crd_i, crd_j], total)


KERNELS: Mapping[str, Kernel] = {
    "spmv": Kernel(spmv, {"B": "ij", "c": "j"}, "ij,j->i"),
    "mm_ijk": Kernel(mm_ijk, {"B": "ik", "C": "kj"}, "ik,kj->ij"),
    "mm_ikj": Kernel(mm_ikj, {"B": "ik", "C": "kj"}, "ik,kj->ij"),
    "mm_kij": Kernel(mm_kij, {"B": "ik", "C": "kj"}, "ik,kj->ij"),
    "sddmm": Kernel(sddmm, {"B": "ij", "C": "ik", "D": "jk"}, "ij,ik,jk->ij"),
    "mttkrp": Kernel(mttkrp, {"B": "ikm", "C": "jk", "D": "jm"}, "ikm,jk,jm->ij"),
    "ewmul": Kernel(product_of("BC"), {"B": "ij", "C": "ij"}, "ij,ij->ij"),
    "ewmul3": Kernel(product_of("BCD"), dict.fromkeys("BCD", "ij"), "ij,ij,ij->ij"),
    "plus2": Kernel(sum_of("BC"), {"B": "ij", "C": "ij"}, None),
    "plus3": Kernel(sum_of("BCD"), dict.fromkeys("BCD", "ij"), None),
}
"""The kernels by name; `ewmul3` and `plus3` have three operands."""
