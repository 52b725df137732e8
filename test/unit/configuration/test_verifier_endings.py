"""Circles that never end are refused; what something ends, or some deadlock stops, is not."""

from broken_programs import PLASTICINE

from rdu.configuration import parse, verify


def unit(*contexts: str) -> str:
    return "\n".join(["pcu u {", *contexts, "}"])


def circles(*lines: str) -> list[str]:
    """What is said about circles in a section with these lines."""
    head, tail = "rdu 1\nmachine plasticine\nsection s() {\n", "\n}\nhost {\n}\n"
    findings = verify(parse(head + "\n".join(lines) + tail), PLASTICINE)
    return [f.message.partition(": ")[2] for f in findings if "never ends" in f.message]


def forever(name: str, *inputs: str) -> str:
    ports = "\n".join(f"in {port} : control @pass" for port in inputs)
    return f"context {name} {{\nrepeat forever\n{ports}\nout y : control @pass\n}}"


def counted(name: str) -> str:
    return f"context {name} {{\ncount i 0..4\nout y : control @i\n}}"


def net(name: str, source: str, *sinks: str) -> str:
    ends = "\n".join(f"to u.{sink} capacity 4 init 1" for sink in sinks)
    return f"net {name} control u.{source}.y {{\n{ends}\n}}"


def test_a_context_that_feeds_itself() -> None:
    (said,) = circles(unit(forever("a", "x")), net("a", "a", "a.x"))
    assert said == "expected an input, popped in every pass, from a context that ends, got 'u.a'"


def test_what_a_circle_feeds_is_no_finding_of_its_own() -> None:
    contexts = unit(forever("c", "x"), forever("a", "x"), forever("b", "x"))
    (said,) = circles(contexts, net("a", "a", "b.x"), net("b", "b", "a.x", "c.x"))
    assert said.endswith("got 'u.a', 'u.b'")


def test_a_circle_that_something_feeds_in_every_pass_ends() -> None:
    contexts = unit(forever("a", "x", "z"), forever("b", "x"), counted("c"))
    assert not circles(contexts, net("a", "a", "b.x"), net("b", "b", "a.x"), net("c", "c", "a.z"))


def test_a_condition_may_never_pop_what_would_end_a_circle() -> None:
    fed = forever("a", "p", "x").replace("in x : control @pass", "in x : control @pass when p")
    fed = fed.replace("in p : control @pass", "in p : scalar i1 @pass")
    fed = fed.replace("out y : control @pass", "out y : scalar i1 @pass\ny <- p")
    loop = net("a", "a", "a.p").replace("control", "scalar").replace(" init 1", "")
    (said,) = circles(unit(fed, counted("c")), loop, net("c", "c", "a.x"))
    assert said.endswith("got 'u.a'")


def test_streams_end_with_the_counted_contexts_that_write_them() -> None:
    merge = "context m {\nin a : stream scalar i32 @pass\nin b : stream scalar i32 @pass\n"
    merge += "out y : stream scalar i32 @pass\nmerge a b -> y\n}"
    again = "context r {\ncount i until x\nin x : stream scalar i32 @i\n"
    again += "out y : stream scalar i32 @i\ny <- x\n}"
    write = "context w {\ncount i 0..4\nout y : stream scalar i32 @i\ny <- i\n}"
    nets = [
        net(name, source, *sinks).replace("control", "scalar").replace(" init 1", "")
        for name, source, sinks in (
            ("m", "m", ("r.x",)),
            ("r", "r", ("m.b",)),
            ("w", "w", ("m.a",)),
        )
    ]
    (said,) = circles(unit(merge, again, write), *nets)
    assert said.endswith("got 'u.m', 'u.r'")
    joined = merge.replace("merge a b", "reassemble b by a").replace("merge", "reassemble")
    assert not circles(unit(joined, again, write), *nets)
