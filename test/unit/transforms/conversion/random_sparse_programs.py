"""Random functions of linalg on sparse tensors: formats, orders, bodies, reductions, chains."""

from sparse_programs import Program

FUNCTIONS = {
    "absolute": ["{z} = math.absf {x} : f32"],
    "negative": ["{z} = arith.negf {x} : f32"],
    "relu": ["{k} = arith.constant 0.0 : f32", "{z} = arith.maximumf {x}, {k} : f32"],
    "one more": ["{k} = arith.constant 1.0 : f32", "{z} = arith.addf {x}, {k} : f32"],
    "twice": ["{k} = arith.constant 2.0 : f32", "{z} = arith.mulf {k}, {x} : f32"],
    "one less": ["{k} = arith.constant 1.0 : f32", "{z} = arith.subf {k}, {x} : f32"],
}
BINARY = ("mulf", "mulf", "mulf", "addf", "addf", "subf", "maximumf", "minimumf")
COMBINERS = ("addf", "addf", "addf", "maximumf", "minimumf")


def program(rng):
    """Return the text of a function; `rng` is a `random.Random`."""
    variables = "ijkl"[: rng.randint(1, 4)]
    p = Program({v: rng.randint(1, 4) for v in variables})
    results, arguments = [], 0
    for number in range(rng.choice([1, 1, 2, 3])):
        reads = []
        for _ in range(rng.randint(1, 3)):
            if results and rng.random() < 0.6:
                name, output = results.pop(rng.randrange(len(results)))
                reads.append((name, reread(p, rng, output)))
                continue
            rank = rng.randint(0, min(3, len(variables)))
            index = "".join(rng.sample(variables, rank))
            if rng.random() < 0.2:  # diagonals
                index = "".join(rng.choices(variables, k=rank))
            reads.append((p.argument(f"t{arguments}", index, form(rng, rank)), index))
            arguments += 1
        results.append(add_op(p, rng, f"x{number}", variables, reads))
    return p.text(*[name for name, _ in results])


def reread(p, rng, output):
    """Return where a result is read: at times along a diagonal, if it has one."""
    same = [(a, b) for a in output for b in output if a < b and p.extents[a] == p.extents[b]]
    if not same or rng.random() < 0.5:
        return output
    kept, other = rng.choice(same)
    return output.replace(other, kept)


def add_op(p, rng, name, variables, reads):
    used = sorted({v for _, index in reads for v in index})
    output = "".join(rng.sample(variables, rng.randint(0, len(variables))))
    order = None
    if rng.random() < 0.2:
        loops = list(dict.fromkeys([*output, *used]))
        order = "".join(rng.sample(loops, len(loops)))
    p.generic(
        name,
        output,
        reads,
        body(rng, len(reads)),
        combiner=rng.choice(COMBINERS) if set(used) - set(output) else None,
        order=order,
        form=form(rng, len(output)) if rng.random() < 0.15 else "",
    )
    return name, output


def body(rng, count):
    """Combine the operands, each once, by random functions."""
    lines, left = [], [f"%{letter}" for letter in "abc"[:count]]
    rng.shuffle(left)
    while len(left) > 1:
        x, y = left.pop(), left.pop(0)
        if rng.random() < 0.25:
            z, k = f"%f{len(lines)}", f"%k{len(lines)}"
            steps = FUNCTIONS[rng.choice(sorted(FUNCTIONS))]
            lines += [step.format(x=x, z=z, k=k) for step in steps]
            x = z
        z = f"%g{len(lines)}"
        lines.append(f"{z} = arith.{rng.choice(BINARY)} {x}, {y} : f32")
        left.append(z)
    lines.append("%one = arith.constant 1.0 : f32")
    return [*lines, f"%r = arith.mulf {left[0]}, %one : f32"]


def form(rng, rank):
    """Return a format of a rank, at times none, or a list of points."""
    if rank == 0 or rng.random() < 0.25:
        return ""
    order = " ".join(map(str, rng.sample(range(rank), rank)))
    if rank == 2 and rng.random() < 0.15:
        return f"ns of {order}"
    return "".join(rng.choice("dc") for _ in range(rank)) + f" of {order}"
