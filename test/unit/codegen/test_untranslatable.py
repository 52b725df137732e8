"""Every form of the text that the rdu dialect lacks is refused where it stands, all at once."""

from pathlib import Path

import pytest

from rdu.codegen import module_of
from rdu.configuration import parse
from rdu.mlir_ext.context import make_context
from rdu.support.diagnostics import RduError

FORMS = Path(__file__).parents[1] / "configuration" / "forms.txt"
ABSENT = (
    *("systolic", "skew", "repeat forever", "from", "until", "back", "update", "stream", "when"),
    *("filter", "partition", "merge", "reassemble", "compact", "discard", "dynamic"),
)


def test_every_form_that_the_dialect_lacks_is_listed() -> None:
    program = parse(FORMS.read_text(), "forms")
    with pytest.raises(RduError) as caught:
        module_of(program, make_context())
    assert caught.value.exit_code == 1
    lines = [d.location.line for d in caught.value.diagnostics if d.location]
    assert lines == sorted(lines)
    assert len(lines) == len(caught.value.diagnostics)
    said = caught.value.render()
    for word in ABSENT:
        assert f"got '{word}" in said
    assert (
        "forms:112:7: error: counter 'i' is beyond the rdu dialect: expected integers as bounds, "
        "got 'until a'"
    ) in said
