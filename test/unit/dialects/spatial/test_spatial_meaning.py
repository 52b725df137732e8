"""What spatial programs compute, to the bit, against loops over single values."""

import numpy as np
import pytest
from spatial_texts import controller, program, read, reduce, write

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.semantics import domain
from rdu.support.diagnostics import RduError

F = np.float32


@pytest.fixture(scope="module")
def context():
    return make_context()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=[1 << 22, 50, 1], ids=["whole", "parts", "vectors"], autouse=True)
def at_once(request, monkeypatch):
    """The result must not depend on how many points are evaluated together."""
    monkeypatch.setattr(domain, "POINTS_AT_ONCE", request.param)


def floats(rng, *shape):
    return rng.standard_normal(shape).astype(F)


def tree(values):
    """Sum a vector by neighbouring pairs; an odd one at the end is passed on."""
    values = list(values)
    while len(values) > 1:
        pairs = [F(a + b) for a, b in zip(values[::2], values[1::2], strict=False)]
        values = pairs + values[len(values) - len(values) % 2 :]
    return values[0]


A, W, Y = "tensor<3x21xf32>", "tensor<21xf32>", "tensor<3xf32>"
PRODUCT = "\n".join(
    [
        read("a", "x", A, "i, k", "i, k"),
        read("w", "v", W, "i, k", "k"),
        "%p = arith.mulf %a, %w : f32",
    ]
)


def matvec(context, rng, lanes, reduction, more=""):
    body = f"{PRODUCT}\n{more}\n{reduction}\n{write('s', 'y', Y, 'i, k', 'i')}"
    text = program(controller(body, [3, 21], lanes=lanes), {"x": A, "v": W}, {"y": Y})
    x, v = floats(rng, 3, 21), floats(rng, 21)
    return x, v, run(parse(text, context), {"x": x, "v": v})["y"]


def test_lanes_along_the_reduction_make_a_tree(context, rng):
    """21 products in vectors of 8, the last one partly masked."""
    x, v, y = matvec(context, rng, [1, 8], reduce("s", "p", 1))
    for i in range(3):
        state = F(0)
        for k in range(0, 21, 8):
            state = F(state + tree(x[i, k : k + 8] * v[k : k + 8]))
        assert y[i] == state


@pytest.mark.parametrize("lanes", [[1, 1], [2, 1], [16, 1]])
def test_other_lanes_leave_the_order(context, rng, lanes):
    x, v, y = matvec(context, rng, lanes, reduce("s", "p", 1))
    for i in range(3):
        state = F(0)
        for k in range(21):
            state = F(state + F(x[i, k] * v[k]))
        assert y[i] == state


def test_a_reduction_starts_at_the_first_init(context, rng):
    """`init` varies along the reduction: only its first value counts."""
    x, v, y = matvec(context, rng, [1, 1], reduce("s", "p", 1, init="a"))
    for i in range(3):
        state = x[i, 0]
        for k in range(21):
            state = F(state + F(x[i, k] * v[k]))
        assert y[i] == state


def test_what_uses_a_reduction_sees_the_last_iteration(context, rng):
    use = "%s = arith.addf %t, %p : f32"
    x, v, y = matvec(context, rng, [1, 8], reduce("t", "p", 1) + "\n" + use)
    _, _, plain = matvec(context, np.random.default_rng(0), [1, 8], reduce("s", "p", 1))
    assert np.array_equal(y, plain + x[:, 20] * v[20])


def test_a_reduction_over_all_counters(context, rng):
    """Vectors along the outer counter: for each, a tree at every value of the inner one."""
    matrix, scalar = "tensor<10x3xf32>", "tensor<1xf32>"
    body = "\n".join(
        [
            read("e", "x", matrix, "i, j", "i, j"),
            reduce("s", "e", 0),
            write("s", "y", scalar, "i, j", "0"),
        ]
    )
    text = program(controller(body, [10, 3], lanes=[4, 1]), {"x": matrix}, {"y": scalar})
    x = floats(rng, 10, 3)
    state = F(0)
    for i in range(0, 10, 4):
        for j in range(3):
            state = F(state + tree(x[i : i + 4, j]))
    assert run(parse(text, context), [x])["y"].tolist() == [state]


