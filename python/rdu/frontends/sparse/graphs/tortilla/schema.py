"""The messages of `tortilla` (proto3): fields by number, as Comal and FuseFlow read and write them.

Field numbers, names and types are those of github.com/stanford-ppl/comal, `tortilla/proto`. Only
the four kinds of streams differ there by name; their content is the same. `Concat` came later, and
the numbers of its fields are not public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message."""

    number: int
    type: str
    name: str
    repeated: bool = False


def _fields(*texts: str) -> Mapping[str, Field]:
    """Read fields written as `1 string name`, with a `*` after the number if there are several."""
    found: dict[str, Field] = {}
    for text in texts:
        number, kind, name = text.split()
        found[name] = Field(int(number.rstrip("*")), kind, name, number.endswith("*"))
    return found


def _bundle(kind: str) -> Mapping[str, Field]:
    return _fields(f"1 {kind} input", f"2* {kind} outputs")


def _gathering(kind: str) -> Mapping[str, Field]:
    return _fields(f"1 {kind} output", f"2* {kind} inputs")


_STREAM = _fields("1 StreamID id", "2 string name")
_PAIR = ("1 CrdStream input_inner_crd", "2 CrdStream input_outer_crd")
_MANAGER = _fields(
    *_PAIR,
    "3 CrdStream output_inner_crd",
    "4 CrdStream output_outer_crd",
    "5 string inner_crd",
    "6 string outer_crd",
    "7 string label",
)

_CONNECTION = _fields(
    "1 string label",
    "2 CrdBundle crd",
    "3 RefBundle ref",
    "4 ValBundle val",
    "5 SigBundle repsig",
)

STREAM_KINDS: Mapping[str, str] = {
    "CrdStream": "crd",
    "RefStream": "ref",
    "ValStream": "val",
    "RepSigStream": "repsig",
}
"""What each stream message carries: each kind has ids of its own."""

OPERATORS: Mapping[str, Field] = _fields(
    "11 Generator root",
    "12 Joiner joiner",
    "13 FiberLookup fiber_lookup",
    "14 FiberWrite fiber_write",
    "15 Repeat repeat",
    "16 RepeatSig repeatsig",
    "17 ALU alu",
    "18 Reduce reduce",
    "19 CoordHold coord_hold",
    "20 CoordMask coord_mask",
    "21 CoordDrop coord_drop",
    "22 ArrayVals array",
    "23 SparseAccumulator spacc",
    "24 ValWrite val_write",
    "25 Intrinsic func",
    "26 Broadcast broadcast",
    "27 Fork fork",
    "28 Join join",
    "29 GenRef gen_ref",
    "30 Locate locate",
    "31 Concat concat",
)
"""What an operation may be: one of these fields is there."""

