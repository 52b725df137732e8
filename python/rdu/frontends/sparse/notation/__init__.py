"""Tensor index notation: `X(i,j) = B(i,k) * C(k,j)`, with formats and loop orders, to `linalg`.

`to_linalg` makes a module of a text, `parse_program` only its tree. `KERNELS` are the expressions
of SAM's compiler. `docs/tensor-notation.md` describes the language, `grammar.lark` is its grammar.
"""

from rdu.frontends.sparse.notation.kernels import KERNELS, Kernel
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.frontends.sparse.notation.parser import parse_program
from rdu.frontends.sparse.notation.syntax import Program

__all__ = ["KERNELS", "Kernel", "Program", "parse_program", "to_linalg"]
