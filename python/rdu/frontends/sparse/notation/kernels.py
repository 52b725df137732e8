"""The expressions that SAM's compiler is evaluated on, with their formats and loop orders.

All 32 of the script `compiler/sam-kernels.sh` of SAM (Hsu et al., "The Sparse Abstract Machine",
ASPLOS 2023). Capitals are matrices and tensors of three dimensions, small letters vectors and
scalars. The two that are called `..._WRONG` there, since its compiler gets them wrong, have their
names without that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdu.frontends.sparse.notation.parser import parse_program
from rdu.frontends.sparse.notation.syntax import Access, Program, walk


@dataclass(frozen=True, slots=True)
class Kernel:
    """A statement with what is given beside it, as `to_linalg` takes it.

    Attributes:
        name: what SAM calls it.
        meaning: what it computes, in words.
        statement: in tensor index notation.
        formats: of its tensors; what has none is a scalar.
        order: its loops, outermost first; None where SAM leaves it to the compiler.
    """

    name: str
    meaning: str
    statement: str
    formats: Mapping[str, str] = field(default_factory=dict[str, str])
    order: str | None = None

    @property
    def program(self) -> Program:
        """The statement, parsed."""
        return parse_program(self.statement, self.name)

    def shapes(self, extents: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """Return the shape of each input, by the extents of the index variables."""
        (statement,) = self.program.statements
        accesses = (each for each in walk(statement.expression) if isinstance(each, Access))
        return {each.tensor: tuple(extents[index] for index in each.indices) for each in accesses}


_MATMUL = "X(i,j) = B(i,k) * C(k,j)"
_ROWS, _COLUMNS = "ss", "ss:1,0"


def _matmul(order: str, meaning: str, x: str, b: str, c: str) -> Kernel:
    name = f"matmul_{order}"
    return Kernel(name, meaning, _MATMUL, {"X": x, "B": b, "C": c}, order)


def _same(name: str, meaning: str, statement: str, form: str, tensors: str) -> Kernel:
    """Return a kernel of which the tensors that are named, a letter each, have one format."""
    return Kernel(name, meaning, statement, dict.fromkeys(tensors, form))


_ALL = (
    _matmul("kij", "sum of outer products, row by row", _ROWS, _COLUMNS, _ROWS),
    _matmul("kji", "sum of outer products, column by column", _COLUMNS, _COLUMNS, _ROWS),
    _matmul("ikj", "rows as combinations of rows (Gustavson)", _ROWS, _ROWS, _ROWS),
    _matmul("jki", "columns as combinations of columns", _COLUMNS, _COLUMNS, _COLUMNS),
    _matmul("ijk", "inner products, row by row", _ROWS, _ROWS, _COLUMNS),
    _matmul("jik", "inner products, column by column", _COLUMNS, _ROWS, _COLUMNS),
    _same("mat_elemmul", "product by elements", "X(i,j) = B(i,j) * C(i,j)", "ss", "XBC"),
    _same("mat_elemadd", "sum of two", "X(i,j) = B(i,j) + C(i,j)", "ss", "XBC"),
    _same("mat_identity", "copy", "X(i,j) = B(i,j)", "ss", "XB"),
    _same("mat_identity_dense", "copy of an array", "X(i,j) = B(i,j)", "dd", "XB"),
    Kernel(
        "mat_vecmul_ij",
        "matrix times vector by rows",
        "x(i) = B(i,j) * c(j)",
        {"x": "s", "B": "ss", "c": "s"},
    ),
    Kernel(
        "mat_vecmul_ji",
        "matrix times vector by columns",
        "x(i) = B(i,j) * c(j)",
        {"x": "s", "B": "ss:1,0", "c": "s"},
        "ji",
    ),
    _same("vec_elemmul", "product by elements", "x(i) = b(i) * c(i)", "s", "xbc"),
    _same("vec_identity", "copy", "x(i) = b(i)", "s", "xb"),
    _same("vec_elemadd", "sum of two", "x(i) = b(i) + c(i)", "s", "xbc"),
    _same("vec_scalar_mul", "vector times scalar", "x(i) = b * c(i)", "s", "xc"),
    _same("tensor3_elemmul", "product by elements", "X(i,j,k) = B(i,j,k) * C(i,j,k)", "sss", "XBC"),
    _same("tensor3_identity", "copy", "X(i,j,k) = B(i,j,k)", "sss", "XB"),
    _same("tensor3_identity_dense", "copy of an array", "X(i,j,k) = B(i,j,k)", "ddd", "XB"),
    _same("tensor3_elemadd", "sum of two", "X(i,j,k) = B(i,j,k) + C(i,j,k)", "sss", "XBC"),
    _same("tensor3_innerprod", "inner product", "x = B(i,j,k) * C(i,j,k)", "sss", "BC"),
    Kernel(
        "tensor3_ttv",
        "tensor times vector",
        "X(i,j) = B(i,j,k) * c(k)",
        {"X": "ss", "B": "sss", "c": "s"},
    ),
    Kernel(
        "tensor3_ttm",
        "tensor times matrix",
        "X(i,j,k) = B(i,j,l) * C(k,l)",
        {"X": "sss", "B": "sss", "C": "ss"},
    ),
    Kernel(
        "mat_sddmm",
        "product of dense matrices, sampled by a sparse one",
        "X(i,j) = B(i,j) * C(i,k) * D(k,j)",
        {"X": "ss", "B": "ss", "C": "dd", "D": "dd:1,0"},
        "ijk",
    ),
    Kernel(
        "mat_mattransmul",
        "scaled product with a transposed matrix, plus a scaled vector",
        "x(i) = b * C(j,i) * d(j) + e * f(i)",
        {"x": "s", "C": "ss:1,0", "d": "s", "f": "s"},
    ),
    Kernel(
        "mat_residual",
        "vector less a product with a matrix",
        "x(i) = b(i) - C(i,j) * d(j)",
        {"x": "s", "C": "ss", "b": "s", "d": "s"},
    ),
    _same("mat_elemadd3", "sum of three", "X(i,j) = B(i,j) + C(i,j) + D(i,j)", "ss", "XBCD"),
    Kernel(
        "tensor3_mttkrp",
        "matricized tensor times a Khatri-Rao product",
        "X(i,j) = B(i,k,l) * C(j,k) * D(j,l)",
        {"X": "ss", "B": "sss", "C": "ss", "D": "ss"},
    ),
    Kernel("vec_spacc_simple", "sum of rows", "x(j) = B(i,j)", {"x": "s", "B": "ss"}),
    Kernel("mat_spacc_simple", "sum of slices", "X(j,k) = B(i,j,k)", {"X": "ss", "B": "sss"}),
    Kernel("vec_sd_compression", "compressed to dense", "x(i) = b(i)", {"b": "s", "x": "d"}),
    Kernel("vec_ds_compression", "dense to compressed", "x(i) = b(i)", {"b": "d", "x": "s"}),
)

KERNELS: Mapping[str, Kernel] = {kernel.name: kernel for kernel in _ALL}
"""Every kernel by its name."""
