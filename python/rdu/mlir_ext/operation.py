"""The base class of our operations: fields, builders, verification and its messages."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, ClassVar, get_origin

from torch_mlir.dialects import ext

from rdu.mlir_ext import fields, ir
from rdu.mlir_ext.channel import Context, emit
from rdu.support.diagnostics import Note, Severity, suggest

_SINGLE = ext.Variadicity.single
_SEGMENTS = {"operand": "operandSegmentSizes", "result": "resultSegmentSizes"}
_TAKEN = frozenset(dir(ir.OpView)) - {"name", "result"}


class Op(ext.Operation):
    """An operation declared as a class; a dialect's ops derive from its `Dialect.Operation`.

    Annotations are fields, each followed by a docstring: `x: Operand[T]`, `y: Result[T]`,
    `n: ir.IntegerAttr`, `label: ir.StringAttr | None` (an optional attribute, keyword-only when
    building), `body: Region`, and `Sequence[Operand[T]]` for a variadic one, whose values all have
    the same type (IRDL insists). Builders accept plain Python values for attributes. Three class
    tables, none annotated, say the rest:

    * `messages`: what `verify` may say, key to format string (`self.error(key, name=value)`);
    * `terminators`: region name to the op name that ends the region's only block;
    * `parents`: names of the ops directly inside which this one may stand (empty: any).

    Override `verify` for checks of the op itself and `verify_body` for checks that read its
    regions, which are then known to be well-formed. Both report through `error`, any number of
    times, and return nothing.
    """

    messages = {}  # noqa: RUF012  (an annotation here would declare a field)
    terminators = {}  # noqa: RUF012
    parents = tuple[str, ...]()

    @classmethod
    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Take optional attributes out of the annotations, then let `ext` do the rest."""
        optional = dict(getattr(cls, "_optional", {}))
        annotations = cls.__annotations__  # the class's own: `ext` reads it after us
        for name, annotation in list(annotations.items()):
            if get_origin(annotation) is ClassVar:
                del annotations[name]
            elif kind := _optional_attribute(annotation):
                optional[name] = kind
                del annotations[name]
        cls._optional = optional
        if taken := [n for n in (*annotations, *optional) if n in _TAKEN]:
            raise TypeError(f"field '{taken[0]}' of {cls.__name__} would hide an op's own property")
        super().__init_subclass__(**kwargs)
        for name in optional:
            setattr(cls, name, _optional_property(name))

    @classmethod
    def _generate_init_method(cls, declared: list[Any]) -> None:
        super()._generate_init_method(declared)
        build: Any = cls.__init__
        optional = cls._optional
        kinds = {f.name: f.constraint for f in declared if isinstance(f, ext.AttributeDef)}
        cls._parts, cls._required = ext.partition_fields(declared), kinds
        names = [f.name for f in declared if not isinstance(f, ext.RegionDef)]

        def initialise(self: Any, *args: Any, loc: Any = None, **kwargs: Any) -> None:
            given = dict(zip(names, args, strict=False)) | kwargs
            with _context_of(loc, given.values()):
                extra = {n: fields.as_attribute(k, given.pop(n, None)) for n, k in optional.items()}
                for name in kinds.keys() & given.keys():
                    value = fields.as_attribute(kinds[name], given[name])
                    given[name] = value
                    if value is not None and not value:  # `ext` takes an empty array for none
                        given[name], extra[name] = ir.UnitAttr.get(), value
                build(self, loc=loc, **given)
            for name, value in extra.items():
                if value is not None:
                    self.attributes[name] = value

        cls.__init__ = initialise

    @classmethod
    def _emit_operation(cls) -> None:
        with fields.declared_for_irdl(cls):
            super()._emit_operation()

    def error(
        self,
        key: str,
        *,
        at: Any = None,
        notes: Iterable[Note | str] = (),
        hint: str | None = None,
        **values: Any,
    ) -> None:
        """Report the message `key` of the op's table, at the op or at another op's location.

        Args:
            key: a key of `messages`, or of the table shared by all ops (`fields.MESSAGES`).
            at: an operation or location to report at instead of this op.
            notes: facts that explain the error.
            hint: what to do about it.
            values: what the message's placeholders stand for.
        """
        self._failed = True
        table = self.messages if key in self.messages else fields.MESSAGES
        place = at if isinstance(at, ir.Location) else (at or self).location
        text = f"'{self.OPERATION_NAME}' {table[key].format(**values)}"
        emit(place, Severity.ERROR, text, notes, hint)

    def verify(self) -> None:
        """Check what the field declarations cannot say; runs before the regions are verified."""

    def verify_body(self) -> None:
        """Check the op's regions; runs after all ops in them verified."""

    def verify_invariants(self) -> bool:
        """Run the field checks, then `verify`, for MLIR's verifier.

        MLIR stops at the first op that fails. Where the errors emitted here will be raised anyway,
        an op with sound fields passes, so that the errors of all ops come out at once.
        """
        self._failed = False
        with self.context:
            self._check_fields()
            if self._failed:
                return False
            self.verify()
        return not self._failed or _raises_later(self.context)

    def verify_region_invariants(self) -> bool:
        """Run `verify_body`, for MLIR's verifier, unless something inside is wrong already."""
        if isinstance(self.context, Context) and self.context.channel.failing:
            return True
        self._failed = False
        with self.context:
            self.verify_body()
        return not self._failed or _raises_later(self.context)

    def _check_fields(self) -> None:
        operands, _, results, regions = self._parts
        self._check_attributes(self._required)
        bindings: dict[str, Any] = {}
        self._check_values("operand", operands, self.operation.operands, bindings)
        self._check_values("result", results, self.operation.results, bindings)
        self._check_regions([r.name for r in regions])
        parent = self.operation.parent
        if self.parents and parent is not None and parent.operation.name not in self.parents:
            need = " or ".join(f"'{name}'" for name in self.parents)
            self.error("parent", need=need, have=f"'{parent.operation.name}'")

    def _check_attributes(self, required: Mapping[str, Any]) -> None:
        present = self.operation.attributes
        kinds = {**required, **self._optional}
        for name, kind in kinds.items():
            if name not in present:
                if name in required:
                    self.error("missing", name=name, need=fields.describe(kind))
            elif not fields.matches(kind, present[name], {}):
                need = fields.describe(kind)
                self.error("mistyped", name=name, need=need, have=present[name])
        known = {*kinds, *_SEGMENTS.values()}
        for name in present:
            if name not in known and "." not in name:
                listed = ", ".join(f"'{k}'" for k in kinds) or "none"
                self.error("unknown", name=name, known=listed, hint=suggest(name, kinds))

    def _check_values(
        self, side: str, declared: list[Any], values: Any, bindings: dict[str, Any]
    ) -> None:
        sizes = self._segment_sizes(side, declared, len(values))
        if sizes is None:
            return
        types = iter([value.type for value in values])
        for field, size in zip(declared, sizes, strict=True):
            own = list(islice(types, size))
            for have in own:
                if not fields.matches(field.constraint, have, bindings):
                    need = _describe_bound(field.constraint, bindings)
                    self.error(f"{side}-type", name=field.name, need=need, have=have)
            if size > 1 and len({str(have) for have in own}) > 1:  # IRDL's error names no field
                self.error("mixed", side=side, name=field.name, have=", ".join(map(str, own)))

    def _segment_sizes(self, side: str, declared: list[Any], have: int) -> list[int] | None:
        """Return how many values each declared field has, or None after reporting an error."""
        if all(field.variadicity is _SINGLE for field in declared):
            if have != len(declared):
                self.error(f"{side}-count", have=have, need=_listing(declared))
                return None
            return [1] * have
        name = _SEGMENTS[side]
        attribute = self.operation.attributes.get(name)
        sizes = list(attribute) if isinstance(attribute, ir.DenseI32ArrayAttr) else []
        fits = len(sizes) == len(declared) and sum(sizes) == have
        if not fits or not all(map(_admits, declared, sizes)):
            self.error("segments", name=name, fields=_listing(declared))
            return None
        return sizes

    def _check_regions(self, names: list[str]) -> None:
        regions = self.operation.regions
        if len(regions) != len(names):
            self.error("region-count", have=len(regions), need=len(names))
            return
        for name, region in zip(names, regions, strict=True):
            if name in self.terminators:
                self._check_terminator(name, list(region.blocks), self.terminators[name])

    def _check_terminator(self, name: str, blocks: list[ir.Block], need: str) -> None:
        if len(blocks) != 1:
            self.error("blocks", name=name, have=len(blocks))
            return
        operations = blocks[0].operations
        last = operations[-1].operation.name if len(operations) else None
        if last != need:
            self.error("terminator", name=name, need=need, have=f"'{last}'" if last else "nothing")


