"""Options of `rdu-sparse` are heeded or refused, never an internal error."""

import numpy as np
import pytest

from rdu.frontends.sparse.notation import to_linalg
from rdu.support.diagnostics import ExitCode
from rdu.tools.rdu_sparse import main
from rdu.tools.sparse_reference import references

MADE_UP = ("--random", "B=6x5:0.4", "--random", "c=5")
EXPRESSION = "x(i) = B(i,j) * c(j)"


def outcome(capsys, *options):
    """Run the tool; returns its exit code and what it says on stderr."""
    try:
        code = main(list(options))
    except SystemExit as stopped:  # argparse's way
        code = stopped.code
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--format", "B=zz"), "format 'zz' of 'B': cannot be read: expected letters"),
        (("--format", "x=zz"), "format 'zz' of 'x': cannot be read: expected letters"),
        (("--format", "B=ss", "--format", "B=csr"), "format of 'B' is given twice"),
        (("--random", "B=2x2"), "operand 'B' is given twice"),
        (("--seed", "-1"), "--seed: expected a whole number from 0 "),
        (("--parallel", "0"), "--parallel: expected a whole number from 1 to"),
        (("--parallel", "-2"), "--parallel: expected a whole number from 1 to"),
        (("--parallel", "1000000"), "--parallel: expected a whole number from 1 to 256"),
        (("--tolerance", "nan"), "--tolerance: expected a number from 0 on"),
        (("--parallel", "two"), "got 'two'"),
        (("--parallel", "2", "--chunk", "0"), "--chunk: expected a whole number from 1 to"),
        (("--chunk", "7"), "'--chunk' is of copies: expected '--parallel' of 2 or more besides"),
        (("--capacity", "-1", "3"), "--capacity: expected a whole number from 0 to"),
        (("--fifo-depth", "0"), "--fifo-depth: expected a number from 1 on, auto or inf"),
    ],
)
def test_options_that_are_wrong(capsys, options, says):
    code, said = outcome(capsys, EXPRESSION, *MADE_UP, *options)
    assert (code, says in said) == (ExitCode.USAGE, True), said


def test_a_format_that_does_not_suit_an_operand(capsys):
    code, said = outcome(capsys, EXPRESSION, *MADE_UP, "--format", "B=s")
    assert (code, said.startswith("error: operand 'B': ")) == (ExitCode.ERROR, True), said


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Return the same program as linalg, as a graph, and as one of SAM's."""
    folder = tmp_path_factory.mktemp("programs")
    sources = [EXPRESSION, *MADE_UP]
    linalg, graph, dot = (str(folder / name) for name in ("linalg.mlir", "sam.mlir", "x.gv"))
    assert main([*sources, "--emit", "linalg", "-o", linalg]) == 0
    assert main([*sources, "--emit", "sam", "-o", graph]) == 0
    from rdu.tools.rdu_translate import main as translate

    assert translate(["--mlir-to-sam-dot", graph, "-o", dot]) == 0
    return {"linalg": linalg, "graph": graph, "dot": dot}


@pytest.mark.parametrize(
    ("which", "options", "says"),
    [
        ("linalg", ("--order", "ij"), "'--order' is for statements"),
        ("graph", ("--order", "ij"), "'--order' is for statements"),
        ("dot", ("--order", "ij"), "'--order' is for statements"),
        ("graph", ("--fusion", "full"), "'--fusion' is for statements"),
        ("dot", ("--fusion", "full"), "'--fusion' is for statements"),
        ("linalg", ("--format", "Q=csr"), "'--format Q' is for statements, and tensors in folders"),
        ("graph", ("--format", "B=csr"), "'--format B' is for statements, and tensors in folders"),
        ("dot", ("--format", "x=s"), "'--format x' is for statements, and tensors in folders"),
    ],
)
def test_options_that_a_program_has_decided(capsys, programs, which, options, says):
    code, said = outcome(capsys, programs[which], *MADE_UP, *options)
    assert (code, says in said) == (ExitCode.USAGE, True), said


def test_fusion_is_heeded_for_linalg(capsys, programs):
    assert outcome(capsys, programs["linalg"], *MADE_UP, "--fusion", "full") == (0, "")


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ("x.foo", "has the wrong suffix: expected '.mtx' or '.tns'"),
        ("nowhere/x.tns", "cannot be written: No such file"),
        ("folder.tns", "cannot be written: Is a directory"),
        ("x.mtx", "tensor of 1 dimensions: expected 2, as a '.mtx' file holds a matrix"),
    ],
)
def test_results_are_refused_before_the_run(capsys, tmp_path, monkeypatch, result, says):
    def run(*_):
        raise AssertionError("simulated in vain")

    monkeypatch.setattr("rdu.sparse.SparseArtifact.run", run)
    (tmp_path / "folder.tns").mkdir()
    options = ("--run", "--result", str(tmp_path / result))
    code, said = outcome(capsys, EXPRESSION, *MADE_UP, *options)
    assert (code, says in said) == (ExitCode.USAGE, True), said


def test_a_damaged_file_is_named(capsys, tmp_path):
    path = tmp_path / "b.npy"
    np.save(path, np.ones((6, 5), np.float32))
    path.write_bytes(path.read_bytes()[:-3])
    code, said = outcome(capsys, EXPRESSION, "--tensor", f"B={path}", "--random", "c=5")
    assert (code, said) == (
        ExitCode.ERROR,
        f"{path}: error: not a .npy file: it is damaged, or of another kind\n",
    )


@pytest.mark.parametrize(
    "expression",
    [
        "X(i,j) = B(i,j) * log(C(i,j))",
        "x(i) = B(i,j) * log(C(i,j))",
        "x(i) = B(i,j) * c(j) / c(j)",
        "x(i) = prod[j](B(i,j) * log(C(i,j)))",
    ],
)
def test_absent_factors_make_zero_of_anything(capsys, tmp_path, expression):
    pair = ("--random", "B=5x4:0.4", "--random", "C=5x4:0.5", "--random", "c=4:0.5")
    used = [o for n, o in enumerate(pair) if pair[n | 1][0] + "(" in expression]
    assert outcome(capsys, expression, *used, "--run") == (ExitCode.OK, "")


def test_other_nan_are_not_excused():
    module = to_linalg("x(i) = b(i) * log(c(i))", {"b": (3,), "c": (3,)})
    operands = {"b": np.array([0, -1, 1], np.float32), "c": np.array([0, -1, 2], np.float32)}
    (expected,) = references(module, operands, [np.zeros(3, np.float32)]).values()
    np.testing.assert_array_equal(expected, [0, np.nan, np.log(np.float32(2))])
    (expected,) = references(module, operands, [np.full(3, np.nan, np.float32)]).values()
    np.testing.assert_array_equal(expected, [np.nan, np.nan, np.log(np.float32(2))])
