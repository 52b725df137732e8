"""The wire format of protobuf for the messages of `schema`: a hundred lines instead of a runtime.

Messages are plain trees that keep what a reader wants to report: where each began, and fields of
numbers that the schema does not have, which may be of a later version. What is damaged is reported
with its place, and what is around it is still read. The same tree gives the same bytes.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union

from rdu.frontends.sparse.graphs.tortilla.schema import ENUMS, MESSAGES, Field
from rdu.support.diagnostics import Collector, SourceLocation

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_NESTED = 32

Value = Union[int, float, bool, str, "Message"]
"""A value of a field; an enum's is its word, or a number that has none."""


@dataclass(slots=True)
class Message:
    """A message: the values of its fields, in the order of the wire or of the schema."""

    type: str
    fields: dict[str, list[Value]] = field(default_factory=dict[str, list[Value]])
    start: int = 0
    unknown: list[int] = field(default_factory=list[int])

    def set(self, name: str, *values: Value) -> Message:
        """Set a field and return the message."""
        self.fields[name] = list(values)
        return self

    def messages(self, name: str) -> list[Message]:
        """Return the messages of a field."""
        return [value for value in self.fields.get(name, []) if isinstance(value, Message)]

    def message(self, name: str) -> Message | None:
        """Return the last message of a field, None if there is none."""
        found = self.messages(name)
        return found[-1] if found else None

    def text(self, name: str) -> str:
        """Return the text of a field, or the word of an enum; empty if it is not there."""
        values = self.fields.get(name, [])
        return str(values[-1]) if values else ""

    def number(self, name: str) -> int:
        """Return the whole number of a field, 0 if it is not there."""
        values = self.fields.get(name, [])
        return int(values[-1]) if values and isinstance(values[-1], int) else 0

    def real(self, name: str) -> float:
        """Return the number of a field, 0 if it is not there."""
        values = self.fields.get(name, [])
        return float(values[-1]) if values and isinstance(values[-1], float) else 0.0


class _DamagedError(Exception):
    """Bytes that cannot be read, from a place on."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(why)
        self.place = place


def decode(data: bytes, type: str, file: str, problems: Collector) -> Message:
    """Read a message; what is damaged is reported and left out."""
    return _Decoder(data, file, problems).message(type, 0, len(data), 0)


def encode(message: Message) -> bytes:
    """Return the bytes of a message: fields by number, without those that have their default."""
    parts: list[bytes] = []
    for declared in sorted(MESSAGES[message.type].values(), key=lambda each: each.number):
        values = message.fields.get(declared.name, [])
        if not values or (not declared.repeated and _is_default(declared, values[-1])):
            continue
        encoded = [_encoded(declared, value) for value in values]
        if declared.repeated and declared.type == "uint64":
            parts += [_tag(declared.number, _BYTES), _delimited(b"".join(encoded))]
            continue
        for each in encoded if declared.repeated else encoded[-1:]:
            parts += [_tag(declared.number, _wire_type(declared)), each]
    return b"".join(parts)


def _is_default(declared: Field, value: Value) -> bool:
    """Whether a value is that of a field that is not there; a negative zero is not."""
    if isinstance(value, float):
        return value == 0.0 and math.copysign(1, value) > 0
    words = ENUMS.get(declared.type)
    return value == words[0] if words else value in ("", 0)


def _wire_type(declared: Field) -> int:
    if declared.type == "double":
        return _FIXED64
    return _BYTES if declared.type == "string" or declared.type in MESSAGES else _VARINT


def _encoded(declared: Field, value: Value) -> bytes:
    if isinstance(value, Message):
        return _delimited(encode(value))
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, str) and declared.type in ENUMS:
        return _varint(ENUMS[declared.type].index(value))
    return _delimited(value.encode()) if isinstance(value, str) else _varint(int(value))


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _delimited(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


class _Decoder:
    def __init__(self, data: bytes, file: str, problems: Collector) -> None:
        self._data, self._place, self._problems = data, SourceLocation(file), problems

    def message(self, type: str, start: int, end: int, nested: int) -> Message:
        """Read a message between two places."""
        found = Message(type, start=start)
        names = {declared.number: declared for declared in MESSAGES[type].values()}
        at = start
        try:
            while at < end:
                tag, place = self._varint(at, end)
                begin, at = self._extent(tag & 7, place, end)
                declared = names.get(tag >> 3)
                if declared is None:
                    found.unknown.append(tag >> 3)
                    continue
                if nested > _MOST_NESTED:
                    raise _DamagedError(begin, "messages nest too deeply")
                values = list(self._values(declared, tag & 7, begin, at, nested))
                found.fields.setdefault(declared.name, []).extend(values)
        except _DamagedError as damage:
            why = f"byte {damage.place} of '{type}': {damage}"
            self._problems.error(why, self._place)
        return found

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for count in range(10):
            if at + count >= end:
                raise _DamagedError(at, "a number has no end")
            byte = self._data[at + count]
            value |= (byte & 0x7F) << (7 * count)
            if byte < 0x80:
                return value & (2**64 - 1), at + count + 1
        raise _DamagedError(at, "a number is too long: expected 10 bytes or fewer")

    def _extent(self, wire_type: int, at: int, end: int) -> tuple[int, int]:
        """Return where the content of a field begins, and ends."""
        if wire_type == _VARINT:
            return at, self._varint(at, end)[1]
        if wire_type == _BYTES:
            length, begin = self._varint(at, end)
        elif wire_type in (_FIXED64, _FIXED32):
            length, begin = (8 if wire_type == _FIXED64 else 4), at
        else:
            raise _DamagedError(at, f"wire type {wire_type} is unknown: expected 0, 1, 2 or 5")
        if begin + length > end:
            need = f"{end - begin} at most"
            raise _DamagedError(at, f"a field of {length} bytes: expected {need}")
        return begin, begin + length

    def _values(
        self, declared: Field, wire_type: int, begin: int, end: int, nested: int
    ) -> Iterator[Value]:
        need = _wire_type(declared)
        if need == _VARINT and wire_type == _BYTES and declared.repeated:
            while begin < end:
                number, begin = self._varint(begin, end)
                yield self._number(declared, number)
            return
        if wire_type != need:
            have = f"wire type {wire_type}: expected {need}"
            raise _DamagedError(begin, f"field '{declared.name}' has {have}")
        if declared.type in MESSAGES:
            yield self.message(declared.type, begin, end, nested + 1)
        elif declared.type == "double":
            yield float(struct.unpack_from("<d", self._data, begin)[0])
        elif declared.type == "string":
            try:
                yield self._data[begin:end].decode()
            except UnicodeDecodeError:
                why = f"field '{declared.name}' is no UTF-8 text"
                raise _DamagedError(begin, why) from None
        else:
            yield self._number(declared, self._varint(begin, end)[0])

    def _number(self, declared: Field, number: int) -> Value:
        if declared.type == "bool":
            return number != 0
        words = ENUMS.get(declared.type, ())
        return words[number] if number < len(words) else number
