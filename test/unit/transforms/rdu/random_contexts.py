"""Random programs with one computing context: loads, operations, reductions, stores."""

import random
from dataclasses import dataclass, field

FLOAT_UNARY = ("negf", "absf", "tanh", "erf")
FLOAT_BINARY = ("addf", "mulf", "subf", "maximumf")


@dataclass
class _Value:
    name: str
    vector: bool
    level: int
    """Level below which the value changes: where it may be looked at."""


@dataclass
class _Builder:
    rng: random.Random
    extents: list[int]
    vector_level: int
    lines: list[str] = field(default_factory=list)
    values: list[_Value] = field(default_factory=list)

    def operation(self) -> None:
        rng = self.rng
        name = f"t{len(self.lines)}"
        a, b = rng.choice(self.values[-3:]), rng.choice(self.values)
        choice = rng.random()
        over = rng.randint(1, len(self.extents))
        if choice < 0.15 and (a.vector or over > self.vector_level):
            self.lines.append(f"{name} = reduce addf {a.name} over c{over}")
            tree = over <= self.vector_level
            self.values.append(_Value(name, a.vector and not tree, over - 1))
        elif choice < 0.4:
            self.lines.append(f"{name} = {rng.choice(FLOAT_UNARY)} {a.name}")
            self.values.append(_Value(name, a.vector, a.level))
        else:
            other, constant = (b.name, False) if choice < 0.85 else ("0.5", True)
            self.lines.append(f"{name} = {rng.choice(FLOAT_BINARY)} {a.name} {other}")
            vector = a.vector or (b.vector and not constant)
            level = a.level if constant else min(a.level, b.level)
            self.values.append(_Value(name, vector, level))


def random_program(seed: int) -> str:
    """Return the text of a program whose PCU computes something of 8 to 24 operations."""
    rng = random.Random(seed)
    extents = [rng.choice((2, 3, 5, 20, 33)) for _ in range(rng.randint(1, 3))]
    depth = len(extents)
    vector_level = rng.randint(0, depth)
    builder = _Builder(rng, extents, vector_level)
    inputs: list[tuple[int, str]] = []
    for number in range(rng.randint(1, 3)):
        level = rng.randint(1, depth)
        kind = "vector" if level >= vector_level > 0 else "scalar"
        inputs.append((level, kind))
        builder.values.append(_Value(f"x{number}", kind == "vector", depth))
    for _ in range(rng.randint(8, 24)):
        builder.operation()
    outputs: list[tuple[int, str, str]] = []
    for value in rng.sample(builder.values[-6:], rng.randint(1, 2)):
        # A vector token is stored by lanes, so it has to be pushed where lanes are known.
        level = rng.randint(vector_level, depth) if value.vector else rng.randint(0, depth)
        if value.vector and not vector_level:
            continue
        outputs.append((level, "vector" if value.vector else "scalar", value.name))
    return _text(extents, vector_level, inputs, outputs or [(depth, "scalar", "")], builder)


def _counters(extents: list[int], level: int, vector_level: int) -> str:
    lines = [
        f"      count c{i} 0..{extent}{' par 16' if i == vector_level else ''}\n"
        for i, extent in enumerate(extents[:level], 1)
    ]
    return "".join(lines)


def _shape(extents: list[int], level: int) -> str:
    return f"f32[{', '.join(map(str, extents[:level]))}]"


def _index(level: int) -> str:
    return ", ".join(f"c{i}" for i in range(1, level + 1))


def _text(extents, vector_level, inputs, outputs, builder) -> str:
    outputs = [(level, kind, value or builder.values[-1].name) for level, kind, value in outputs]
    formals = [(f"x{i}", level, "input") for i, (level, _) in enumerate(inputs)]
    formals += [(f"y{i}", level, "output") for i, (level, _, _) in enumerate(outputs)]
    typed = ", ".join(f"{name} : {_shape(extents, level)}" for name, level, _ in formals)
    parts = ["rdu 1\nmachine plasticine\n"]
    for name, level, role in formals:
        parts.append(f"tensor {name} : {_shape(extents, level)} {role} tier dram\n")
    parts.append(f"section s({typed}) {{\n")
    for i, (level, kind) in enumerate(inputs):
        parts.append(
            f"  ag load{i} {{\n    context main {{\n{_counters(extents, level, vector_level)}"
            f"      out data : {kind} f32 @c{level}\n"
            f"      load x{i}[{_index(level)}] -> data\n    }}\n  }}\n"
        )
    parts.append(
        f"  pcu p {{\n    context main {{\n{_counters(extents, len(extents), vector_level)}"
    )
    parts += [f"      in x{i} : {kind} f32 @c{level}\n" for i, (level, kind) in enumerate(inputs)]
    for i, (level, kind, _) in enumerate(outputs):
        parts.append(f"      out y{i} : {kind} f32 @{f'c{level}' if level else 'pass'}\n")
    parts += [f"      {line}\n" for line in builder.lines]
    parts += [f"      y{i} <- {value}\n" for i, (_, _, value) in enumerate(outputs)]
    parts.append("    }\n  }\n")
    for i, (level, kind, _) in enumerate(outputs):
        parts.append(
            f"  ag store{i} {{\n    context main {{\n{_counters(extents, level, vector_level)}"
            f"      in data : {kind} f32 @{f'c{level}' if level else 'pass'}\n"
            f"      store y{i}[{_index(level)}] <- data\n    }}\n  }}\n"
        )
    for i, (_, kind) in enumerate(inputs):
        parts.append(
            f"  net i{i} {kind} load{i}.main.data {{\n    to p.main.x{i} capacity 16\n  }}\n"
        )
    for i, (_, kind, _) in enumerate(outputs):
        parts.append(
            f"  net o{i} {kind} p.main.y{i} {{\n    to store{i}.main.data capacity 16\n  }}\n"
        )
    bound = ", ".join(f"{name} = {name}" for name, _, _ in formals)
    parts.append(f"}}\nhost {{\n  run s({bound})\n}}\n")
    return "".join(parts)
