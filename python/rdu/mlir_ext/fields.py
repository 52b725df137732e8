"""The fields of an operation: what may stand in each, and what to say when something else does.

IRDL checks fields too, but its messages name none. So these checks run first; a field's
declaration in the op class is the single source of both.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from torch_mlir.dialects import ext

from rdu.mlir_ext import ir

MESSAGES: Mapping[str, str] = {
    "operand-count": "has {have} operands: expected {need}",
    "result-count": "has {have} results: expected {need}",
    "region-count": "has {have} regions: expected {need}",
    "segments": "attribute '{name}' does not fit: expected one size for each of {fields}",
    "operand-type": "operand '{name}' has the wrong type: expected {need}, got {have}",
    "result-type": "result '{name}' has the wrong type: expected {need}, got {have}",
    "mixed": "{side}s '{name}' have different types: expected one type, got {have}",
    "missing": "attribute '{name}' is missing: expected {need}",
    "mistyped": "attribute '{name}' has the wrong kind: expected {need}, got {have}",
    "unknown": "attribute '{name}' is unknown: expected {known}",
    "blocks": "region '{name}' has {have} blocks: expected one",
    "terminator": "region '{name}' ends wrongly: expected '{need}', got {have}",
    "parent": "is in the wrong place: expected inside {need}, got {have}",
}
"""Messages about fields, shared by all ops; `Op.error` formats them."""

_ATTRIBUTE_WORDS: Mapping[str, str] = {
    "AffineMapAttr": "an affine map",
    "ArrayAttr": "an array",
    "Attribute": "an attribute",
    "BoolAttr": "true or false",
    "DenseBoolArrayAttr": "an array<i1: ...>",
    "DenseElementsAttr": "dense elements",
    "DenseF32ArrayAttr": "an array<f32: ...>",
    "DenseF64ArrayAttr": "an array<f64: ...>",
    "DenseI32ArrayAttr": "an array<i32: ...>",
    "DenseI64ArrayAttr": "an array<i64: ...>",
    "DictAttr": "a dictionary",
    "FlatSymbolRefAttr": "a symbol",
    "FloatAttr": "a float",
    "IntegerAttr": "an integer",
    "StringAttr": "a string",
    "SymbolRefAttr": "a symbol reference",
    "TypeAttr": "a type",
    "UnitAttr": "unit",
}
_TYPE_WORDS: Mapping[str, str] = {
    "FloatType": "a float type",
    "FunctionType": "a function type",
    "IndexType": "index",
    "IntegerType": "an integer type",
    "MemRefType": "a memref",
    "RankedTensorType": "a ranked tensor",
    "ShapedType": "a shaped type",
    "TupleType": "a tuple",
    "VectorType": "a vector",
}


def matches(constraint: Any, value: Any, bindings: dict[str, Any]) -> bool:
    """Tell whether a type or attribute satisfies a field's annotation.

    `bindings` maps type variables met so far to what they stand for, and grows.
    """
    if constraint is Any:
        return True
    if isinstance(constraint, TypeVar):
        if constraint.__name__ in bindings:
            return bindings[constraint.__name__] == value
        bindings[constraint.__name__] = value
        return matches(constraint.__bound__ or Any, value, bindings)
    origin = get_origin(constraint)
    if origin in (Union, UnionType):
        return any(matches(part, value, bindings) for part in get_args(constraint))
    if origin is None:
        return _castable(constraint, value)
    if issubclass(origin, ext.Type | ext.Attribute):
        parameters = zip(get_args(constraint), value.params, strict=True)
        return isinstance(value, origin) and all(
            matches(part, parameter, bindings) for part, parameter in parameters
        )
    return ext.construct_instance(origin, get_args(constraint)) == value


def describe(constraint: Any) -> str:
    """Say in words what a field's annotation admits."""
    if constraint is Any:
        return "anything"
    if isinstance(constraint, TypeVar):
        return describe(constraint.__bound__ or Any)
    origin = get_origin(constraint)
    if origin in (Union, UnionType):
        return " or ".join(describe(part) for part in get_args(constraint))
    if origin is not None:
        if issubclass(origin, ext.Type | ext.Attribute):
            return describe(origin)
        return f"{ext.construct_instance(origin, get_args(constraint))}"
    if issubclass(constraint, ext.Type):
        return f"!{constraint.type_name}"
    if issubclass(constraint, ext.Attribute):
        return f"#{constraint.attr_name}"
    name = constraint.__name__
    words = _ATTRIBUTE_WORDS if issubclass(constraint, ir.Attribute) else _TYPE_WORDS
    return words.get(name, name.removesuffix("Type").removesuffix("Attr").lower())


