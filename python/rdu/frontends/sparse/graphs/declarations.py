"""What files say of a whole graph, in text: the formats of tensors, and their shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rdu.frontends.sparse.graphs.graph import Tensor
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector, SourceLocation

ELEMENTS = ("f32", "bf16", "i32")
"""The types of values."""

_LETTERS = {"compressed": "s", "dense": "d"}
_SHAPE = re.compile(r"((0|[1-9][0-9]{0,9})(x(0|[1-9][0-9]{0,9}))*)?")


@dataclass(slots=True)
class Declarations:
    """The formats of all tensors, the result first, and the shapes and element type if known."""

    formats: dict[str, Format] = field(default_factory=dict[str, Format])
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    element: str = "f32"


def read_declarations(
    texts: Mapping[str, str],
    places: Mapping[str, SourceLocation],
    file: str,
    problems: Collector,
) -> Declarations:
    """Return what a file's own texts say, each at its place.

    `comment`, as in `X=ss01,B=ss01`, is SAM's; `shapes`, as in `X=4x5,B=4x6`, and `element`, as in
    `f32`, are ours, where other tools pass over them.
    """
    whole = SourceLocation(file)
    place = {name: places.get(name, whole) for name in ("comment", "shapes", "element")}
    found = Declarations(
        parse_formats(texts.get("comment", ""), place["comment"], problems),
        parse_shapes(texts.get("shapes", ""), place["shapes"], problems),
        texts.get("element", "f32"),
    )
    if found.element not in ELEMENTS:
        need = " or ".join(ELEMENTS)
        problems.error(f"values are '{found.element}': expected {need}", place["element"])
    return found


def parse_formats(text: str, place: SourceLocation, problems: Collector) -> dict[str, Format]:
    """Read `X=ss01,B=ss10,c=none`: letters for levels, digits for the dimension of each."""
    found: dict[str, Format] = {}
    for name, value in _pairs(text, place, problems):
        try:
            found[name] = Format.from_sam("" if value == "none" else value)
        except ValueError as problem:
            problems.error(f"tensor '{name}': {problem}", place)
    return found


def parse_shapes(
    text: str, place: SourceLocation | None, problems: Collector
) -> dict[str, tuple[int, ...]]:
    """Read `B=4x5,c=5,d=`: the extents of each dimension; a scalar has none."""
    found: dict[str, tuple[int, ...]] = {}
    for name, value in _pairs(text, place, problems):
        if _SHAPE.fullmatch(value):
            found[name] = tuple(int(extent) for extent in value.split("x") if extent)
        else:
            problems.error(f"shape '{value}' of tensor '{name}': expected one such as 4x5", place)
    return found


def _pairs(text: str, place: SourceLocation | None, problems: Collector) -> list[tuple[str, str]]:
    pairs: dict[str, str] = {}
    for entry in text.split(",") if text else []:
        name, equals, value = entry.strip().partition("=")
        if not equals or not name:
            problems.error(f"'{entry}' says nothing of a tensor: expected name=...", place)
        elif name in pairs:
            problems.error(f"tensor '{name}' is there twice: expected once", place)
        else:
            pairs[name] = value
    return list(pairs.items())


def write_formats(tensors: Sequence[Tensor]) -> str:
    """Return formats as `parse_formats` reads them."""
    return ",".join(f"{tensor.name}={format_text(tensor)}" for tensor in tensors)


def format_text(tensor: Tensor) -> str:
    """Return a tensor's format as SAM writes it, `ss10`; each level is dense or compressed."""
    letters = "".join(_LETTERS[level] for level in tensor.levels)
    return letters + "".join(map(str, tensor.order)) if letters else "none"


def write_shapes(tensors: Sequence[Tensor]) -> str:
    """Return shapes as `parse_shapes` reads them."""
    return ",".join(f"{tensor.name}={'x'.join(map(str, tensor.shape))}" for tensor in tensors)
