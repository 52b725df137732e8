"""Who may share a memory with updates and with reads that look back."""

import re

import pytest
from broken_programs import SOUND, machine_of

from rdu.configuration import parse, verify


def findings(base: str, *edits: tuple[str, str]) -> list[str]:
    """What is said of a sound program after replacements, each of which applies once."""
    text = SOUND[base].read_text()
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return [finding.message for finding in verify(parse(text), machine_of(base))]


@pytest.mark.parametrize(("init", "sound"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_window_of_three_buffers_of_four_leaves_two(init: int, sound: bool) -> None:
    said = findings("lines", ("capacity 4 init 2", f"capacity 4 init {init}"))
    assert (said == []) is sound


def test_a_window_as_large_as_the_memory_leaves_one() -> None:
    edits = [("buffers 4", "buffers 3"), ("full capacity 4", "full capacity 3")]
    assert not findings("lines", *edits, ("capacity 4 init 2", "capacity 3 init 1"))
    assert findings("lines", *edits, ("capacity 4 init 2", "capacity 3 init 2"))


ALONE = """rdu 1
machine plasticine

tensor keys : i32[64] input tier dram
tensor old : i32[64] output tier dram

section s(keys : i32[64], old : i32[64]) {
  ag load {
    context main {
      count j 0..64 par 16
      out key : vector i32 @j
      load keys[j] -> key
    }
    context store {
      count j 0..64 par 16
      in old : vector i32 @j
      store old[j] <- old
    }
  }
  pmu table {
    memory seen : i32 words 32
    context count {
      count j 0..64 par 16
      in key : vector i32 @j
      out old : vector i32 @j
      update seen[key] buffer @pass addi <- key -> old
    }
  }
  net key vector load.main.key {
    to table.count.key capacity 16
  }
  net old vector table.count.old {
    to load.store.old capacity 16
  }
}

host {
  run s(keys = keys, old = old)
}
"""


def test_a_memory_that_one_update_has_for_itself_needs_no_tokens() -> None:
    assert not verify(parse(ALONE), machine_of("bins"))


def test_tokens_of_an_update_join_it_to_the_writer_and_to_the_reader() -> None:
    assert not findings("bins")
    for name in ("clear", "credit", "counted", "full"):
        cut = re.search(rf"  net {name} control .*?\n  }}\n", SOUND["bins"].read_text(), re.DOTALL)
        assert cut
        said = findings("bins", (cut[0], ""))
        assert any("access without ownership" in message for message in said), name


def two_updates(first: str, second: str) -> list[str]:
    """What is said of ownership where two updates pass a memory to each other."""
    unit = """  pmu table {
    memory seen : i32 words 32
    context a {
      in x : scalar i32 @pass
      in t : control @pass
      out t2 : control @pass
      update seen[x] buffer @pass addi <- x
    }
    context b {
      in x : scalar i32 @pass
      in t : control @pass
      out t2 : control @pass
      update seen[x] buffer @pass addi <- x
    }
  }
"""
    nets = f"""  net a control table.a.t2 {{
    to table.b.t capacity 1{first}
  }}
  net b control table.b.t2 {{
    to table.a.t capacity 1{second}
  }}
"""
    text = f"rdu 1\nmachine plasticine\nsection s() {{\n{unit}{nets}}}\nhost {{\n}}\n"
    said = [finding.message for finding in verify(parse(text), machine_of("bins"))]
    return [message for message in said if "ownership" in message]


def test_of_two_updates_either_may_begin() -> None:
    assert not two_updates("", " init 1")
    assert not two_updates(" init 1", "")
    assert two_updates("", "")
    assert two_updates(" init 1", " init 1")


def test_writers_to_words_that_data_choose_may_meet() -> None:
    text = SOUND["two_writers"].read_text().replace("write a[k]", "write a[n]")
    text = text.replace("in data", "in n : vector i32 @k\n      in data", 1)
    said = [finding.message for finding in verify(parse(text), machine_of("two_writers"))]
    assert any(message.endswith("both may write word 16") for message in said), said