def _raises_later(context: ir.Context) -> bool:
    return isinstance(context, Context) and context.channel.will_raise


def _optional_attribute(annotation: Any) -> Any:
    """Return `A` if the annotation is `A | None` for an attribute kind A, else None."""
    inner = ext.match_optional(annotation)
    kind = get_origin(inner) or inner
    return inner if isinstance(kind, type) and issubclass(kind, ir.Attribute) else None


def _optional_property(name: str) -> property:
    return property(lambda self: self.attributes.get(name))


def _context_of(loc: Any, values: Iterable[Any]) -> ir.Context:
    """Return the context to build in: the location's, else an operand's, else the current one."""
    if loc is not None:
        return loc.context
    value = next((v for v in values if isinstance(v, ir.Value)), None)
    return value.context if value is not None else ir.Context.current


def _admits(field: Any, size: int) -> bool:
    if field.variadicity is _SINGLE:
        return size == 1
    return field.variadicity is not ext.Variadicity.optional or size <= 1


def _listing(declared: list[Any]) -> str:
    """Return how many fields there are, with their names."""
    names = ", ".join(f"'{field.name}'" for field in declared)
    return f"{len(declared)} ({names})" if declared else "0"


def _describe_bound(constraint: Any, bindings: Mapping[str, Any]) -> str:
    bound = bindings.get(getattr(constraint, "__name__", ""))
    return str(bound) if bound is not None else fields.describe(constraint)
