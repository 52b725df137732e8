"""The primitives of sparse tensor algebra: what each takes, gives and is told.

One line of text each, in one form: `primitive [function] inputs [of storage] [with settings] [->
outputs]`. What they do to streams is in `rdu.semantics.sparse`, when in the execution model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from rdu.configuration.model import UnitKind

Roles = tuple[str, ...]
"""What ports carry, in order; with `*`, one or more of them.

`crd`, `ref`, `bv`, a word of bits, and `int`, a value that is a number of something, are i32, `val`
the primitive's element type; each `x` goes
from an input to the output of the same number, or all of them from or to the only one; of `any`
only the stops matter. `skip`, i32 too, answers the tokens of a walk, one by one and from behind:
where it may go on.
"""

LANES = "lanes"
"""The setting of a primitive whose values are vectors: how many values each of them has."""

MOST_LANES = 64
"""The most that any machine has."""

WORD_BITS = 32
"""Of a word of bits, which is an i32; longer bit vectors are several words, lowest bits first."""

STORAGES: Mapping[str, tuple[str, ...]] = {
    "dense": ("extent",),
    "compressed": ("segments", "coordinates"),
    "singleton": ("coordinates",),
    "bitvector": ("extent", "segments", "words"),
    "values": ("values",),
    "segments": ("segments",),
    "coordinates": ("coordinates",),
}
"""The parts of each kind of storage: an extent is a number, the others are tensors."""

COMPARISONS = ("eq", "ge", "gt", "le", "lt", "ne")
"""What `mask` may compare a coordinate with the outer one by."""

ORDERS = ("ascending", "descending")
"""How `sort` may order values."""

CHOICES: Mapping[str, tuple[str, ...]] = {"comparison": COMPARISONS, "order": ORDERS}
"""The functions of the kinds that are no operations on values."""

_MOST = 2**31 - 1

SETTINGS: Mapping[str, tuple[int, int]] = {
    "chunk": (1, _MOST),
    "extent": (1, WORD_BITS),
    "below": (1, _MOST),
    "factor": (1, _MOST),
    "gap": (0, 64),
    "keep": (0, _MOST),
    LANES: (2, MOST_LANES),
    "levels": (1, 64),
    "offset": (-_MOST, _MOST),
    "whole": (0, 1),
    "width": (1, WORD_BITS),
    "wrap": (0, 1),
}
"""The least and the most that each setting may be."""


class Form(NamedTuple):
    """The declaration of a primitive.

    Attributes:
        unit: where its contexts run.
        inputs, outputs: the roles of its ports.
        function: what its function is, if it has one: `operation`, `reduction`, or one of
            `CHOICES`.
        storages: the kinds of storage that it may have, if any; on a PMU, of its memories.
        in_memory: whether it needs storage on a PMU only, where its memory limits it.
        settings: whole numbers by name, in order, all of them needed; one with `*` is `offset0`,
            `offset1` and so on, as many as a role with `*`.
        vectors: what may be vectors: `x`, which pass through; values lane by lane, `each`, where
            scalars stand on all lanes; or values of inputs only, `fold`. Empty if nothing may.
        stores: whether it changes its storage.
        bursts: whether its storage may lie in a tier that serves bursts, which it asks for.
        summary: what it does, in a line.
    """

    unit: UnitKind
    inputs: Roles
    outputs: Roles
    summary: str
    function: str | None = None
    storages: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    vectors: Literal["", "x", "each", "fold"] = ""
    stores: bool = False
    bursts: bool = False
    in_memory: bool = False


LEVELS = ("dense", "compressed", "singleton", "bitvector")

FORMS: Mapping[str, Form] = {
    "lookup": Form("ag", ("ref",), ("crd", "ref"), "the fiber of each reference", storages=LEVELS),
    "locate": Form(
        "ag", ("crd", "ref"), ("ref",), "where a fiber has a coordinate", storages=LEVELS
    ),
    "skip_lookup": Form(
        "ag",
        ("ref", "skip"),
        ("crd", "ref"),
        "fibers from where an intersection lets it go on",
        storages=("dense", "compressed"),
    ),
    "bounds": Form(
        "ag",
        ("ref",),
        ("ref", "ref"),
        "where the fiber of each reference begins and ends",
        storages=("segments",),
        bursts=True,
    ),
    "range": Form("pcu", ("ref", "ref"), ("ref",), "the positions of each fiber"),
    "fetch": Form(
        "ag",
        ("ref",),
        ("crd",),
        "the coordinate at each position",
        storages=("coordinates",),
        bursts=True,
    ),
    "array": Form(
        "ag",
        ("ref",),
        ("val",),
        "the value at each reference",
        storages=("values",),
        vectors="each",
        bursts=True,
    ),
    "scatter": Form(
        "ag",
        ("ref", "val"),
        (),
        "values to references",
        storages=("values",),
        vectors="each",
        stores=True,
        bursts=True,
    ),
    "write_fibers": Form(
        "ag",
        ("crd", "any"),
        (),
        "coordinates under a level",
        storages=("compressed",),
        stores=True,
        bursts=True,
    ),
    "write_values": Form(
        "ag",
        ("val", "any"),
        (),
        "values in order",
        storages=("values",),
        vectors="each",
        stores=True,
        bursts=True,
    ),
    "repeat_like": Form(
        "pcu", ("x", "any"), ("x",), "each token for every one of its fiber", vectors="x"
    ),
    "intersect": Form(
        "pcu", ("crd*", "x*"), ("crd", "x*"), "coordinates that all share", vectors="x"
    ),
    "skip": Form("pcu", ("crd*",), ("skip*",), "where walks to an intersection may go on"),
    "union": Form("pcu", ("crd*", "x*"), ("crd", "x*"), "coordinates that any has", vectors="x"),
    "apply": Form(
        "pcu",
        ("val*",),
        ("val",),
        "a function of values",
        function="operation",
        vectors="each",
    ),
    "reduce": Form(
        "pcu",
        ("val", "any"),
        ("val",),
        "each fiber to a value",
        function="reduction",
        vectors="each",
    ),
    "fold": Form(
        "pcu", ("val",), ("val",), "each vector to a value", function="reduction", vectors="fold"
    ),
    "accumulate": Form(
        "pcu",
        ("any", "crd*", "val"),
        ("crd*", "val"),
        "fibers merged by coordinate",
        function="reduction",
        storages=("values",),
        vectors="each",
        in_memory=True,
    ),
    "sort": Form(
        "pcu",
        ("crd", "val"),
        ("crd", "val", "crd"),
        "each fiber's values in order, the first `keep` of them or all, and where they were",
        function="order",
        storages=("values",),
        settings=("keep",),
        in_memory=True,
    ),
    "mask": Form(
        "pcu",
        ("crd", "crd", "x"),
        ("crd", "x"),
        "coordinates that compare with the outer one",
        function="comparison",
        settings=("offset",),
        vectors="x",
    ),
    "crd_drop": Form(
        "pcu",
        ("crd", "x"),
        ("crd", "x"),
        "coordinates with something under",
        settings=("gap",),
        vectors="x",
    ),
    "val_drop": Form("pcu", ("crd", "val"), ("crd", "val"), "values that are not zero"),
    "stop_drop": Form(
        "pcu",
        ("x",),
        ("x",),
        "the innermost levels as one",
        settings=("levels",),
        vectors="x",
    ),
    "fiber_drop": Form("pcu", ("x",), ("x",), "fibers that are not empty", vectors="x"),
    "number": Form("pcu", ("any",), ("ref",), "the number of each token"),
    "as_crd": Form(
        "pcu",
        ("int",),
        ("crd",),
        "values as coordinates of a level",
        settings=("below", "wrap"),
    ),
    "split": Form(
        "pcu",
        ("crd", "x"),
        ("crd", "crd", "x"),
        "a level as two",
        settings=("factor", "whole"),
        vectors="x",
    ),
    "flatten": Form("pcu", ("crd", "crd"), ("crd",), "two levels as one", settings=("factor",)),
    "concat": Form(
        "pcu",
        ("crd*", "x*"),
        ("crd", "x"),
        "fibers behind each other",
        settings=("gap", "offset*"),
    ),
    "fork": Form(
        "pcu", ("x",), ("x*",), "tokens to branches in turn", settings=("chunk",), vectors="x"
    ),
    "join": Form(
        "pcu", ("any", "x*"), ("x",), "branches in turn", settings=("chunk", "gap"), vectors="x"
    ),
    "bv_build": Form("pcu", ("crd",), ("bv",), "each fiber as a word of bits"),
    "bv_expand": Form("pcu", ("bv",), ("crd",), "the coordinates of bits", settings=("width",)),
    "bv_chunk": Form(
        "pcu", ("bv", "ref"), ("bv", "ref"), "words cut in pieces", settings=("width", "extent")
    ),
    "bv_intersect": Form("pcu", ("bv*", "ref*"), ("bv", "ref*"), "bits that all share"),
    "bv_union": Form("pcu", ("bv*", "ref*"), ("bv", "ref*"), "bits that any has"),
    "bv_drop": Form("pcu", ("bv", "bv"), ("bv", "bv"), "bits with something under"),
}
"""Every primitive by its word."""


def words(unit: UnitKind) -> tuple[str, ...]:
    """Return the primitives whose contexts run on a kind of unit: on a PMU, all with storage."""
    return tuple(
        word
        for word, form in FORMS.items()
        if form.unit == unit or (unit == "pmu" and form.storages)
    )


def group_size(form: Form, inputs: int, outputs: int = 0) -> int | None:
    """Return how often a role with `*` is taken by so many inputs; None if that does not fit.

    Where only outputs have such a role, these tell.
    """
    declared, ports = form.inputs, inputs
    if not _several(declared) and _several(form.outputs):
        declared, ports = form.outputs, outputs
        if inputs != len(form.inputs):
            return None
    several = _several(declared)
    rest = ports - (len(declared) - several)
    if several == 0:
        return 1 if rest == 0 else None
    return rest // several if rest > 0 and rest % several == 0 else None


def roles(declared: Roles, size: int) -> Roles:
    """Return what each port carries where every role with `*` is taken `size` times."""
    return tuple(
        role.rstrip("*") for role in declared for _ in range(size if role.endswith("*") else 1)
    )


def setting_names(form: Form, size: int) -> tuple[str, ...]:
    """Return the names of all settings where every role with `*` is taken `size` times."""
    names: list[str] = []
    for name in form.settings:
        kind = name.rstrip("*")
        names += [name] if kind == name else [f"{kind}{n}" for n in range(size)]
    return tuple(names)


def setting_range(name: str) -> tuple[int, int]:
    """Return the least and the most that a setting may be."""
    return SETTINGS[name.rstrip("0123456789")]


def _several(declared: Roles) -> int:
    return sum(role.endswith("*") for role in declared)
