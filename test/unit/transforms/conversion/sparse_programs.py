"""Functions of linalg on sparse tensors as text, and arrays of ugly sparsity to run them on."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.opt import Settings, optimize
from rdu.support.diagnostics import RduError

ADD, MUL, MAX, MIN = "addf", "mulf", "maximumf", "minimumf"
SPARSITIES = ("none", "one", "thin", "scattered", "empty rows", "empty columns", "full")


@dataclass(frozen=True)
class Tensor:
    """An operand: its variables, and its levels (`csr`, `dc`, `dc of 1 0`; none if dense)."""

    variables: str
    form: str = ""


@dataclass
class Program:
    """A function `main`, built op by op; extents by variable."""

    extents: dict
    element: str = "f32"
    arguments: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    types: dict = field(default_factory=dict)

    def argument(self, name, variables, form=""):
        kind = self.kind(variables, form)
        self.arguments.append(f"%v_{name}: {kind}")
        self.types[name] = (variables, kind)
        return name

    def kind(self, variables, form=""):
        shape = "".join(f"{self.extents[v]}x" for v in variables)
        return f"tensor<{shape}{self.element}{encoding(len(variables), form)}>"

    def generic(self, name, output, reads, body, *, form="", combiner=None, order=None, start=None):
        """Add an op: `reads` are (name, variables), `body` lines that define %r of %a, %b, ..."""
        loops = list(dict.fromkeys([*output, *(v for _, vs in reads for v in vs)]))
        loops += [v for v in order or "" if v not in loops]
        kind = self.kind(output, form)
        maps = [affine(loops, vs) for _, vs in reads] + [affine(loops, output)]
        iterators = ['"parallel"' if v in output else '"reduction"' for v in loops]
        letters = "abcdefgh"[: len(reads)]
        arguments = "".join(f"%{letter}: {self.element}, " for letter in letters)
        operands = ", ".join(f"%v_{n}" for n, _ in reads)
        types = ", ".join(self.types[n][1] for n, _ in reads)
        if combiner and start is None:
            self._start(f"{name}_0", kind, IDENTITIES[combiner])
        elif start is None:
            self.lines.append(f"%v_{name}_0 = tensor.empty() : {kind}")
        attributes = f"sam.variables = {strings(loops)}"
        if order:
            attributes += f", sam.order = {strings(order)}"
        inputs = f"ins({operands} : {types}) " if reads else ""
        end = f"%s = arith.{combiner} %out, %r : {self.element}\n" if combiner else ""
        self.lines.append(
            f"%v_{name} = linalg.generic {{indexing_maps = [{', '.join(maps)}], "
            f"iterator_types = [{', '.join(iterators)}]}} {inputs}"
            f"outs(%v_{start or name + '_0'} : {kind}) attrs = {{{attributes}}} {{\n"
            f"^bb0({arguments}%out: {self.element}):\n"
            + "\n".join(body)
            + f"\n{end}linalg.yield %{'s' if combiner else 'r'} : {self.element}\n}} -> {kind}"
        )
        self.types[name] = (output, kind)
        return name

    def _start(self, name, kind, number):
        number = number if self.element == "f32" else int(float(number))
        self.lines.append(f"%v_{name}_c = arith.constant {number} : {self.element}")
        self.lines.append(f"%v_{name}_e = tensor.empty() : {kind}")
        self.lines.append(
            f"%v_{name} = linalg.fill ins(%v_{name}_c : {self.element}) "
            f"outs(%v_{name}_e : {kind}) -> {kind}"
        )

    def text(self, *results):
        kinds = ", ".join(self.types[name][1] for name in results)
        values = ", ".join(f"%v_{name}" for name in results)
        body = "\n".join(self.lines)
        arguments = ", ".join(self.arguments)
        return (
            f"func.func @main({arguments}) -> ({kinds}) {{\n{body}\nreturn {values} : {kinds}\n}}"
        )


IDENTITIES = {
    "addf": "0.0",
    "mulf": "1.0",
    "maximumf": "0xFF800000",
    "minimumf": "0x7F800000",
    "addi": "0",
    "muli": "1",
}


def strings(words):
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def affine(loops, variables):
    return f"affine_map<({', '.join(loops)}) -> ({', '.join(variables)})>"


def encoding(rank, form):
    """Write `dc of 1 0` (dense, compressed, singleton, BSR blocks `b2x3`) as an attribute."""
    if not form:
        return ""
    levels, _, order = form.partition(" of ")
    dims = [f"d{d}" for d in range(rank)]
    if levels.startswith("b"):
        rows, columns = levels[1:].split("x")
        levels = (
            f"d0 floordiv {rows} : dense, d1 floordiv {columns} : compressed, "
            f"d0 mod {rows} : dense, d1 mod {columns} : dense"
        )
    else:
        places = [int(d) for d in order.split()] if order else range(rank)
        kinds = {"d": "dense", "c": "compressed", "s": "singleton", "n": "compressed(nonunique)"}
        levels = ", ".join(
            f"d{d} : {kinds[level]}" for level, d in zip(levels, places, strict=True)
        )
    return f", #sparse_tensor.encoding<{{map = ({', '.join(dims)}) -> ({levels})}}>"


def array(rng, shape, sparsity, dtype=np.float32):
    """Return an array of small numbers with a kind of sparsity."""
    full = rng.integers(1, 5, shape).astype(dtype) * rng.choice([-1, 1], shape).astype(dtype)
    keep = np.ones(shape, bool)
    match sparsity:
        case "none":
            keep[...] = False
        case "one":
            keep[...] = False
            if shape:
                keep[tuple(rng.integers(0, shape))] = True
        case "thin":
            keep = rng.random(shape) < 0.1
        case "scattered":
            keep = rng.random(shape) < 0.4
        case "empty rows":
            keep = rng.random(shape) < 0.6
            if shape:
                keep[rng.integers(0, shape[0])] = False
        case "empty columns":
            keep = rng.random(shape) < 0.6
            if shape:
                keep[..., rng.integers(0, shape[-1])] = False
        case _:
            pass
    return np.where(keep, full, np.zeros_like(full))


def arrays(module, seed, sparsity=None):
    """Return arguments for a function, each of a sparsity of its own unless one is given."""
    rng = np.random.default_rng(seed)
    block = module.body.operations[0].body.blocks[0]
    made = []
    for kind in [argument.type for argument in block.arguments]:
        ranked = hasattr(kind, "shape")
        shape = tuple(kind.shape) if ranked else ()
        element = str(kind.element_type) if ranked else str(kind)
        chosen = sparsity or rng.choice(SPARSITIES)
        dtype = {"f32": np.float32, "i32": np.int32}[element]
        made.append(array(rng, shape, chosen if shape else "full", dtype))
    return made


def converted(text, options=""):
    return optimize(text, Settings(pipeline=f"linalg-to-sam{{{options}}}"))


def refusals_of(text, options=""):
    """Return the messages with which the pass refuses a function; none if it converts it."""
    try:
        converted(text, options)
    except RduError as refusal:
        return [diagnostic.message for diagnostic in refusal.diagnostics]
    return []


@cache
def context():
    return make_context()


def check(text, options="", seeds=range(8), exact=True, sparsities=(None,)):
    """Run a function before and after the pass on several arrays; returns the new text."""
    after = converted(text, options)
    assert "linalg." not in after
    module, before = parse(after, context()), parse(text, context())
    for seed in seeds:
        for sparsity in sparsities:
            inputs = arrays(before, seed, sparsity)
            expected, got = run(before, inputs), run(module, inputs)
            for name, want in expected.items():
                if exact:
                    np.testing.assert_array_equal(got[name], want)
                else:
                    np.testing.assert_allclose(got[name], want, rtol=1e-5, atol=1e-5)
    return after
