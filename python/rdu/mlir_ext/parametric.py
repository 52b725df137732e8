"""Base classes of our types and attributes, whose parameters read and build as Python values.

Parameters are annotations, as in an op: `words: ir.IntegerAttr`, `element: Any` (a type).
`T.get(...)` accepts types, attributes and plain Python values. It does not verify them (the
bindings cannot); parsing does, and so does the verifier of an op that uses the type.
"""

from typing import Any

from torch_mlir.dialects import ext

from rdu.mlir_ext import fields, ir


class TypeBase(ext.Type):
    """Base of our types; a dialect's types derive from its `Dialect.Type`."""

    @classmethod
    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Declare the parameters, as properties that give downcast values."""
        super().__init_subclass__(**kwargs)
        _declare_parameters(cls, kwargs)

    @classmethod
    def get(cls, *args: Any, context: ir.Context | None = None) -> Any:
        """Build the type from its parameters, in order."""
        with context or _context_of(args):
            return super().get(*_as_parameters(cls, args))

    @classmethod
    def _emit_type(cls) -> None:
        with fields.declared_for_irdl(cls):
            super()._emit_type()


class AttributeBase(ext.Attribute):
    """Base of our attributes; a dialect's attributes derive from its `Dialect.Attribute`."""

    @classmethod
    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Declare the parameters, as properties that give downcast values."""
        super().__init_subclass__(**kwargs)
        _declare_parameters(cls, kwargs)

    @classmethod
    def get(cls, *args: Any, context: ir.Context | None = None) -> Any:
        """Build the attribute from its parameters, in order."""
        with context or _context_of(args):
            return super().get(*_as_parameters(cls, args))

    @classmethod
    def _emit_attr(cls) -> None:
        with fields.declared_for_irdl(cls):
            super()._emit_attr()


def _declare_parameters(cls: Any, options: dict[str, Any]) -> None:
    if options.get("name"):
        for index, field in enumerate(cls._fields):
            setattr(cls, field.name, _parameter(index))


def _parameter(index: int) -> property:
    def value(self: Any) -> Any:
        parameter = self.params[index].maybe_downcast()
        return parameter.value if isinstance(parameter, ir.TypeAttr) else parameter

    return property(value)


def _as_parameters(cls: Any, values: tuple[Any, ...]) -> list[Any]:
    if len(values) != len(cls._fields):
        names = ", ".join(field.name for field in cls._fields)
        raise TypeError(f"{cls.__name__}.get takes {len(cls._fields)} parameters: {names}")
    return [
        value if isinstance(value, ir.Type) else fields.as_attribute(field.constraint, value)
        for field, value in zip(cls._fields, values, strict=True)
    ]


def _context_of(values: tuple[Any, ...]) -> ir.Context:
    held = (v.context for v in values if isinstance(v, ir.Type | ir.Attribute))
    return next(held, None) or ir.Context.current