def test_reductions_of_reductions(context, rng):
    cube, scalar = "tensor<2x5x7xf32>", "tensor<2xf32>"
    body = "\n".join(
        [
            read("e", "x", cube, "i, j, k", "i, j, k"),
            reduce("r", "e", 2),
            "%q = arith.mulf %r, %r : f32",
            reduce("s", "q", 1, combiner="maximumf"),
            write("s", "y", scalar, "i, j, k", "i"),
        ]
    )
    text = program(controller(body, [2, 5, 7]), {"x": cube}, {"y": scalar})
    x = floats(rng, 2, 5, 7)
    sums = np.zeros((2, 5), F)
    for k in range(7):
        sums += x[:, :, k]
    assert np.array_equal(run(parse(text, context), [x])["y"], (sums * sums).max(axis=1))


@pytest.mark.parametrize(
    ("combiner", "ufunc"), [("addi", np.add), ("muli", np.multiply), ("xori", np.bitwise_xor)]
)
def test_integers_wrap(context, rng, combiner, ufunc):
    matrix, vector = "tensor<3x21xi32>", "tensor<3xi32>"
    body = "\n".join(
        [
            read("e", "x", matrix, "i, k", "i, k"),
            reduce("s", "e", 1, combiner=combiner, element="i32"),
            write("s", "y", vector, "i, k", "i"),
        ]
    )
    text = program(controller(body, [3, 21], lanes=[1, 16]), {"x": matrix}, {"y": vector})
    x = rng.integers(-(2**31), 2**31, (3, 21)).astype(np.int32)
    expected = ufunc.reduce(x, axis=1, dtype=np.int32)
    assert np.array_equal(run(parse(text, context), [x])["y"], expected)


def test_counters_start_and_step(context):
    vector = "tensor<12xi32>"
    body = "\n".join(
        [
            '%i = "spatial.index"() {dim = 0} : () -> i32',
            write("i", "y", vector, "i", "i"),
        ]
    )
    text = program(controller(body, [12], starts=[1], steps=[3]), {}, {"y": vector})
    expected = [i if i % 3 == 1 else 0 for i in range(12)]
    assert run(parse(text, context), [])["y"].tolist() == expected


def test_the_last_write_to_an_element_stays(context):
    body = "\n".join(
        [
            '%i = "spatial.index"() {dim = 0} : () -> i32',
            '%j = "spatial.index"() {dim = 1} : () -> i32',
            "%n = arith.muli %i, %j : i32",
            write("n", "y", "tensor<6xi32>", "i, j", "i + j"),
        ]
    )
    text = program(controller(body, [3, 4]), {}, {"y": "tensor<6xi32>"})
    expected = [0] * 6
    for i in range(3):
        for j in range(4):
            expected[i + j] = i * j
    assert run(parse(text, context), [])["y"].tolist() == expected


QUEUES = """
func.func @main() {{
  %x_dram = "spatial.dram"() {{name = "x", role = "input"}} : () -> !spatial.offchip<tensor<3x4xi32>>
  %y_dram = "spatial.dram"() {{name = "y", role = "output"}} : () -> !spatial.offchip<tensor<3x4xi32>>
  %x = "spatial.sram"() {{name = "x", buffers = 1}} : () -> !spatial.scratchpad<tensor<3x4xi32>>
  %y = "spatial.sram"() {{name = "y", buffers = 1}} : () -> !spatial.scratchpad<tensor<3x4xi32>>
  %f = "spatial.fifo"() {{name = "values", depth = 4}} : () -> !spatial.queue<i32>
  %g = "spatial.fifo"() {{name = "sums", depth = 4}} : () -> !spatial.queue<i32>
  %t = "spatial.fifo"() {{name = "total", depth = 4}} : () -> !spatial.queue<i32>
  "spatial.load"(%x_dram, %x) {{offsets = affine_map<() -> (0, 0)>}} : (!spatial.offchip<tensor<3x4xi32>>, !spatial.scratchpad<tensor<3x4xi32>>) -> ()
  {first}
  {second}
  "spatial.store"(%y, %y_dram) {{offsets = affine_map<() -> (0, 0)>}} : (!spatial.scratchpad<tensor<3x4xi32>>, !spatial.offchip<tensor<3x4xi32>>) -> ()
  return
}}"""  # noqa: E501
MATRIX = "tensor<3x4xi32>"
PRODUCER = controller(
    "\n".join(
        [
            read("e", "x", MATRIX, "i, j", "i, j"),
            reduce("s", "e", 1, combiner="addi", element="i32"),
            reduce("a", "e", 0, combiner="addi", element="i32"),
            '"spatial.push"(%e, %f) : (i32, !spatial.queue<i32>) -> ()',
            '"spatial.push"(%s, %g) : (i32, !spatial.queue<i32>) -> ()',
            '"spatial.push"(%a, %t) : (i32, !spatial.queue<i32>) -> ()',
        ]
    ),
    [3, 4],
)
CONSUMER = controller(
    "\n".join(
        [
            '%e = "spatial.pop"(%f) {level = 2} : (!spatial.queue<i32>) -> i32',
            '%s = "spatial.pop"(%g) {level = 1} : (!spatial.queue<i32>) -> i32',
            '%a = "spatial.pop"(%t) {level = 0} : (!spatial.queue<i32>) -> i32',
            "%p = arith.muli %e, %s : i32",
            "%q = arith.addi %p, %a : i32",
            write("q", "y", MATRIX, "i, j", "i, j"),
        ]
    ),
    [3, 4],
)


