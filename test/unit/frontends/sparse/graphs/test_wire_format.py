"""Our codec against protobuf's own runtime, which is told the messages by descriptors."""

import functools

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_graphs import CASES

from rdu.frontends.sparse.graphs import read_dot, write_tortilla
from rdu.frontends.sparse.graphs.tortilla.schema import ENUMS, MESSAGES
from rdu.frontends.sparse.graphs.tortilla.wire import Message, decode, encode
from rdu.support.diagnostics import Collector, RduError

FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "bool": FIELD.TYPE_BOOL,
    "double": FIELD.TYPE_DOUBLE,
    "string": FIELD.TYPE_STRING,
    "uint64": FIELD.TYPE_UINT64,
}


@functools.cache
def runtime():
    """Return protobuf's classes of all messages."""
    file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
    for name, words in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, word in enumerate(words):
            enum.value.add(name=f"{name}_{word}", number=number)
    for name, fields in MESSAGES.items():
        made = file.message_type.add(name=name)
        for declared in fields.values():
            field = made.field.add(name=declared.name, number=declared.number)
            field.label = FIELD.LABEL_REPEATED if declared.repeated else FIELD.LABEL_OPTIONAL
            if declared.type in SCALARS:
                field.type = SCALARS[declared.type]
            else:
                field.type = FIELD.TYPE_ENUM if declared.type in ENUMS else FIELD.TYPE_MESSAGE
                field.type_name = f".t.{declared.type}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"t.{name}"))


def values(kind, depth):
    if kind in MESSAGES:
        return messages(kind, depth - 1)
    scalars = {
        "bool": st.booleans(),
        "double": st.floats(allow_nan=False),
        "string": st.text(max_size=3),
        "uint64": st.integers(0, 2**64 - 1),
    }
    return scalars[kind] if kind in scalars else st.sampled_from(ENUMS[kind])


@st.composite
def messages(draw, type, depth):
    made = Message(type)
    for declared in MESSAGES[type].values():
        if declared.type in MESSAGES and not depth:
            continue
        count = draw(st.integers(0, 2 if declared.repeated else 1))
        given_values = [draw(values(declared.type, depth)) for _ in range(count)]
        if given_values:
            made.set(declared.name, *given_values)
    return made


def fill(target, made):
    """Set the fields of protobuf's message as ours has them."""
    for name, given_values in made.fields.items():
        declared = MESSAGES[made.type][name]
        for value in given_values:
            if isinstance(value, Message):
                part = getattr(target, name)
                if declared.repeated:
                    part = part.add()
                else:
                    part.SetInParent()
                fill(part, value)
                continue
            plain = ENUMS[declared.type].index(value) if declared.type in ENUMS else value
            if declared.repeated:
                getattr(target, name).append(plain)
            else:
                setattr(target, name, plain)


@pytest.mark.parametrize("type", ["Operation", "ComalGraph"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_bytes_are_those_of_protobuf(type, data):
    made = data.draw(messages(type, 3))
    theirs = runtime()(type)()
    fill(theirs, made)
    expected = theirs.SerializeToString(deterministic=True)
    assert encode(made) == expected
    problems = Collector()
    assert encode(decode(expected, type, "a.bin", problems)) == expected
    assert not problems.diagnostics


def test_protobuf_reads_what_we_write():
    shapes = {"b": (3,), "C": (3, 4), "d": (4,)}
    data = write_tortilla(read_dot(CASES["residual"].text, shapes=shapes))
    graph = runtime()("ComalGraph").FromString(data)
    assert graph.graph.name == "x=s0,b=s0,C=ss01,d=s0"
    names = [operation.name for operation in graph.graph.operators]
    assert names.count("fiber_lookup") == 4
    assert names.count("joiner") == 2
    joiners = [o.joiner for o in graph.graph.operators if o.name == "joiner"]
    assert {joiner.join_type for joiner in joiners} == {0, 1}
    assert [o.alu.stages[0].op for o in graph.graph.operators if o.name == "alu"] == [2, 1]
    assert len({operation.id for operation in graph.graph.operators}) == len(names)


def test_later_fields_are_passed_over():
    made = runtime()("ComalGraph")(name="a", channel_size=7)
    extended = made.SerializeToString() + b"\xfa\x01\x03abc"
    problems = Collector()
    read = decode(extended, "ComalGraph", "a.bin", problems)
    assert (read.text("name"), read.number("channel_size"), read.unknown) == ("a", 7, [31])
    assert not problems.diagnostics


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x0a\x05ab", "byte 1 of 'ComalGraph': a field of 5 bytes: expected 2 at most"),
        (b"\x10\xff", "byte 1 of 'ComalGraph': a number has no end"),
        (b"\x10" + b"\xff" * 12, "byte 1 of 'ComalGraph': a number is too long"),
        (b"\x0b", "byte 1 of 'ComalGraph': wire type 3 is unknown"),
        (b"\x08\x01", "byte 1 of 'ComalGraph': field 'name' has wire type 0: expected 2"),
        (b"\x0a\x01\xff", "byte 2 of 'ComalGraph': field 'name' is no UTF-8 text"),
        (b"\x1a\x04\x12\x02\x0a\x09", "byte 5 of 'Operation': a field of 9 bytes: expected 0"),
    ],
)
def test_damage_is_named_with_its_place(data, message):
    problems = Collector()
    decode(data, "ComalGraph", "a.bin", problems)
    with pytest.raises(RduError, match=r"a.bin: error: ") as raised:
        problems.check()
    assert message in str(raised.value)