def for_irdl(constraint: Any) -> Any:
    """Return the annotation, or a weaker one, that IRDL can state: it knows only named kinds."""
    if get_origin(constraint) in (Union, UnionType):
        parts = [for_irdl(part) for part in get_args(constraint)]
        return Any if Any in parts else Union[tuple(parts)]  # noqa: UP007  (a run-time union)
    if get_origin(constraint) or not isinstance(constraint, type):
        return constraint
    if hasattr(constraint, "type_name") or hasattr(constraint, "attr_name"):
        return constraint
    name = constraint.__name__
    if name.startswith("Dense") and name.endswith("ArrayAttr"):
        return _DenseArray
    return _NAMED.get(name, Any)


@contextmanager
def declared_for_irdl(cls: Any) -> Generator[None, None, None]:
    """Let a class show the field constraints that IRDL can state while it is emitted."""
    declared = cls._fields
    cls._fields = [replace(f, constraint=for_irdl(f.constraint)) for f in declared]
    try:
        yield
    finally:
        cls._fields = declared


class _DenseArray(ir.Attribute):
    """Any `array<...>`: the bindings' classes for them do not name it."""

    attr_name = "builtin.dense_array"


class _Vector(ir.Type):
    """A `vector<...>`: the bindings' class for it does not name it."""

    type_name = "builtin.vector"


_NAMED: Mapping[str, Any] = {"BoolAttr": ir.IntegerAttr, "VectorType": _Vector}


def as_attribute(kind: Any, value: Any) -> Any:
    """Convert a Python value to the attribute that a field of kind `kind` takes.

    Attributes pass unchanged and None stays None. Integers become i64, floats f64; lists become
    `array<i64: ...>` and its like, or arrays whose elements are converted by their own type.
    Needs a current context. Raises TypeError for a value that the kind cannot hold.
    """
    if value is None or isinstance(value, ir.Attribute):
        return value
    convert = _BUILDERS.get(getattr(kind, "__name__", ""), _guess)
    try:
        return convert(value)
    except (TypeError, RuntimeError) as failure:
        raise TypeError(f"{value!r} cannot become {describe(kind)}") from failure


def _castable(kind: Any, value: Any) -> bool:
    if isinstance(value, kind) and kind is not ir.ArrayAttr:
        return True
    if issubclass(kind, ext.Type | ext.Attribute):
        return False
    try:
        cast = kind(value)
        if kind is ir.ArrayAttr:
            list(cast)  # the bindings cannot show every element: `array<bf16>` is one
    except (ValueError, TypeError):
        return False
    return True


def _i64(value: int) -> ir.Attribute:
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), value)


def _array(values: Any) -> ir.Attribute:
    return ir.ArrayAttr.get([as_attribute(ir.Attribute, value) for value in values])


def _dictionary(values: Mapping[str, Any]) -> ir.Attribute:
    return ir.DictAttr.get({k: as_attribute(ir.Attribute, v) for k, v in values.items()})


def _guess(value: Any) -> ir.Attribute:
    """Convert by the value's own type, for fields that admit more than one kind."""
    for python_type, convert in _BY_TYPE:
        if isinstance(value, python_type):
            return convert(value)
    raise TypeError(f"no attribute holds a {type(value).__name__}")


_BUILDERS: Mapping[str, Callable[[Any], ir.Attribute]] = {
    "AffineMapAttr": lambda value: ir.AffineMapAttr.get(value),
    "ArrayAttr": _array,
    "BoolAttr": lambda value: ir.BoolAttr.get(value),
    "DenseBoolArrayAttr": lambda value: ir.DenseBoolArrayAttr.get(list(value)),
    "DenseF32ArrayAttr": lambda value: ir.DenseF32ArrayAttr.get(list(value)),
    "DenseF64ArrayAttr": lambda value: ir.DenseF64ArrayAttr.get(list(value)),
    "DenseI32ArrayAttr": lambda value: ir.DenseI32ArrayAttr.get(list(value)),
    "DenseI64ArrayAttr": lambda value: ir.DenseI64ArrayAttr.get(list(value)),
    "DictAttr": _dictionary,
    "FlatSymbolRefAttr": lambda value: ir.FlatSymbolRefAttr.get(value),
    "FloatAttr": lambda value: ir.FloatAttr.get(ir.F64Type.get(), value),
    "IntegerAttr": _i64,
    "StringAttr": lambda value: ir.StringAttr.get(value),
    "TypeAttr": lambda value: ir.TypeAttr.get(value),
    "UnitAttr": lambda value: ir.UnitAttr.get() if value else None,
}
_BY_TYPE: tuple[tuple[Any, Callable[[Any], ir.Attribute]], ...] = (
    (bool, _BUILDERS["BoolAttr"]),
    (int, _i64),
    (float, _BUILDERS["FloatAttr"]),
    (str, _BUILDERS["StringAttr"]),
    (ir.AffineMap, _BUILDERS["AffineMapAttr"]),
    (ir.Type, _BUILDERS["TypeAttr"]),
    ((list, tuple), _array),
    (Mapping, _dictionary),
)
