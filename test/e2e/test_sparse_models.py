"""PyTorch models with sparse tensors from modules to cycles, against PyTorch."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_functions import Call  # noqa: E402

from rdu.sparse_model import compile_sparse  # noqa: E402

EXAMPLES = Path(__file__).parents[2] / "examples" / "sparse"
NAMES = sorted({file.stem for file in EXAMPLES.glob("*.py")} - {"case", "run"})


@pytest.fixture(autouse=True)
def examples(monkeypatch):
    """Let the examples import each other, as they do when they are run."""
    monkeypatch.syspath_prepend(str(EXAMPLES))


def case_of(name, **options):
    return import_module(name).make(**options)


@pytest.mark.parametrize("fusion", ["none", "auto"])
@pytest.mark.parametrize("name", NAMES)
def test_examples_are_right(name, fusion):
    case = case_of(name, seed=1)
    compiled = compile_sparse(case.model, case.arguments, formats=case.formats, fusion=fusion)
    assert compiled.check(*case.arguments) <= 1e-5
    assert compiled.cycles > 0


@pytest.mark.parametrize("fusion", ["none", "auto"])
@pytest.mark.parametrize("name", NAMES)
def test_examples_on_lanes(name, fusion):
    case = case_of(name, seed=1)
    options = {"formats": case.formats, "fusion": fusion}
    plain, wide = (
        compile_sparse(case.model, case.arguments, lanes=lanes, **options) for lanes in (1, "auto")
    )
    for compiled in (plain, wide):
        assert compiled.check(*case.arguments) <= 1e-5
    assert wide.cycles < plain.cycles


@pytest.mark.parametrize("lanes", [1, "auto"])
@pytest.mark.parametrize("name", ["gcn", "n_of_m", "autoencoder"])
def test_both_engines_agree(name, lanes):
    case = case_of(name, size=12)
    options = {"formats": case.formats, "lanes": lanes}
    runs = []
    for engine in ("native", "python"):
        compiled = compile_sparse(case.model, case.arguments, engine=engine, **options)
        (output,) = compiled.run(*case.arguments).values()
        runs.append((output.tobytes(), compiled.cycles))
    assert runs[0] == runs[1]


LAYOUTS = ("strided", "coo", "csr", "csc", "bsr", "bsc")


def laid_out(matrix, layout):
    if layout == "strided":
        return matrix
    blocks = ((2, 2),) if layout in ("bsr", "bsc") else ()
    return getattr(matrix, f"to_sparse_{layout}")(*blocks)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("density", [0.0, 0.2, 1.0])
def test_every_layout_of_an_input(layout, density):
    torch.manual_seed(3)
    matrix = torch.randn(8, 8) * (torch.rand(8, 8) < density)
    gcn = import_module("gcn").GCN(6, 4, 3).eval()
    arguments = (laid_out(matrix, layout), torch.randn(8, 6))
    compiled = compile_sparse(gcn, arguments)
    assert compiled.check(*arguments) <= 1e-5


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "dcsr", "dcsc", "bsr:2x2", "bsc:2x4"])
def test_every_format_of_a_weight(form):
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU()).eval()
    import_module("case").prune(model, density=0.3)
    x = torch.randn(3, 8)
    compiled = compile_sparse(model, (x,), formats={"0.weight": form})
    assert compiled.check(x) <= 1e-5


def test_zeros_of_weights_are_not_stored():
    torch.manual_seed(5)
    model = nn.Linear(8, 8, bias=False).eval()
    import_module("case").prune(model, density=0.25)
    x = torch.randn(3, 8)
    sparse = compile_sparse(model, (x,), formats={"weight": "csr"})
    dense = compile_sparse(model, (x,), formats={"input": "dcsr"})
    assert sparse.check(x) <= 1e-5
    assert dense.check(x) <= 1e-5
    values = sparse.artifact.arrays["weight.values"]
    assert values.size == 16
    assert dense.artifact.arrays["weight.values"].size == 64


def test_another_input_of_the_same_shape_and_another_structure():
    case = case_of("gcn", size=12, seed=0)
    compiled = compile_sparse(case.model, case.arguments)
    other = case_of("gcn", size=12, seed=7)
    assert compiled.check(*case.arguments) <= 1e-5
    first = compiled.cycles
    assert compiled.check(*other.arguments) <= 1e-5
    assert compiled.cycles != first


def test_the_format_of_a_result_by_node_and_by_line():
    torch.manual_seed(6)
    case = case_of("n_of_m")
    file = "n_of_m.py"
    lines = (EXAMPLES / file).read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "self.down(torch.relu" in text)
    for key in ("relu", f"{file}:{line}"):
        compiled = compile_sparse(case.model, case.arguments, formats={key: "ss:1,0"})
        assert "sam.format" in compiled.stage("linalg")
        assert compiled.check(*case.arguments) <= 1e-5


class Softmax(nn.Module):
    def forward(self, x):
        return torch.softmax(x, dim=-1)


class Heads(nn.Module):
    def forward(self, x, y):
        x = x.view(6, 2, 4).transpose(0, 1)
        return (x @ y.view(6, 2, 4).permute(1, 2, 0)).transpose(0, 1).reshape(6, 12)


class Values(nn.Module):
    def forward(self, x):
        return (x * x).sum()


@pytest.mark.parametrize("name", ["softmax", "softmax-sparse", "heads", "layer-norm", "scalar"])
def test_operators(name):
    torch.manual_seed(8)
    x, y = torch.randn(6, 8), torch.randn(6, 8)
    thin = (x * (x > 0.5)).to_sparse_csr()
    norm = nn.LayerNorm(8)
    nn.init.normal_(norm.weight)
    model, arguments = {
        "softmax": (Softmax(), (x,)),
        "softmax-sparse": (Softmax(), (thin.to_dense(),)),
        "heads": (Heads(), (x, y)),
        "layer-norm": (norm, (x,)),
        "scalar": (Values(), (thin,)),
    }[name]
    formats = {"x": "csr"} if name == "softmax-sparse" else {}
    compiled = compile_sparse(model.eval(), arguments, formats=formats)
    assert compiled.check(*arguments) <= 1e-5  # what is not stored is zero: exp(0) counts


def test_masked_softmax_is_over_the_entries_that_are_there():
    case = case_of("block_attention")
    mask, x = case.arguments
    compiled = compile_sparse(case.model, case.arguments)
    actual = torch.as_tensor(next(iter(compiled.run(mask, x).values())))
    model = case.model
    heads = [
        layer(x).view(x.shape[0], model.heads, -1).transpose(0, 1)
        for layer in (model.query, model.key, model.value)
    ]
    allowed = mask.to_dense().bool()
    with torch.no_grad():
        mixed = nn.functional.scaled_dot_product_attention(*heads, attn_mask=allowed)
        expected = model.norm(x + model.out(mixed.transpose(0, 1).reshape(x.shape)))
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_gates_are_chosen_where_no_more_than_they_are_held():
    case = case_of("gated_mlp")
    compiled = compile_sparse(case.model, case.arguments, fusion="auto", machine="capstan")
    assert compiled.check(*case.arguments) <= 1e-5
    graphs = compiled.stage("sam")
    assert graphs.count("sam.sort") == graphs.count("keep = 2") == 2
    assert "sam.as_crd" in graphs


@pytest.mark.parametrize("function", [lambda x: x.clone(), lambda x: x.T.reshape(9)])
def test_a_model_that_only_moves_values(function):
    x = torch.randn(3, 3)
    assert compile_sparse(Call(function).eval(), (x,)).check(x) == 0


RESULTS = {
    "two": lambda x: (x + 1, x * 2),
    "read further": lambda x: (y := torch.relu(x), y.exp().sum(-1)),
    "nested": lambda x: {"sum": x.sum(), "others": [x.T, x @ x.T]},
    "one twice": lambda x: (y := x * 2, y),
    "views": lambda x: (y := x * 2, y.reshape(12), y.T),
    "an argument": lambda x: (x, x * 2),
}


@pytest.mark.parametrize("fusion", ["none", "auto", "full"])
@pytest.mark.parametrize("name", list(RESULTS))
def test_several_results(name, fusion):
    model, x = Call(RESULTS[name]).eval(), torch.randn(3, 4)
    compiled = compile_sparse(model, (x,), fusion=fusion)
    assert compiled.check(x) <= 1e-5
    torch.testing.assert_close(compiled(x), model(x))


@pytest.mark.parametrize("name", ["monarch", "block_attention"])
def test_results_stored_anew_are_part_of_the_program(name):
    case = case_of(name)
    compiled = compile_sparse(case.model, case.arguments, formats=case.formats, fusion="auto")
    assert "sam.copy" in compiled.stage("sam")


def test_results_are_stored_anew_on_a_grid():
    case = case_of("monarch")
    compiled = compile_sparse(
        case.model, case.arguments, formats=case.formats, machine="capstan", fifo_depth=None
    )
    assert compiled.check(*case.arguments) <= 1e-5
    assert "sam.copy" in compiled.stage("sam")


ONES = {
    "product": (torch.matmul, 2),
    "relu": (torch.relu, 1),
    "softmax": (lambda a: torch.softmax(a, -1), 1),
    "sum": (torch.sum, 1),
    "linear": (nn.Linear(1, 1).eval(), 1),
}


@pytest.mark.parametrize("name", list(ONES))
@pytest.mark.parametrize("form", ["csr", "dense"])
def test_every_extent_is_one(name, form):
    function, count = ONES[name]
    arguments = tuple(torch.tensor([[n + 2.0]]) for n in range(count))
    compiled = compile_sparse(Call(function), arguments, formats={"arguments_0": form})
    assert compiled.check(*arguments) <= 1e-6


@pytest.mark.parametrize(
    "function",
    [
        lambda a, x: a,
        lambda a, x: (a, a @ x),
        lambda a, x: (a @ x, a.t(), x),
        lambda a, x: nn.functional.dropout(a, training=False),
    ],
)
def test_a_sparse_argument_that_is_returned(function):
    torch.manual_seed(6)
    a, x = (torch.randn(3, 3) * (torch.rand(3, 3) < 0.5)), torch.randn(3, 3)
    compiled = compile_sparse(Call(function), (a.to_sparse_csr(), x))
    assert compiled.check(a.to_sparse_csr(), x) <= 1e-6
    torch.testing.assert_close(compiled(a, x), function(a, x))


VARIANCES = {
    "all": lambda y: y.var(),
    "one dimension": lambda y: y.var(1),
    "no correction": lambda y: y.var(0, correction=0),
    "kept": lambda y: y.std(-1, keepdim=True) + y,
    "unbiased": lambda y: y.std(unbiased=False),
    "two dimensions": lambda y: torch.std(y, dim=(0, 1), correction=2),
    "with mean": lambda y: torch.var_mean(y, 1),
    "std with mean": lambda y: torch.std_mean(y, dim=0, correction=0),
}


@pytest.mark.parametrize("name", list(VARIANCES))
def test_variances_are_of_f32(name):
    torch.manual_seed(7)
    a, x = torch.randn(6, 8) * (torch.rand(6, 8) < 0.5), torch.randn(8, 5)
    compiled = compile_sparse(Call(lambda a, x: VARIANCES[name](a @ x)), (a.to_sparse_csr(), x))
    assert compiled.check(a, x) <= 1e-5


@pytest.mark.parametrize("blocks", [(1, 1), (1, 2), (2, 1)])
@pytest.mark.parametrize("layout", ["bsr", "bsc"])
def test_blocks_of_one(layout, blocks):
    torch.manual_seed(5)
    matrix, x = torch.randn(4, 8) * (torch.rand(4, 8) < 0.5), torch.randn(2, 8)
    formats = {"weight": f"{layout}:{blocks[0]}x{blocks[1]}"}
    compile_sparse(nn.Linear(8, 4).eval(), (x,), formats=formats).check(x)
    stored = getattr(matrix, f"to_sparse_{layout}")(blocks)
    model = Call(lambda a, x: torch.relu(a @ x))
    compile_sparse(model, (stored, x.t())).check(stored, x.t().contiguous())


def test_a_view_with_its_sign_to_be_changed():
    torch.manual_seed(5)
    x, a = torch.complex(torch.randn(4, 4), torch.randn(4, 4)), torch.randn(4, 4)
    negated = x.conj().imag
    compiled = compile_sparse(Call(torch.matmul), (a, negated), formats={"arguments_0": "csr"})
    compiled.check(a, negated)
