"""The base class of our dialects, their registry, and what a dialect's file needs to import.

A dialect's files must not use `from __future__ import annotations`: op classes are built from
their annotations, which would then be strings.
"""

import pkgutil
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from typing import Any

from torch_mlir.dialects import ext

from rdu.mlir_ext import ir
from rdu.mlir_ext.operation import Op
from rdu.mlir_ext.parametric import AttributeBase, TypeBase

Operand = ext.Operand
Result = ext.Result
Region = ext.Region
Pure = ext.Pure
Terminator = ir.IsTerminatorTrait
IsolatedFromAbove = ir.IsIsolatedFromAboveTrait
NoTerminator = ir.NoTerminatorTrait
infer_result = ext.infer_result
result = ext.result
operand = ext.operand
attribute = ext.attribute

_DECLARED: dict[str, type["Dialect"]] = {}


class Dialect(ext.Dialect, name="rdu_base"):  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    """A dialect: `class Toy(Dialect, name="toy")`, with its summary as docstring.

    Ops derive from `Toy.Operation` (an `Op`), types from `Toy.Type`, attributes from
    `Toy.Attribute`. A dialect under `rdu.dialects` is loaded into every context that
    `make_context` creates.
    """

    @classmethod
    def __init_subclass__(cls, name: str, **kwargs: Any) -> None:
        """Give the dialect its base classes and remember it."""
        super().__init_subclass__(name=name, **kwargs)
        cls.Operation = type("Operation", (Op,), {}, dialect=cls)
        cls.Type = type("Type", (TypeBase,), {}, dialect=cls)
        cls.Attribute = type("Attribute", (AttributeBase,), {}, dialect=cls)
        _DECLARED[name] = cls

    @classmethod
    def irdl(cls) -> str:
        """Return the dialect as IRDL text, the form that stock `mlir-opt --irdl-file=` loads."""
        with ir.Context(), ir.Location.unknown():
            return f"{cls._emit_module()}"

    @classmethod
    def _emit_module(cls) -> ir.Module:
        """Emit the dialect for the current context; after the first time, from its text: faster."""
        if "_emitted" not in vars(cls):
            cls._emitted = str(super()._emit_module())
        return ir.Module.parse(cls._emitted)

    @classmethod
    def enumerate_messages(cls) -> Iterator[tuple[str, str, str]]:
        """List what the dialect's verifiers may say: op name, message key, format string."""
        for operation in cls.operations:
            for key, text in operation.messages.items():
                yield operation.OPERATION_NAME, key, text

    @classmethod
    def load(cls) -> None:
        """Load the dialect into the current context; `make_context` does it under a lock."""
        with nullcontext() if ir.Location.current else ir.Location.unknown():
            super().load()


def project_dialects() -> tuple[type[Dialect], ...]:
    """Import the packages under `rdu.dialects` and return the dialects that they declare."""
    package = import_module("rdu.dialects")
    for module in pkgutil.iter_modules(package.__path__, "rdu.dialects."):
        import_module(module.name)
    ours = (d for d in _DECLARED.values() if d.__module__.startswith("rdu.dialects."))
    return tuple(sorted(ours, key=lambda dialect: dialect.DIALECT_NAMESPACE))


__all__ = [
    "Any",
    "Dialect",
    "IsolatedFromAbove",
    "NoTerminator",
    "Op",
    "Operand",
    "Pure",
    "Region",
    "Result",
    "Terminator",
    "attribute",
    "infer_result",
    "operand",
    "project_dialects",
    "result",
]
