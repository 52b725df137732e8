"""Texts of earlier versions of MLIR, of which files are still about."""

import re

_EXPANSION = re.compile(
    r"(tensor\.expand_shape\s+%[\w$.#-]+\s*\[[\d,\s\[\]]*\])"
    r"(\s*:\s*tensor<.*\binto\s+tensor<((?:\d+x)+))"
)


def with_output_shapes(text: str) -> str:
    """Write the `output_shape` of `tensor.expand_shape` where it is missing and the type says it.

    Lines stay where they are, and what stands before that op on its line.
    """
    return _EXPANSION.sub(_with_shape, text)


def _with_shape(found: re.Match[str]) -> str:
    op, types, extents = found.groups()
    return f"{op} output_shape [{extents.rstrip('x').replace('x', ', ')}]{types}"
