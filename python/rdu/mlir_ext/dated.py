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


def with_plain_pointers(text: str) -> str:
    """Write pointers without what they point to."""
    return re.sub(r"!llvm\.ptr<(?!\d)[^<>]*>", "!llvm.ptr", text)


_ENCODING = re.compile(r"#sparse_tensor\.encoding<\{((?:[^{}])*)\}>")
_LEVELS = re.compile(r"\b(?:lvlTypes|dimLevelType)\s*=\s*\[([^\]]*)\]\s*,?")
_ORDER = re.compile(
    r"\b(?:dimToLvl|dimOrdering)\s*=\s*affine_map<\s*\(([^)]*)\)\s*->\s*\(([^)]*)\)\s*>\s*,?"
)
_WIDTHS = {"pointerBitWidth": "posWidth", "indexBitWidth": "crdWidth"}
_PROPERTIES = {"nu": "nonunique", "no": "nonordered"}


def with_level_maps(text: str) -> str:
    """Write encodings that list their levels, and the order of the dimensions, as maps.

    Lines stay where they are, but for what they hold of encodings.
    """
    return _ENCODING.sub(_with_map, text)


def _with_map(found: re.Match[str]) -> str:
    body = found[1]
    listed = _LEVELS.search(body)
    if listed is None:
        return found[0]
    levels = [_level(name) for name in re.findall(r'"([^"]*)"', listed[1])]
    order = _ORDER.search(body)
    dims = [f"d{number}" for number in range(len(levels))]
    stored = dims
    if order is not None:
        dims, stored = ([name.strip() for name in each.split(",")] for each in order.groups())
    pairs = zip(stored, levels, strict=False)
    access = ", ".join(f"{dim} : {level}" for dim, level in pairs)
    rest = _ORDER.sub("", _LEVELS.sub("", body))
    for old, new in _WIDTHS.items():
        rest = rest.replace(old, new)
    others = ", ".join(each for each in map(str.strip, rest.split(",")) if each)
    lines = "\n" * (body.count("\n") - others.count("\n"))
    ends = f", {others}" if others else ""
    return f"#sparse_tensor.encoding<{{map = ({', '.join(dims)}) -> ({access}){ends}{lines}}}>"


def _level(name: str) -> str:
    """Return a level as maps have it: `compressed-nu` is one that repeats coordinates."""
    kind, *marks = name.split("-")
    known = [_PROPERTIES[mark] for mark in marks if mark in _PROPERTIES]
    if "hi" in marks:
        kind = f"loose_{kind}"
    return f"{kind}({', '.join(known)})" if known else kind
