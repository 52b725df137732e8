"""The formats of tensors as users write them, and as types of MLIR.

`ds:1,0` is a matrix whose outer level is dense and stores dimension 1, whose inner one is
compressed and stores dimension 0. The same as text of SAM's graph files is `ds10`, as a name `csc`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from rdu.mlir_ext import ir
from rdu.semantics.fibertree import NAMED_FORMATS, Format

FormatLike: TypeAlias = str | Sequence[str] | Format
"""A text such as `ds:1,0` or `csr`, the name of each level, or a format."""

LETTERS: Mapping[str, str] = {"d": "dense", "s": "compressed", "q": "singleton"}
"""The letters of levels in a text, outermost first."""

NAMES = ("coo", "csc", "csr", "dcsc", "dcsr")
"""The formats of matrices that a text may name."""

_TEXT = re.compile(r"(?P<levels>[dsq]*)(:(?P<order>[0-9]+(,[0-9]+)*)|(?P<digits>[0-9]*))")


def read_format(given: FormatLike) -> Format:
    """Return a format; ValueError says what is wrong with one, or what MLIR has no type for.

    A dimension may be in blocks, but not in blocks of blocks.
    """
    form = given if isinstance(given, Format) else _read(given)
    kinds = _kinds(form)
    for number, kind in enumerate(kinds):
        if kind == "bitvector":
            known = ", ".join(f"'{each}'" for each in (*LETTERS.values(), "blocked"))
            raise ValueError(f"level {number} is '{kind}': expected one of {known}")
        if kind == "singleton" and kinds[:number][-1:] not in (["compressed"], ["singleton"]):
            raise ValueError(
                f"level {number} is 'singleton': expected a level above it that is "
                "'compressed' or 'singleton'"
            )
        if kind == "blocked" and form.levels[number].length == 1:
            raise ValueError(f"level {number} is 'blocked:1': expected blocks of 2 or more")
    for dimension in range(form.rank):
        if form.order.count(dimension) > 2:
            raise ValueError(f"dimension {dimension} has blocks of blocks: expected blocks only")
    return form


def tensor_type(shape: Sequence[int], element: ir.Type, form: Format | None) -> ir.Type:
    """Return a type of tensors, with an encoding unless it is stored as an array.

    Needs a current context. What has no format, and what has dense levels in the order of its
    dimensions, gets no encoding.
    """
    if form is None or (set(_kinds(form)) <= {"dense"} and form.order == tuple(range(form.rank))):
        return ir.RankedTensorType.get(list(shape), element)
    return ir.RankedTensorType.get(list(shape), element, ir.Attribute.parse(encoding_text(form)))


def encoding_text(form: Format) -> str:
    """Return a format as an attribute of MLIR: `#sparse_tensor.encoding<...>`.

    The levels above a singleton have a coordinate for each point, so they repeat coordinates.
    """
    kinds = _kinds(form)
    dimensions = ", ".join(f"d{dimension}" for dimension in range(form.rank))
    repeats = [below == "singleton" for below in kinds[1:]] + [False]
    levels = ", ".join(
        f"{_coordinate(form, number)} : {kind}{'(nonunique)' * repeated}"
        for number, (kind, repeated) in enumerate(zip(_stored(kinds), repeats, strict=True))
    )
    return f"#sparse_tensor.encoding<{{ map = ({dimensions}) -> ({levels}) }}>"


def _coordinate(form: Format, number: int) -> str:
    """Return what a level stores of its dimension: all of it, a block's number, or what is left."""
    dimension, level = form.order[number], form.levels[number]
    if level.kind == "blocked":
        return f"d{dimension} mod {level.length}"
    blocks = [
        other.length
        for other, of in zip(form.levels, form.order, strict=True)
        if other.kind == "blocked" and of == dimension
    ]
    return f"d{dimension} floordiv {blocks[0]}" if blocks else f"d{dimension}"


def _stored(kinds: list[str]) -> list[str]:
    return ["dense" if kind == "blocked" else kind for kind in kinds]


def _kinds(form: Format) -> list[str]:
    return [level.kind for level in form.levels]


def _read(given: object) -> Format:
    if not isinstance(given, str):
        return Format.of(_level_names(given))
    if given in NAMES:
        return NAMED_FORMATS[given]
    found = _TEXT.fullmatch(given)
    if found is None:
        letters = ", ".join(f"'{letter}' ({kind})" for letter, kind in LETTERS.items())
        raise ValueError(
            f"cannot be read: expected letters of {letters}, then ':' and the dimension of each "
            f"level as in 'ds:1,0', or one of {', '.join(NAMES)}"
        )
    levels = [LETTERS[letter] for letter in found["levels"]]
    order = found["order"].split(",") if found["order"] else list(found["digits"] or "")
    return Format.of(levels, [int(digit) for digit in order] or None)


def _level_names(given: object) -> Sequence[str]:
    """Return the names of levels; ValueError for anything that is no sequence of texts."""
    names = list(cast("Sequence[object]", given)) if isinstance(given, Sequence) else [given]
    if not isinstance(given, Sequence) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"cannot be read: expected a text or the names of levels, got {given!r}")
    return cast("Sequence[str]", names)
