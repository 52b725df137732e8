"""The primitives of sparse tensor algebra: what each takes, gives and is told.

One line of text each, in one form: `primitive [function] inputs [of storage] [with settings] [->
outputs]`. What they do to streams is in `rdu.semantics.sparse`, when in the execution model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rdu.configuration.model import UnitKind

Roles = tuple[str, ...]
"""What ports carry, in order; with `*`, one or more of them.

`crd` and `ref` are i32, `val` the primitive's element type; each `x` goes from an input to the
output of the same number; of `any` only the stops matter.
"""

STORAGES: Mapping[str, tuple[str, ...]] = {
    "dense": ("extent",),
    "compressed": ("segments", "coordinates"),
    "singleton": ("coordinates",),
    "values": ("values",),
}
"""The parts of each kind of storage: an extent is a number, the others are tensors."""

COMPARISONS = ("eq", "ge", "gt", "le", "lt", "ne")
"""What `mask` may compare a coordinate with the outer one by."""


class Form(NamedTuple):
    """The declaration of a primitive.

    Attributes:
        unit: where its contexts run.
        inputs, outputs: the roles of its ports.
        function: what its function is, if it has one: `operation`, `reduction` or `comparison`.
        storages: the kinds of storage that it may have, if any.
        settings: whole numbers by name, all of them needed; the last may repeat with `*`.
        stores: whether it changes its storage.
        summary: what it does, in a line.
    """

    unit: UnitKind
    inputs: Roles
    outputs: Roles
    summary: str
    function: str | None = None
    storages: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    stores: bool = False


LEVELS = ("dense", "compressed", "singleton")

FORMS: Mapping[str, Form] = {
    "lookup": Form("ag", ("ref",), ("crd", "ref"), "the fiber of each reference", storages=LEVELS),
    "locate": Form(
        "ag", ("crd", "ref"), ("ref",), "where a fiber has a coordinate", storages=LEVELS
    ),
    "array": Form("ag", ("ref",), ("val",), "the value at each reference", storages=("values",)),
    "scatter": Form(
        "ag", ("ref", "val"), (), "values to references", storages=("values",), stores=True
    ),
    "write_fibers": Form(
        "ag", ("crd", "any"), (), "coordinates under a level", storages=("compressed",), stores=True
    ),
    "write_values": Form(
        "ag", ("val", "any"), (), "values in order", storages=("values",), stores=True
    ),
    "repeat_like": Form("pcu", ("x", "any"), ("x",), "each token for every one of its fiber"),
    "intersect": Form("pcu", ("crd*", "x*"), ("crd", "x*"), "coordinates that all share"),
    "union": Form("pcu", ("crd*", "x*"), ("crd", "x*"), "coordinates that any has"),
    "apply": Form("pcu", ("val*",), ("val",), "a function of values", function="operation"),
    "reduce": Form("pcu", ("val", "any"), ("val",), "each fiber to a value", function="reduction"),
    "accumulate": Form(
        "pcu",
        ("any", "crd*", "val"),
        ("crd*", "val"),
        "fibers merged by coordinate",
        function="reduction",
    ),
}
"""Every primitive by its word."""


def words(unit: UnitKind) -> tuple[str, ...]:
    """Return the primitives whose contexts run on a kind of unit."""
    return tuple(word for word, form in FORMS.items() if form.unit == unit)


def group_size(form: Form, inputs: int) -> int | None:
    """Return how often a role with `*` is taken by so many inputs; None if that does not fit."""
    several = sum(role.endswith("*") for role in form.inputs)
    rest = inputs - (len(form.inputs) - several)
    if several == 0:
        return 1 if rest == 0 else None
    return rest // several if rest > 0 and rest % several == 0 else None


def roles(declared: Roles, size: int) -> Roles:
    """Return what each port carries where every role with `*` is taken `size` times."""
    return tuple(
        role.rstrip("*") for role in declared for _ in range(size if role.endswith("*") else 1)
    )
