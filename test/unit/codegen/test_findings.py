from pathlib import Path

import pytest

from rdu.codegen import check_module, find_wrong, module_of
from rdu.configuration import parse
from rdu.mlir_ext.context import make_context
from rdu.support.diagnostics import ExitCode, RduError, SourceLocation
from rdu.targets import load_machine

GEMM = Path(__file__).parents[3] / "examples/configurations/gemm.rdu"
MACHINE = load_machine("plasticine")


def gemm(*replacements):
    text = GEMM.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return module_of(parse(text, "gemm.rdu"), make_context())


def test_nothing_is_wrong_with_the_example():
    assert find_wrong(gemm(), MACHINE) == ([], ExitCode.OK)
    check_module(gemm(), MACHINE)


def test_a_finding_names_its_op_and_the_ops_line():
    (found,), code = find_wrong(gemm(("words 660", "words 66000")), MACHINE)
    assert code == ExitCode.DOES_NOT_FIT
    assert found.operation.name.value == "b_all"
    assert found.diagnostic.message.startswith("'rdu.unit' pmu 'b_all' has too many bytes")
    line = GEMM.read_text().splitlines().index("  pmu b_all {") + 1
    assert found.diagnostic.location == SourceLocation("gemm.rdu", line, 3)


def test_a_finding_about_a_context_leads_to_the_users_line():
    wide = "par 32\n      count k 0..32\n      in a"
    found, _ = find_wrong(gemm(("par 16\n      count k 0..32\n      in a", wide)), MACHINE)
    assert SourceLocation("gemm.py", 3) in [f.diagnostic.location for f in found]


def test_a_program_that_means_nothing_is_worse_than_one_that_does_not_fit():
    module = gemm(("words 660", "words 66000"), ("run gemm(a = a, b = b, c = c)", ""))
    found, code = find_wrong(module, MACHINE)
    assert len(found) == 2
    assert code == ExitCode.ERROR


def test_all_findings_are_raised_at_once():
    with pytest.raises(RduError) as failure:
        check_module(gemm(("words 660", "words 66000"), ("capacity 16", "capacity 17")), MACHINE)
    assert len(failure.value.diagnostics) == 1 + 5
    assert failure.value.exit_code == ExitCode.DOES_NOT_FIT
