"""Import of PyTorch models with sparse tensors: encodings, densities, and what is refused."""

import re

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from rdu.frontends.torch.formats import encoding, layout_of  # noqa: E402
from rdu.frontends.torch.sparse import import_sparse  # noqa: E402
from rdu.support.diagnostics import RduError  # noqa: E402

MATRIX = torch.tensor([[1.0, 0, 0, 2], [0, 0, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]])


class Product(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, a, x):
        hidden = torch.relu(self.linear(x))
        return torch.sparse.mm(a, hidden)


def argument_types(imported):
    block = imported.module.body.operations[0].body.blocks[0]
    return [str(argument.type) for argument in block.arguments]


LEVELS = {
    "csr": "d0 : dense, d1 : compressed",
    "csc": "d1 : dense, d0 : compressed",
    "coo": "d0 : compressed(nonunique), d1 : singleton",
    "bsr": "d0 floordiv 2 : dense, d1 floordiv 2 : compressed, d0 mod 2 : dense, d1 mod 2 : dense",
    "bsc": "d1 floordiv 2 : dense, d0 floordiv 2 : compressed, d0 mod 2 : dense, d1 mod 2 : dense",
}


def stored(layout):
    if layout in ("bsr", "bsc"):
        return getattr(MATRIX, f"to_sparse_{layout}")((2, 2))
    return getattr(MATRIX, f"to_sparse_{layout}")()


@pytest.mark.parametrize("layout", LEVELS)
def test_an_input_keeps_its_layout(layout):
    imported = import_sparse(Product().eval(), (stored(layout), torch.randn(4, 4)))
    kind = argument_types(imported)[2]
    assert f"map = (d0, d1) -> ({LEVELS[layout]})" in kind
    assert [s.name for s in imported.inputs] == ["a", "x"]
    (density,) = re.findall(r"sam.density = ([0-9.e+-]+)", str(imported.module))
    values = 12 if layout in ("bsr", "bsc") else 4
    assert float(density) == values / 16


def test_the_format_of_weights_and_of_a_node():
    formats = {"*.weight": "dcsc", "relu": "csr"}
    model = Product().eval()
    imported = import_sparse(model, (MATRIX, torch.randn(4, 4)), formats)
    weight, bias, adjacency, x = argument_types(imported)
    assert "d1 : compressed, d0 : compressed" in weight
    assert "encoding" not in bias + adjacency + x
    (named,) = [line for line in str(imported.module).splitlines() if "sam.format" in line]
    assert "linalg.generic" in named


def test_a_name_goes_before_a_pattern():
    formats = {"*": "csr", "linear.bias": "s"}
    imported = import_sparse(Product().eval(), (MATRIX, torch.randn(4, 4)), formats)
    assert "(d0) -> (d0 : compressed)" in argument_types(imported)[1]


def test_batches_and_dense_dimensions_are_dense_levels():
    batch = torch.stack([MATRIX, MATRIX]).to_sparse_csr()
    assert str(layout_of(batch)) == "dense, dense, compressed"
    hybrid = torch.sparse_coo_tensor([[0, 2], [1, 0]], torch.ones(2, 3), (4, 4, 3))
    assert str(layout_of(hybrid)) == "compressed, singleton, dense"
    assert layout_of(MATRIX) is None


@pytest.mark.parametrize(
    ("given", "shape", "levels"),
    [
        ("bsr:2x4", (4, 8), "d0 floordiv 2 : dense, d1 floordiv 4 : compressed, "),
        ("2:4", (3, 8), "d0 : dense, d1 floordiv 4 : dense, d1 mod 4 : structured[2, 4]"),
        ("1:2", (8,), "d0 floordiv 2 : dense, d0 mod 2 : structured[1, 2]"),
        ("ss:1,0", (3, 8), "d1 : compressed, d0 : compressed"),
        ("bsr:1x4", (4, 8), "d0 : dense, d1 floordiv 4 : compressed, d1 mod 4 : dense"),
        ("bsc:1x4", (4, 8), "d1 floordiv 4 : dense, d0 : compressed, d1 mod 4 : dense"),
        ("bsr:1x1", (4, 8), "d0 : dense, d1 : compressed"),
        (["dense", "dense", "compressed"], (2, 3, 4), "d0 : dense, d1 : dense, d2 : compressed"),
    ],
)
def test_formats_as_they_are_written(given, shape, levels):
    text = encoding(given, shape)
    assert text is not None
    assert levels in text


def test_blocks_of_one_are_no_levels():
    assert str(layout_of(MATRIX.to_sparse_bsr((1, 2)))) == "dense, compressed, blocked:2 of 0 1 1"
    assert str(layout_of(MATRIX.to_sparse_bsc((1, 1)))) == "dense, compressed of 1 0"


def test_dense_needs_no_encoding():
    assert encoding("dense", (3, 4, 5)) is None
    assert encoding("dd", (3, 4)) is None


@pytest.mark.parametrize(
    ("given", "shape", "said"),
    [
        ("csr", (4,), "is of 2 dimensions: expected 1"),
        ("bsr:3x2", (4, 4), "has blocks of 3: expected blocks that divide 4"),
        ("2:4", (4, 6), "keeps 2 of 4: expected at most 4, in groups that divide 6"),
        ("5:4", (4, 8), "keeps 5 of 4"),
        ("rows", (4, 4), "cannot be read"),
    ],
)
def test_formats_that_do_not_fit(given, shape, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        encoding(given, shape)


def test_everything_wrong_with_formats_is_said_at_once():
    formats = {"linear.wieght": "csr", "linear.bias": "csr", "x": "bsr:3x3", "a": "2:4"}
    dense = torch.ones(4, 4)
    with pytest.raises(RduError) as refusal:
        import_sparse(Product().eval(), (dense, dense), formats)
    text = str(refusal.value)
    assert "format of 'linear.wieght': no such tensor" in text
    assert "did you mean 'linear.weight'?" in text
    assert "format of 'linear.bias': 'csr' is of 2 dimensions: expected 1" in text
    assert "format of 'x': 'bsr:3x3' has blocks of 3" in text
    assert "format of 'a': has a group of 4 with 4 values: expected at most 2" in text


def test_a_dense_import_refuses_sparse_inputs():
    from rdu.frontends.torch import import_module

    with pytest.raises(RduError, match=r"expected a dense tensor, got layout torch\.sparse_csr"):
        import_module(Product().eval(), (MATRIX.to_sparse_csr(), torch.randn(4, 4)))
