"""Writes functions that hold one `sam.graph`, primitive by primitive, and runs them."""

from rdu.interpreter.run import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.functions import defined_functions
from rdu.sparse import compile_graph
from rdu.transforms.conversion.circuits.tensors import names_of


class Value:
    """An SSA name with its type."""

    def __init__(self, name, kind):
        self.name, self.kind = name, kind

    @property
    def depth(self):
        return int(self.kind.partition(", ")[2].rstrip(">"))

    @property
    def payload(self):
        return self.kind.split('"')[1]


def stream(text):
    """`crd:2` as a type."""
    kind, _, depth = text.partition(":")
    return f'!sam.stream<"{kind}", {depth}>'


class Graph:
    """The text of a graph of tensors in formats, whose output has a shape.

    Args:
        output: the shape of the output.
        order: the dimension of each level written.
        element: of all tensors.
        tensors: by name (shape, formats) or (shape, formats, order).
    """

    def __init__(self, output, tensors, order=None, element="f32"):
        self.element, self.order = element, order
        self.output = self.dense(output)
        self.lines, self.arguments = [], []
        for name, (shape, formats, *rest) in tensors.items():
            outside = Value(f"%arg_{name}", self.dense(shape))
            self.arguments.append(outside)
            levels = rest[0] if rest else range(len(formats))
            setattr(self, name, self.op("bind", [outside], [self.stored(shape, formats, levels)]))
        self.root = self.op("root", [], ["ref:0"])

    def dense(self, shape):
        return f"tensor<{''.join(f'{extent}x' for extent in shape)}{self.element}>"

    def stored(self, shape, formats, order):
        levels = ", ".join(f'"{level}"' for level in formats)
        dimensions = f": {', '.join(map(str, order))}" if formats else ""
        return f"!sam.tensor<{self.dense(shape)}, [{levels}], array<i64{dimensions}>>"

    def op(self, name, operands, results=(), **attributes):
        """Add an op; lists among operands and results are variadic, empty ones absent."""
        made = []
        for field in results:
            parts = field if isinstance(field, list) else [field]
            kinds = [stream(part) if "<" not in part else part for part in parts]
            made.append(
                [Value(f"%v{len(self.lines)}_{len(made)}_{n}", k) for n, k in enumerate(kinds)]
            )
        given = [field if isinstance(field, list) else [field] for field in operands]
        attributes |= self._segments("operand", operands, given)
        attributes |= self._segments("result", results, made)
        sent, returned = ([v for field in fields for v in field] for fields in (given, made))
        words = ", ".join(f"{key} = {_attribute(value)}" for key, value in attributes.items())
        self.lines.append(
            f"{', '.join(v.name for v in returned)}{' = ' if returned else ''}"
            f'"sam.{name}"({", ".join(v.name for v in sent)}) {{{words}}} : '
            f"({', '.join(v.kind for v in sent)}) -> ({', '.join(v.kind for v in returned)})"
        )
        fields = [
            values if isinstance(field, list) else values[0]
            for field, values in zip(results, made, strict=True)
        ]
        return fields[0] if len(fields) == 1 else fields

    def _segments(self, side, fields, values):
        if not any(isinstance(field, list) for field in fields):
            return {}
        sizes = ", ".join(str(len(part)) for part in values)
        return {f"{side}SegmentSizes": f"array<i32: {sizes}>"}

    def lookup(self, tensor, level, refs, kind="crd"):
        depth = refs.depth + 1
        return self.op(
            "fiber_lookup", [tensor, refs], [f"{kind}:{depth}", f"ref:{depth}"], level=level
        )

    def repeat(self, refs, like):
        return self.op("repeat", [refs, like], [f"{refs.payload}:{like.depth}"])

    def merge(self, name, *sides):
        crds, refs = ([side[n] for side in sides] for n in (0, 1))
        depth = crds[0].depth
        out = [f"{refs[0].payload}:{depth}"] * len(sides)
        crd, out = self.op(name, [crds, refs], [f"crd:{depth}", out])
        return crd, *out

    def load(self, tensor, refs):
        return self.op("array", [tensor, refs], [f"val:{refs.depth}"])

    def alu(self, function, lhs, rhs):
        return self.op("alu", [lhs, rhs], [f"val:{lhs.depth}"], function=f'"{function}"')

    def unary(self, function, values, **attributes):
        function = f'"{function}"'
        return self.op("unary", [values], [f"val:{values.depth}"], function=function, **attributes)

    def reduce(self, values, outer, function="add"):
        return self.op("reduce", [values, outer], [f"val:{outer.depth}"], function=f'"{function}"')

    def accumulate(self, reduced, crds, values, function="add"):
        fields = [[crd] for crd in crds] + [[]] * (3 - len(crds))
        out = [[f"crd:{crd.depth - 1}"] for crd in crds] + [[]] * (3 - len(crds))
        made = self.op(
            "accumulate",
            [reduced, fields[0][0], *fields[1:], values],
            [out[0][0], *out[1:], f"val:{values.depth - 1}"],
            function=f'"{function}"',
        )
        return [m[0] if isinstance(m, list) else m for m in made if m]

    def finish(self, crds, values):
        """Write coordinates, outermost first, and values; return the module's text."""
        for level, crd in enumerate(crds):
            self.op("fiber_write", [crd], level=level)
        self.op("yield", [values])
        arguments = ", ".join(f"{v.name}: {v.kind}" for v in self.arguments)
        order = "" if self.order is None else f" {{order = array<i64: {str(self.order)[1:-1]}>}}"
        body = "\n    ".join(self.lines)
        return (
            f"func.func @main({arguments}) -> {self.output} {{\n"
            f'  %x = "sam.graph"() ({{\n    {body}\n  }}){order} : () -> {self.output}\n'
            f"  return %x : {self.output}\n}}\n"
        )


def interpret(text, *arrays):
    """Run a function's text on arrays."""
    (result,) = run(parse(text, make_context()), list(arrays)).values()
    return result


def compute(text, *arrays):
    """Run a function's text on arrays, and its configuration in both engines."""
    result = interpret(text, *arrays)
    module = parse(text, make_context())
    (function,) = defined_functions(module)
    names = names_of(function)
    operands = zip(map(names.__getitem__, function.arguments), arrays, strict=True)
    artifact = compile_graph(module, dict(operands))
    for engine in ("native", "python"):
        tensor, _ = artifact.run(engine)
        assert tensor.to_dense().tobytes() == result.tobytes(), engine
    return result


def _attribute(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
