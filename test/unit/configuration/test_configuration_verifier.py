"""Every message of the verifier, provoked where it belongs; sound programs pass."""

import random
from dataclasses import replace

import pytest
from broken_programs import BY_MODEL_ONLY, CASES, PLASTICINE, SOUND, Broken, machine_of
from hypothesis import HealthCheck, given, settings
from random_programs import PROGRAMS
from test_configuration_grammar import TOKENS, mutate
from test_configuration_text import SYNTAX

from rdu.configuration import ConfigurationError, check, parse, read, verify
from rdu.configuration.messages import MESSAGES
from rdu.configuration.model import Program
from rdu.targets import load_machine


@pytest.mark.parametrize("base", SOUND)
def test_sound_programs_pass(base: str) -> None:
    check(read(SOUND[base]), machine_of(base))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}: {case.line}")
def test_a_fault_is_reported_where_it_is(case: Broken) -> None:
    findings = verify(parse(case.text, "f"), case.machine)
    lines = [d.location.line for d in findings if d.location and d.message.startswith(case.message)]
    assert lines, "\n".join(finding.render() for finding in findings)
    assert lines[0] == case.number
    assert len(findings) == 1 + case.others, "\n".join(f.render() for f in findings)


def test_every_message_is_provoked() -> None:
    assert {case.code for case in CASES} | set(SYNTAX) | BY_MODEL_ONLY == set(MESSAGES)


def test_messages_belong_to_their_codes() -> None:
    for case in CASES:
        fixed = MESSAGES[case.code].text.partition("{")[0]
        assert case.message.startswith(fixed), case.code
        assert ": expected " in case.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SOUND["stages"].read_text().replace("capacity 16", "capacity 17"), 3),
        (SOUND["stages"].read_text().replace("y <- a", "y <- i"), 1),
        (SOUND["stages"].read_text().replace("y <- a", "y <- i").replace("16\n", "17\n"), 1),
    ],
    ids=["does not fit", "malformed", "both"],
)
def test_exit_codes(text: str, code: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check(parse(text), PLASTICINE)
    assert caught.value.exit_code == code


def test_findings_name_the_file_and_suggest() -> None:
    text = SOUND["stages"].read_text().replace("addf x", "adf x")
    (finding,) = verify(parse(text, "model.rdu"), PLASTICINE)
    assert finding.render().endswith("hint: did you mean 'addf'?")
    assert finding.render().startswith("model.rdu:22:7: error: ")
    (renamed,) = verify(parse(text), PLASTICINE, "other.rdu")
    assert renamed.render().startswith("other.rdu:22:7: error: ")


def test_an_integer_where_a_float_belongs_gets_a_hint() -> None:
    text = SOUND["stages"].read_text().replace("addf x 1.0", "addf x 1")
    (finding,) = verify(parse(text), PLASTICINE)
    assert finding.hint == "an f32 constant has a point: 1.0"


def test_a_constant_where_a_bf16_belongs_gets_a_hint() -> None:
    text = SOUND["halves"].read_text().replace("addf x one", "addf x 1.0")
    (finding,) = verify(parse(text), machine_of("halves"))
    assert finding.hint == "a bf16 constant is a stage: 'truncf 1.0'"


def test_a_tree_needs_its_lanes_and_one_more_stage() -> None:
    text = SOUND["stages"].read_text()
    stages = "a = reduce addf x over i\n      b = mulf a 2.0"
    text = text.replace("a = addf x 1.0", stages).replace("y <- a", "y <- b")
    check(parse(text), PLASTICINE)
    for stages_there, fits in ((6, True), (5, False)):
        machine = load_machine("plasticine", {"pcu.stages": stages_there})
        findings = verify(parse(text), replace(machine, hash=PLASTICINE.hash))
        assert (findings == []) is fits


def test_unbounded_channels_are_for_programs_without_places() -> None:
    text = SOUND["stages"].read_text().replace("capacity 16", "capacity inf")
    check(parse(text), PLASTICINE)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(PROGRAMS)
def test_no_program_upsets_the_verifier(program: Program) -> None:
    verify(program, PLASTICINE)


@pytest.mark.parametrize("stem", SOUND)
def test_no_damaged_text_upsets_the_verifier(stem: str) -> None:
    choice = random.Random(stem)
    tokens = TOKENS.findall(SOUND[stem].read_text())
    for _ in range(150):
        try:
            program = parse(" ".join(mutate(tokens, choice)))
        except ConfigurationError:
            continue
        verify(program, PLASTICINE)


def test_numbers_that_nobody_reads_are_not_written_out() -> None:
    counters = "".join(f"count c{i} 0..2\n" for i in range(20_000))
    text = SOUND["stages"].read_text().replace("count i", f"{counters}count i", 1)
    messages = [finding.message for finding in verify(parse(text), PLASTICINE)]
    assert any(message.endswith("firings a run, got more than 10^30") for message in messages)
