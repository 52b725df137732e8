"""A context for any sparse primitive, made from its declaration alone."""

from __future__ import annotations

from rdu.configuration.model import (
    Context,
    DType,
    Formal,
    Port,
    Program,
    Section,
    Sparse,
    Storage,
    TokenKind,
    Unit,
)
from rdu.configuration.sparse import (
    CHOICES,
    FORMS,
    LANES,
    STORAGES,
    roles,
    setting_names,
    setting_range,
)

EXTENT = 4

VALUES: DType = "f32"

INDICES = ("crd", "ref", "bv")
"""Roles whose streams are i32."""

OPERATIONS = {1: "negf", 2: "addf", 3: "fma"}
"""An operation by the number of its operands."""


def sizes(word: str) -> tuple[int, ...]:
    """Return how often a primitive may take its roles with `*`, to try."""
    form = FORMS[word]
    return (1, 2, 3) if any(role.endswith("*") for role in (*form.inputs, *form.outputs)) else (1,)


def storages(word: str) -> tuple[str | None, ...]:
    """Return the kinds of storage that a primitive of its unit may have; None is none."""
    form = FORMS[word]
    return (None,) if form.in_memory else form.storages or (None,)


EVERY = [(word, size, kind) for word in FORMS for size in sizes(word) for kind in storages(word)]
"""Every primitive with every kind of storage, its repeated roles taken once or more."""


def action_of(word: str, size: int, kind: str | None) -> Sparse:
    """Return a primitive whose ports are named by side and number."""
    form = FORMS[word]
    inputs = tuple(f"a{number}" for number, _ in enumerate(roles(form.inputs, size)))
    outputs = tuple(f"z{number}" for number, _ in enumerate(roles(form.outputs, size)))
    functions = {
        "operation": OPERATIONS.get(len(inputs)),
        **{kind: names[0] for kind, names in CHOICES.items()},
    }
    function = functions.get(form.function, "addf") if form.function is not None else None
    storage = None
    if kind is not None:
        parts = [EXTENT if part == "extent" else f"t.{part}" for part in STORAGES[kind]]
        storage = Storage(kind, tuple(parts))
    names = [*setting_names(form, size), *([LANES] if form.vectors == "fold" else [])]
    settings = tuple((name, max(1, setting_range(name)[0])) for name in names)
    return Sparse(word, inputs, outputs, function, storage, settings)


def context_of(action: Sparse, size: int) -> Context:
    """Return the context of such a primitive, its ports typed by their roles."""
    form = FORMS[action.primitive]
    sides = ((action.inputs, form.inputs), (action.outputs, form.outputs))
    folds = form.vectors == "fold"
    kinds: tuple[TokenKind, TokenKind] = ("vector" if folds else "scalar", "scalar")
    inputs, outputs = (
        tuple(
            Port(str(name), kind, VALUES if role == "val" else "i32", "pass", stream=True)
            for name, role in zip(names, roles(declared, size), strict=True)
        )
        for kind, (names, declared) in zip(kinds, sides, strict=True)
    )
    return Context("main", (), inputs, outputs, action)


def program_of(context: Context) -> Program:
    """Return a program with a context, its storage as formals, and no nets."""
    assert isinstance(context.action, Sparse)
    kind = context.action.storage.kind if context.action.storage is not None else ""
    formals = tuple(
        Formal(name, VALUES if kind == "values" else "i32", (EXTENT,))
        for name in context.action.tensors
    )
    unit = Unit(FORMS[context.action.primitive].unit, "u", None, (), (context,))
    return Program("sam-ideal", None, (), (Section("s", formals, (unit,), ()),), ())