def test_queues_hand_on_values_at_their_level(context, rng):
    text = QUEUES.format(first=PRODUCER, second=CONSUMER)
    x = rng.integers(-99, 99, (3, 4)).astype(np.int32)
    expected = x * x.sum(axis=1, keepdims=True) + x.sum()
    assert np.array_equal(run(parse(text, context), [x])["y"], expected)


def test_an_empty_queue_is_an_error_at_the_pop(context):
    module = parse(QUEUES.format(first="", second=CONSUMER), context, source_name="q.mlir")
    with pytest.raises(RduError) as raised:
        run(module, [np.zeros((3, 4), np.int32)])
    (diagnostic,) = raised.value.diagnostics
    assert "takes" in diagnostic.message
    assert "from 'values': expected at most 0, all that were pushed" in diagnostic.message
    assert diagnostic.location.file == "q.mlir"


FOUR, REGISTER = "tensor<4xi32>", ("i32", "o, i", "", "register")
TILE = "\n".join(
    [
        f'%t = "spatial.sram"() {{name = "t", buffers = 2}} : () -> !spatial.scratchpad<{FOUR}>',
        f'%u = "spatial.sram"() {{name = "u", buffers = 2}} : () -> !spatial.scratchpad<{FOUR}>',
        '"spatial.load"(%x, %t) {offsets = affine_map<(o) -> (o)>}'
        f" : (!spatial.offchip<tensor<12xi32>>, !spatial.scratchpad<{FOUR}>) -> ()",
        controller(
            read("v", "r", "i32", "o", "", "register")
            + "\n"
            + write("v", "old", "i32", "o", "", "register"),
            [],
        ),
        controller(
            "\n".join(
                [
                    read("e", "t", FOUR, "o, i", "i"),
                    read("f", "l", FOUR, "o, i", "i", "table"),
                    read("v", "old", *REGISTER),
                    "%p = arith.muli %e, %f : i32",
                    reduce("s", "p", 0, combiner="addi", init="v", element="i32"),
                    write("s", "r", *REGISTER),
                ]
            ),
            [4],
            first=1,
        ),
        controller(
            read("v", "r", *REGISTER) + "\n" + write("v", "u", FOUR, "o, i", "i"), [4], first=1
        ),
        '"spatial.store"(%u, %y) {offsets = affine_map<(o) -> (o)>}'
        f" : (!spatial.scratchpad<{FOUR}>, !spatial.offchip<tensor<12xi32>>) -> ()",
    ]
)


def test_outer_controllers_run_in_program_order(context, rng):
    """Tiles of four rows; a register carries the running sum from tile to tile."""
    text = f"""
    func.func @main() {{
      %x = "spatial.dram"() {{name = "x", role = "input"}} : () -> !spatial.offchip<tensor<12xi32>>
      %y = "spatial.dram"() {{name = "y", role = "output"}} : () -> !spatial.offchip<tensor<12xi32>>
      %r = "spatial.reg"() {{name = "sum"}} : () -> !spatial.register<i32>
      %old = "spatial.reg"() {{name = "old"}} : () -> !spatial.register<i32>
      %l = "spatial.lut"() {{name = "factors", values = dense<[1, 10, 100, 1000]> : tensor<4xi32>}}
        : () -> !spatial.table<tensor<4xi32>>
      {controller(TILE, [12], steps=[4])}
      return
    }}"""
    x = rng.integers(-99, 99, 12).astype(np.int32)
    factors = np.array([1, 10, 100, 1000])
    sums = np.cumsum((x.reshape(3, 4) * factors).sum(axis=1))
    assert run(parse(text, context), [x])["y"].tolist() == np.repeat(sums, 4).tolist()
