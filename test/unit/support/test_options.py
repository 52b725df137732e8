from dataclasses import dataclass

import pytest

from rdu.support.options import OptionError, build, differing, option, specs


@dataclass(frozen=True)
class Options:
    max_ops: int = option(64, help="most ops", min=1, max=100)
    ratio: float = option(0.5, help="a share", min=0.0)
    strict: bool = option(False, help="fail early")
    mode: str = option("fast", help="how", choices=("fast", "small"))
    sizes: tuple[int, ...] = option((4, 4), help="tile sizes", min=1)
    seed: int | None = option(None, help="random seed")


def test_texts_become_typed_values_and_back():
    given = {"max-ops": "3", "strict": "true", "sizes": "2,8", "seed": "7", "mode": "small"}
    options = build(Options, given)
    assert options == Options(max_ops=3, strict=True, sizes=(2, 8), seed=7, mode="small")
    assert differing(options) == given


def test_what_is_not_given_keeps_its_default():
    assert build(Options, {}) == Options()
    assert differing(Options()) == {}


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"max-op": "3"}, "option 'max-op' is unknown", "did you mean 'max-ops'?"),
        ({"max-ops": "x"}, "option 'max-ops' is 'x': expected integer", None),
        ({"max-ops": "101"}, "option 'max-ops' is 101: expected 1 to 100", None),
        ({"ratio": "-1"}, "option 'ratio' is -1.0: expected at least 0.0", None),
        ({"strict": "maybe"}, "option 'strict' is 'maybe': expected true or false", None),
        ({"mode": "fats"}, "option 'mode' is 'fats': expected 'fast' or 'small'", "'fast'"),
        ({"sizes": "4,0"}, "option 'sizes' is 0: expected at least 1", None),
    ],
)
def test_wrong_options_say_what_was_expected(given, message, hint):
    with pytest.raises(OptionError) as failure:
        build(Options, given)
    assert str(failure.value).startswith(message)
    assert failure.value.hint is None if hint is None else hint in failure.value.hint


def test_specs_render_for_help():
    rendered = [spec.render() for spec in specs(Options)]
    assert rendered[0] == "max-ops: integer (default 64, 1 to 100)"
    assert rendered[4] == "sizes: list of integer (default 4,4, at least 1)"
    assert rendered[5] == "seed: integer or none (default none)"
