"""The pass `linalg-to-sam` keeps what functions compute: linalg before, graphs after, on arrays."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_sparse_programs import program
from sparse_programs import ADD, MAX, MIN, MUL, SPARSITIES, Program, check, converted, refusals_of

from rdu.analysis.sparse import fusion
from rdu.analysis.sparse.choice import choose
from rdu.frontends.sparse.notation import to_linalg
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.opt import Settings, optimize
from rdu.semantics.tokens import Stop
from rdu.support.diagnostics import RduError
from rdu.transforms.conversion.linalg_to_sam import LinalgToSam
from rdu.transforms.conversion.sparse.encodings import is_encoded

EXTENTS = {"i": 5, "j": 4, "k": 6, "l": 3}
PRODUCT = ["%r = arith.mulf %a, %b : f32"]
PRODUCT_3 = ["%t = arith.mulf %a, %b : f32", "%r = arith.mulf %t, %c : f32"]
SUM = ["%r = arith.addf %a, %b : f32"]
COPY = ["%z = arith.constant 1.0 : f32", "%r = arith.mulf %a, %z : f32"]
EVERY = (*SPARSITIES, None)


def einsum(output, operands, body, form="", combiner=ADD, order=None, extents=EXTENTS):
    """Build one op: operands are (variables, format)."""
    p = Program(extents)
    reads = [(p.argument(f"t{n}", vs, f), vs) for n, (vs, f) in enumerate(operands)]
    reduced = {v for vs, _ in operands for v in vs} - set(output)
    combiner = combiner if reduced else None
    p.generic("x", output, reads, body, form=form, combiner=combiner, order=order)
    return p.text("x")


@pytest.mark.parametrize("order", ["".join(p) for p in itertools.permutations("ijk")])
@pytest.mark.parametrize("levels", ["cc", "dc", "cd"])
def test_matrix_products_in_every_order(order, levels):
    place = order.index
    b = f"{levels} of {'0 1' if place('i') < place('k') else '1 0'}"
    c = f"{levels} of {'0 1' if place('k') < place('j') else '1 0'}"
    text = einsum("ij", [("ik", b), ("kj", c)], PRODUCT, order=order)
    after = check(text, sparsities=EVERY, seeds=range(1))
    inner = order.index("k")
    assert ("sam.accumulate" in after) == (inner < 2)


KERNELS = {
    "spmv by rows": ("i", [("ij", "dc"), ("j", "")], PRODUCT, "ij"),
    "spmv by columns": ("i", [("ij", "dc of 1 0"), ("j", "c")], PRODUCT, "ji"),
    "spmv of lists of points": ("i", [("ij", "ns"), ("j", "")], PRODUCT, None),
    "spmv, a list and a list": ("i", [("ij", "ns"), ("j", "c")], PRODUCT, None),
    "spmm of lists of points": ("ik", [("ij", "ns"), ("jk", "dc")], PRODUCT, None),
    "spmv of blocks": ("i", [("ik", "b5x2"), ("k", "")], PRODUCT, None),
    "spmv of other blocks": ("i", [("ik", "b5x4"), ("k", "")], PRODUCT, None),
    "spmm of blocks": ("ji", [("ik", "b5x3"), ("kj", "")], PRODUCT, None),
    "sddmm": ("ij", [("ij", "cc"), ("ik", ""), ("kj", "")], PRODUCT_3, "ijk"),
    "sddmm, all sparse": ("ij", [("ij", "dc"), ("ik", "dc"), ("kj", "cc of 1 0")], PRODUCT_3, None),
    "mttkrp": ("ij", [("ikl", "ccc"), ("kj", ""), ("lj", "")], PRODUCT_3, None),
    "mttkrp, sparse": ("ij", [("ikl", "ccc"), ("jk", "cc"), ("jl", "cc")], PRODUCT_3, "ijkl"),
    "ttv": ("ij", [("ijk", "ccc"), ("k", "c")], PRODUCT, None),
    "ttm": ("ijk", [("ijl", "ccc"), ("kl", "cc")], PRODUCT, None),
    "ttm, accumulated": ("ijk", [("ijl", "ccc"), ("lk", "cc")], PRODUCT, None),
    "inner product": ("", [("ijk", "ccc"), ("ijk", "dcc")], PRODUCT, None),
    "vectors": ("", [("i", "c"), ("i", "d")], PRODUCT, None),
    "scalar times matrix": ("ij", [("", ""), ("ij", "dc")], PRODUCT, None),
    "outer product": ("ij", [("i", "c"), ("j", "c")], PRODUCT, None),
    "column sums": ("j", [("ij", "dc")], COPY, None),
    "column sums of points": ("j", [("ij", "ns")], COPY, None),
    "row sums of points": ("i", [("ij", "ns")], COPY, None),
    "sum of points": ("", [("ij", "ns")], COPY, None),
    "matrix times matrix": ("ij", [("ij", "dc"), ("ij", "cc")], PRODUCT, None),
    "points times matrix": ("ij", [("ij", "ns"), ("ij", "cc")], PRODUCT, None),
    "points times dense": ("ij", [("ij", "ns"), ("ij", "")], PRODUCT, None),
    "three matrices": ("ij", [("ij", "dc"), ("ij", "cc"), ("ij", "")], PRODUCT_3, None),
    "matrix plus matrix": ("ij", [("ij", "dc"), ("ij", "cc")], SUM, None),
    "matrix plus dense": ("ij", [("ij", "dc"), ("ij", "")], SUM, None),
    "matrix plus vector": ("ij", [("ij", "cc"), ("i", "c")], SUM, None),
    "matrix plus row": ("ij", [("ij", "cc"), ("j", "c")], SUM, None),
    "matrix plus scalar": ("ij", [("ij", "cc"), ("", "")], SUM, None),
    "vectors plus": ("i", [("i", "c"), ("i", "c")], SUM, None),
    "broadcast sum": ("ij", [("i", "c"), ("j", "c")], SUM, None),
    "sum over a broadcast": ("i", [("i", "c"), ("j", "c")], SUM, None),
    "everything sums": ("k", [("ik", "cc"), ("jk", "dc of 1 0")], SUM, None),
    "four orders": ("ij", [("ik", "dc"), ("kl", "cc"), ("lj", "dc")], PRODUCT_3, None),
}


@pytest.mark.parametrize("name", KERNELS)
def test_kernels(name):
    output, operands, body, order = KERNELS[name]
    check(einsum(output, operands, body, order=order), sparsities=EVERY, seeds=range(1))


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_of_integers(name):
    output, operands, body, order = KERNELS[name]
    text = einsum(output, operands, body, order=order)
    for old, new in (("addf", "addi"), ("mulf", "muli"), ("f32", "i32"), (" 1.0 ", " 1 ")):
        text = text.replace(old, new)
    check(text.replace("arith.constant 0.0", "arith.constant 0"), seeds=range(1))


FORMS = {"csr": "dc", "csc": "dc of 1 0", "dcsr": "cc", "dcsc": "cc of 1 0", "dense": "dd"}


@pytest.mark.parametrize("form", [*FORMS.values(), "ns", "cd", "dd of 1 0"])
@pytest.mark.parametrize("result", ["", "dc", "cc of 1 0"])
def test_formats_of_operand_and_result(form, result):
    text = einsum("ij", [("ij", form), ("ij", "")], PRODUCT, form=result)
    if result and ("of 1 0" in form) != ("of 1 0" in result):  # rows cannot be made columns
        (said,) = refusals_of(text)
        assert "has no order of its loops" in said
    else:
        check(text, sparsities=EVERY, seeds=range(1))


@pytest.mark.parametrize("combiner", [MAX, MIN, MUL])
@pytest.mark.parametrize("order", ["ij", "ji"])
@pytest.mark.parametrize("output", ["i", "j", ""])
def test_reductions_that_zeros_count_in(combiner, order, output):
    """A row of negative values has the maximum 0 if it has a value that is not stored."""
    form = "cc" if order == "ij" else "cc of 1 0"
    operands = [("ij", form), ("j", "c")]
    for body in (COPY, SUM, PRODUCT):
        reads = operands if body is not COPY else operands[:1]
        text = einsum(output, reads, body, combiner=combiner, order=order)
        check(text, sparsities=EVERY, seeds=range(1))


@pytest.mark.parametrize("combiner", [MAX, MIN])
@pytest.mark.parametrize("order", ["ijk", "ikj", "kij"])
def test_semirings(combiner, order):
    """min-plus and max-plus: the shortest or longest of two steps."""
    b = "dc" if order.index("i") < order.index("k") else "dc of 1 0"
    c = "dc" if order.index("k") < order.index("j") else "dc of 1 0"
    for body in (SUM, PRODUCT):
        text = einsum("ij", [("ik", b), ("kj", c)], body, combiner=combiner, order=order)
        check(text, sparsities=EVERY, seeds=range(1))


ZERO = "%z = arith.constant 0.0 : f32"
BODIES = {
    "relu": [ZERO, "%r = arith.maximumf %a, %z : f32"],
    "relu by comparison": [
        ZERO,
        "%g = arith.cmpf ugt, %a, %z : f32",
        "%r = arith.select %g, %a, %z : f32",
    ],
    "least by comparison": [
        "%z = arith.constant 2.0 : f32",
        "%g = arith.cmpf ult, %a, %z : f32",
        "%r = arith.select %g, %a, %z : f32",
    ],
    "greatest, turned": [
        "%z = arith.constant 1.0 : f32",
        "%g = arith.cmpf olt, %z, %a : f32",
        "%r = arith.select %g, %a, %z : f32",
    ],
    "least, turned": [
        "%z = arith.constant -1.0 : f32",
        "%g = arith.cmpf oge, %a, %z : f32",
        "%r = arith.select %g, %z, %a : f32",
    ],
    "error function": ["%r = math.erf %a : f32"],
    "at least -1": ["%z = arith.constant -1.0 : f32", "%r = arith.maximumf %z, %a : f32"],
    "at least 1": ["%z = arith.constant 1.0 : f32", "%r = arith.maximumf %z, %a : f32"],
    "exp": ["%r = math.exp %a : f32"],
    "one more": ["%o = arith.constant 1.0 : f32", "%r = arith.addf %a, %o : f32"],
    "one less": ["%o = arith.constant 1.0 : f32", "%r = arith.subf %o, %a : f32"],
    "half": ["%o = arith.constant 2.0 : f32", "%r = arith.divf %a, %o : f32"],
    "tanh": ["%r = math.tanh %a : f32"],
    "absolute": ["%r = math.absf %a : f32"],
    "negative": ["%r = arith.negf %a : f32"],
    "square": ["%r = arith.mulf %a, %a : f32"],
    "a constant": ["%r = arith.constant 3.0 : f32"],
    "sigmoid": [
        "%o = arith.constant 1.0 : f32",
        "%n = arith.negf %a : f32",
        "%e = math.exp %n : f32",
        "%d = arith.addf %e, %o : f32",
        "%r = arith.divf %o, %d : f32",
    ],
    "silu": [
        "%o = arith.constant 1.0 : f32",
        "%n = arith.negf %a : f32",
        "%e = math.exp %n : f32",
        "%d = arith.addf %e, %o : f32",
        "%q = arith.divf %o, %d : f32",
        "%r = arith.mulf %a, %q : f32",
    ],
    "reciprocal of one more square": [
        "%o = arith.constant 4.0 : f32",
        "%m = arith.mulf %a, %a : f32",
        "%d = arith.addf %m, %o : f32",
        "%r = arith.divf %o, %d : f32",
    ],
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("form", ["dc", "cc of 1 0", "c"])
def test_functions(name, form):
    output = "ij"[: 1 if form == "c" else 2]
    text = einsum(output, [(output, form)], BODIES[name])
    check(text, sparsities=EVERY, seeds=range(2), exact=False)


@pytest.mark.parametrize("name", BODIES)
def test_functions_under_a_sum(name):
    """Zeros that are not stored count where a function of them is not zero."""
    check(einsum("i", [("ij", "cc")], BODIES[name]), sparsities=EVERY, exact=False, seeds=range(1))
    check(einsum("j", [("ij", "cc")], BODIES[name]), sparsities=EVERY, exact=False, seeds=range(1))


def test_division_sees_every_point():
    """0/0 and 1/0 are no zeros, stored or not."""
    body = ["%r = arith.divf %a, %b : f32"]
    with np.errstate(all="ignore"):
        check(einsum("ij", [("ij", "dc"), ("ij", "cc")], body), sparsities=EVERY, seeds=range(1))


def residual():
    """x(i) = b(i) - sum(j, C(i, j) * d(j))."""
    p = Program(EXTENTS)
    p.argument("b", "i", "c")
    p.argument("C", "ij", "cc")
    p.argument("d", "j", "c")
    p.generic("t", "i", [("C", "ij"), ("d", "j")], PRODUCT, combiner=ADD)
    p.generic("x", "i", [("b", "i"), ("t", "i")], ["%r = arith.subf %a, %b : f32"])
    return p.text("x")


@pytest.mark.parametrize("fusion", ["none", "auto", "full"])
class TestFusion:
    def test_residual(self, fusion):
        after = check(residual(), f"fusion={fusion}", sparsities=EVERY, seeds=range(1))
        assert after.count("sam.graph") == (2 if fusion == "none" else 1)

    def test_mattransmul(self, fusion):
        p = Program(EXTENTS)
        p.argument("alpha", "")
        p.argument("C", "ji", "dc of 1 0")
        p.argument("d", "j", "c")
        p.argument("beta", "")
        p.argument("f", "i", "c")
        p.generic("t", "i", [("alpha", ""), ("C", "ji"), ("d", "j")], PRODUCT_3, combiner=ADD)
        p.generic("u", "i", [("beta", ""), ("f", "i")], PRODUCT)
        p.generic("x", "i", [("t", "i"), ("u", "i")], SUM)
        check(p.text("x"), f"fusion={fusion}", sparsities=EVERY, seeds=range(1))

    def test_transposed_product_against_the_grain(self, fusion):
        """C is stored by rows and summed over rows: its sum is accumulated, and so apart."""
        p = Program(EXTENTS)
        p.argument("C", "ji", "dc")
        p.argument("d", "j", "")
        p.argument("f", "i", "c")
        p.generic("t", "i", [("C", "ji"), ("d", "j")], PRODUCT, combiner=ADD)
        p.generic("x", "i", [("t", "i"), ("f", "i")], SUM)
        after = check(p.text("x"), f"fusion={fusion}", sparsities=EVERY, seeds=range(1))
        assert after.count("sam.graph") == 2

    def test_sddmm(self, fusion):
        p = Program(EXTENTS)
        p.argument("B", "ij", "dc")
        p.argument("C", "ik")
        p.argument("D", "kj")
        p.generic("t", "ij", [("C", "ik"), ("D", "kj")], PRODUCT, combiner=ADD)
        p.generic("x", "ij", [("B", "ij"), ("t", "ij")], PRODUCT, form="dc")
        after = check(p.text("x"), f"fusion={fusion}", sparsities=EVERY, seeds=range(1))
        assert after.count("sam.graph") == (2 if fusion == "none" else 1)

    def test_two_layers(self, fusion):
        """relu(A (H W)): to fuse the products is to compute H W again for each row of A."""
        p = Program({"i": 8, "j": 4, "k": 8, "l": 8})
        p.argument("A", "ik", "dc")
        p.argument("H", "kl")
        p.argument("W", "lj")
        p.generic("t", "kj", [("H", "kl"), ("W", "lj")], PRODUCT, combiner=ADD)
        p.generic("s", "ij", [("A", "ik"), ("t", "kj")], PRODUCT, combiner=ADD)
        p.generic("x", "ij", [("s", "ij")], BODIES["relu"])
        options = f"fusion={fusion} density=0.5"
        after = check(p.text("x"), options, sparsities=EVERY, seeds=range(1))
        assert after.count("sam.graph") == {"none": 3, "auto": 2, "full": 1}[fusion]

    def test_chain(self, fusion):
        p = Program(EXTENTS)
        p.argument("A", "ij", "cc")
        p.argument("B", "ij", "dc")
        p.generic("s", "ij", [("A", "ij"), ("B", "ij")], SUM)
        p.generic("t", "ij", [("s", "ij")], BODIES["silu"])
        p.generic("x", "i", [("t", "ij"), ("B", "ij")], PRODUCT, combiner=ADD)
        text = p.text("x")
        after = check(text, f"fusion={fusion}", sparsities=EVERY, seeds=range(1), exact=False)
        assert after.count("sam.graph") == (3 if fusion == "none" else 1)

    def test_a_result_that_is_returned_is_stored(self, fusion):
        p = Program(EXTENTS)
        p.argument("A", "ij", "cc")
        p.generic("s", "ij", [("A", "ij")], BODIES["half"])
        p.generic("x", "i", [("s", "ij")], COPY, combiner=ADD)
        after = check(p.text("s", "x"), f"fusion={fusion}", seeds=range(1), exact=False)
        assert after.count("sam.graph") == 2

    def test_softmax(self, fusion):
        """Rows less their maximum, exponentials, divided by their sum: all points count."""
        p = Program(EXTENTS)
        p.argument("A", "ij", "dc")
        p.generic("m", "i", [("A", "ij")], COPY, combiner=MAX)
        difference = ["%d = arith.subf %a, %b : f32", "%r = math.exp %d : f32"]
        p.generic("e", "ij", [("A", "ij"), ("m", "i")], difference)
        p.generic("s", "i", [("e", "ij")], COPY, combiner=ADD)
        p.generic("x", "ij", [("e", "ij"), ("s", "i")], ["%r = arith.divf %a, %b : f32"])
        check(p.text("x"), f"fusion={fusion}", sparsities=EVERY, seeds=range(2), exact=False)


def test_a_reduction_starts_from_a_tensor():
    for order in ("ij", "ji"):
        form = "dc" if order == "ij" else "dc of 1 0"
        p = Program(EXTENTS)
        p.argument("y", "i", "c")
        p.argument("B", "ij", form)
        p.generic("x", "i", [("B", "ij")], COPY, form="c", combiner=ADD, start="y", order=order)
        check(p.text("x"), sparsities=EVERY, seeds=range(1))


@pytest.mark.parametrize("combiner", [ADD, MAX, MUL])
@pytest.mark.parametrize("start", ["2.0", "-3.0"])
def test_a_reduction_starts_from_a_number(combiner, start):
    text = einsum("i", [("ij", "cc of 1 0")], COPY, combiner=combiner)
    numbers = {ADD: "0.0", MAX: "0xFF800000", MUL: "1.0"}
    known = f"%v_x_0_c = arith.constant {numbers[combiner]}"
    assert known in text
    text = text.replace(known, f"%v_x_0_c = arith.constant {start}")
    check(text, sparsities=EVERY, seeds=range(1))


def test_named_ops():
    text = """
    #CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
    func.func @main(%b: tensor<4x6xf32, #CSR>, %c: tensor<6x5xf32, #CSR>, %d: tensor<5xf32>)
        -> (tensor<4xf32>, tensor<5x4xf32>) {
      %e0 = tensor.empty() : tensor<4x5xf32, #CSR>
      %p = linalg.matmul ins(%b, %c : tensor<4x6xf32, #CSR>, tensor<6x5xf32, #CSR>)
        outs(%e0 : tensor<4x5xf32, #CSR>) -> tensor<4x5xf32, #CSR>
      %zero = arith.constant 0.0 : f32
      %e1 = tensor.empty() : tensor<4xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e1 : tensor<4xf32>) -> tensor<4xf32>
      %v = linalg.matvec ins(%p, %d : tensor<4x5xf32, #CSR>, tensor<5xf32>)
        outs(%f : tensor<4xf32>) -> tensor<4xf32>
      %e2 = tensor.empty() : tensor<5x4xf32>
      %t = linalg.transpose ins(%p : tensor<4x5xf32, #CSR>) outs(%e2 : tensor<5x4xf32>)
        permutation = [1, 0]
      return %v, %t : tensor<4xf32>, tensor<5x4xf32>
    }
    """
    assert check(text, sparsities=EVERY).count("sam.graph") == 3
    general = optimize(text, Settings(pipeline="builtin.module(linalg-generalize-named-ops)"))
    assert check(general, sparsities=EVERY).count("sam.graph") == 3


def test_indices_of_zero_and_captured_scalars():
    text = """
    #D = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
    func.func @main(%b: tensor<1x6xf32, #D>, %c: tensor<4x6xf32, #D>, %s: f32)
        -> tensor<4x6xf32> {
      %e0 = tensor.empty() : tensor<4x6xf32>
      %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (0, j)>,
          affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
        ins(%b, %c : tensor<1x6xf32, #D>, tensor<4x6xf32, #D>) outs(%e0 : tensor<4x6xf32>) {
      ^bb0(%a: f32, %d: f32, %out: f32):
        %m = arith.mulf %a, %s : f32
        %r = arith.addf %m, %d : f32
        linalg.yield %r : f32
      } -> tensor<4x6xf32>
      return %x : tensor<4x6xf32>
    }
    """
    check(text, sparsities=EVERY)


def test_an_order_of_equals_is_stable():
    text = einsum("ij", [("ij", ""), ("ij", "")], PRODUCT, form="dd")
    assert converted(text) == converted(text)


REFUSALS = ("has no order of its loops", "repeats coordinates", "accumulates levels")
"""What may be wrong with a random function: storage and order, which are drawn at random too."""


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["none", "auto", "full"]))
def test_random_functions(rng, fusion):
    text = program(rng)
    refusals = refusals_of(text, f"fusion={fusion}")
    assert all(any(known in said for known in REFUSALS) for said in refusals)
    if not refusals:
        check(text, f"fusion={fusion}", seeds=range(2))


@pytest.mark.parametrize("density", [0.02, 0.1, 0.4])
@pytest.mark.parametrize("name", ["spmv by rows", "ttm, accumulated", "sddmm", "four orders"])
def test_estimates_are_near_what_graphs_send(name, density, monkeypatch):
    output, operands, body, _ = KERNELS[name]
    extents = {"i": 60, "j": 50, "k": 40, "l": 20}
    text = einsum(output, operands, body, extents=extents)
    chosen = []
    monkeypatch.setattr(fusion, "choose", lambda *s: chosen.append(choose(*s)) or chosen[-1])
    after = converted(text, f"density={density}")
    sent = tokens_sent(after, density, monkeypatch)
    assert sent / 1.4 < chosen[-1].cost.tokens < sent * 1.4


def tokens_sent(text, density, monkeypatch):
    """Count what all streams of a graph hold but stops, on random arrays of a density."""
    sent = []
    execute = Frame.execute

    def counting(self, instruction, *operands):
        outcome = execute(self, instruction, *operands)
        for stream in outcome if isinstance(outcome, tuple) else (outcome,):
            if isinstance(stream, list):
                sent.append(sum(not isinstance(token, Stop) for token in stream))
        return outcome

    monkeypatch.setattr(Frame, "execute", counting)
    rng = np.random.default_rng(0)
    module = parse(text, make_context())
    kinds = [argument.type for argument in module.body.operations[0].body.blocks[0].arguments]
    run(
        module,
        [
            (rng.random(k.shape) < (density if is_encoded(k) else 1)).astype(np.float32)
            for k in kinds
        ],
    )
    return sum(sent)


def test_a_hint_helps_where_a_tensor_is_read_twice():
    shapes = {"B": (3, 3), "C": (3, 3)}
    once = to_linalg("X(i,j) = B(i,j) + C(j,i)", shapes, formats={"B": "ss", "C": "ss"})
    with pytest.raises(RduError, match="hint: store 'B' as compressed, compressed of 1 0"):
        run_pass(once, LinalgToSam)
    twice = to_linalg("X(i,j) = B(i,j) + B(j,i)", {"B": (3, 3)}, formats={"B": "ss"})
    with pytest.raises(RduError, match="has no order of its loops") as raised:
        run_pass(twice, LinalgToSam)
    assert [each.hint for each in raised.value.diagnostics] == [None]