MESSAGES: Mapping[str, Mapping[str, Field]] = {
    "ComalGraph": _fields("1 string name", "2 uint64 channel_size", "3 ProgramGraph graph"),
    "ProgramGraph": _fields("1 string name", "2* Operation operators"),
    "Operation": {**_fields("1 string name", "2 uint64 id"), **OPERATORS},
    "StreamID": _fields("1 uint64 id"),
    **dict.fromkeys(STREAM_KINDS, _STREAM),
    "Generator": _fields("1 string label", "2 string tensor", "3 RefStream output_ref"),
    "Joiner": _fields(
        "1 JoinType join_type",
        "2* JoinBundle input_pairs",
        "3 string index",
        "4 string label",
        "5* Payload output_refs",
        "6 CrdStream output_crd",
    ),
    "JoinBundle": _fields("1 CrdStream crd", "2 Payload in_ref"),
    "Payload": _fields("1 RefStream ref_stream", "2 ValStream val_stream"),
    "FiberLookup": _fields(
        "2 RefStream input_ref",
        "3 RefStream output_ref",
        "4 CrdStream output_crd",
        "5 string index",
        "6 string tensor",
        "7 uint64 mode",
        "8 string format",
        "9 bool src",
        "10 bool root",
        "11 string label",
    ),
    "FiberWrite": _fields(
        "1 bool ref",
        "2 CrdStream input_crd",
        "3 string index",
        "4 string tensor",
        "5 string mode_val",
        "6 string format",
        "7 string segsize",
        "8 string crdsize",
        "9 string size",
        "10 bool sink",
        "11 string label",
    ),
    "Repeat": _fields(
        "1 RefStream in_ref",
        "2 ValStream in_val",
        "3 RefStream out_ref",
        "4 ValStream out_val",
        "5 RefStream rep_ref",
        "6 ValStream rep_val",
        "7 string label",
        "8 string index",
        "9 bool root",
        "10 string tensor",
    ),
    "RepeatSig": _fields(
        "1 CrdStream input_crd",
        "2 RepSigStream output_rep_sig",
        "3 string label",
        "4 string index",
    ),
    "ALU": _fields(
        "1 ValConnection vals",
        "2 CrdConnection crds",
        "3* Stage stages",
        "4 uint64 output_val",
        "5 string label",
        "6 uint64 stream_shape",
        "7 bool blocked",
        "8 double scalar",
    ),
    "ValConnection": _fields("1* ValStream inputs", "2 ValStream output"),
    "CrdConnection": _fields("1* CrdStream inputs", "2 CrdStream output"),
    "Stage": _fields("1* uint64 inputs", "2 uint64 output", "3 ALUOp op"),
    "Reduce": _fields(
        "1 ValStream input_val",
        "2 ValStream output_val",
        "3 string label",
        "4 uint64 stream_shape",
        "5 bool blocked",
        "6 ReduceType reduce_type",
    ),
    "CoordHold": _MANAGER,
    "CoordDrop": _MANAGER,
    "CoordMask": _fields(
        *_PAIR,
        "3 RefStream input_ref",
        "4 CrdStream output_inner_crd",
        "5 CrdStream output_outer_crd",
        "6 RefStream output_ref",
    ),
    "ArrayVals": _fields(
        "1 string tensor",
        "2 RefStream input_ref",
        "3 ValStream output_val",
        "4 string label",
        "5 uint64 stream_shape",
        "6 bool blocked",
    ),
    "SparseAccumulator": _fields(
        "1 CrdStream input_inner_crd",
        "2 CrdStream output_inner_crd",
        "3* CrdStream input_outer_crds",
        "4 ValStream input_val",
        "5 ValStream output_val",
        "6 uint64 order",
        "7 string inner_crd",
        "8* string outer_crds",
        "9 string label",
        "10* CrdStream output_outer_crds",
        "11 uint64 stream_shape",
        "12 bool blocked",
    ),
    "ValWrite": _fields(
        "1 ValStream input_val",
        "2 string label",
        "3 string crdsize",
        "4 string segsize",
        "5 string tensor",
        "6 bool sink",
    ),
    "Intrinsic": _fields(
        "1 string name",
        "2 ValStream input_val",
        "3* CrdStream inputs",
        "4 ValStream output_val",
        "5* CrdStream outputs",
    ),
    "Broadcast": _fields(
        "1 string label",
        "2 CrdBundle crd",
        "3 RefBundle ref",
        "4 ValBundle val",
        "5 SigBundle repsig",
    ),
    "Fork": _fields(
        "1 string label",
        "2 CrdBundle crd",
        "3 RefBundle ref",
        "4 ValBundle val",
        "5 SigBundle repsig",
    ),
    "Join": _fields(
        "1 string label", "2 CrdJoin crd", "3 RefJoin ref", "4 ValJoin val", "5 SigJoin repsig"
    ),
    "CrdBundle": _bundle("CrdStream"),
    "RefBundle": _bundle("RefStream"),
    "ValBundle": _bundle("ValStream"),
    "SigBundle": _bundle("RepSigStream"),
    "CrdJoin": _gathering("CrdStream"),
    "RefJoin": _gathering("RefStream"),
    "ValJoin": _gathering("ValStream"),
    "SigJoin": _gathering("RepSigStream"),
    "GenRef": _fields("1 ValStream input_crd", "2 ValStream output_ref", "3 string label"),
    "Locate": _fields(
        "1 CrdStream input_crd",
        "2 RefStream input_ref",
        "3 RefStream output_ref1",
        "4 RefStream output_ref2",
        "5 CrdStream output_crd",
        "6 string label",
    ),
    "Concat": {},
}
"""Every message, by type."""

ENUMS: Mapping[str, tuple[str, ...]] = {
    "JoinType": ("INTERSECT", "UNION"),
    "ReduceType": ("ADD", "MAX", "ADDSUM"),
    "ALUOp": (
        "ADD",
        "SUB",
        "MUL",
        "DIV",
        "EXP",
        "SIN",
        "COS",
        "MAX",
        "SCALARADD",
        "SCALARMUL",
        "SCALARDIV",
        "RSQRT",
        "SIGMOID",
        "ELEMMUL",
    ),
}
"""The words of every enum, from 0 on."""
