"""Small damages to a text, most of which leave the rest of it meaningful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from text_draft import INT, WORD, Draft, Line
from text_grammar import HOSTILE_INTEGERS, grammar

MOST_CHARACTERS = 200_000
"""A longer text is cut: what matters is its shape, and many are to be read."""


def mutated(random: Random, corpus: Sequence[Draft]) -> bytes:
    """Return a text as bytes: one of the corpus a few mutations on, or one made from nothing.

    Half of the texts have mutations that mostly leave them readable, so that they get as far as the
    verifier and the engines.
    """
    if random.random() < 0.03:
        return _of_words(random)
    readable = _coin(random)
    draft = _start(random, corpus)
    for _ in range(_few(random)):
        random.choice(READABLE if readable else DRAFT_MUTATIONS)(random, draft, corpus)
    raw = draft.render().encode("utf-8", "surrogatepass")[:MOST_CHARACTERS]
    if not readable and random.random() < 0.3:
        for _ in range(_few(random)):
            raw = random.choice(BYTE_MUTATIONS)(random, raw)
    return raw


def _start(random: Random, corpus: Sequence[Draft]) -> Draft:
    if random.random() < 0.03:
        return grammar().program(random, _names(random.choice(corpus)))
    (base,) = random.choices(corpus, [1 / draft.size for draft in corpus])
    return base.copy()


def _few(random: Random) -> int:
    """Return a number from 1 on, small more often than not."""
    return min(1 + int(random.expovariate(0.7)), 12)


def _of_words(random: Random) -> bytes:
    marks = (*grammar().vocabulary, "\n", "\n", "{\n", "}\n")
    return " ".join(random.choices(marks, k=random.randint(1, 300))).encode()


# -- words ----------------------------------------------------------------------------------------


def drop_word(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Drop a word of a line."""
    line, position = _any_word(random, draft)
    del line.words[position : position + 1]


def double_word(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Write a word of a line twice, or a few times more."""
    line, position = _any_word(random, draft)
    again = 10_000 if random.random() < 0.01 else random.randint(1, 4)
    line.words[position:position] = line.words[position : position + 1] * again


def swap_words(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Swap two words of the text."""
    one, i = _any_word(random, draft)
    other, j = (
        (one, random.randrange(len(one.words))) if _coin(random) else _any_word(random, draft)
    )
    one.words[i], other.words[j] = other.words[j], one.words[i]


def like_word(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Replace a word by another of the text of its kind: name, number, word of the language."""
    line, position = _any_word(random, draft)
    kind = _kind(line.words[position])
    alike = [w for other in _lines(draft) for w in other.words if _kind(w) == kind]
    line.words[position] = random.choice(alike)


def any_word(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Put a word of the language somewhere, in place of another or not."""
    line, position = _any_word(random, draft)
    end = position + random.randint(0, 1)
    line.words[position:end] = [random.choice(grammar().vocabulary)]


def other_integer(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Replace a number: by a neighbour, a hostile one, or with a minus."""
    found = [(line, i) for line in _lines(draft) for i, w in enumerate(line.words) if _is_int(w)]
    if not found:
        return
    line, position = random.choice(found)
    line.words[position : position + 1] = _number(random, line.words[position])


def same_integer(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Replace a number wherever it stands, so that sizes still agree."""
    numbers = [w for line in _lines(draft) for w in line.words if _is_int(w)]
    if numbers:
        old = random.choice(numbers)
        new = _number(random, old)
        for line in _lines(draft):
            line.words = [w for word in line.words for w in (new if word == old else [word])]


def rename(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Replace a name wherever it stands, by another of the text or by an odd one."""
    names = _names(draft)
    if not names:
        return
    old = random.choice(names)
    odd = ("pass", "x" * 300, "_", "a.b", *grammar().fixed.values())
    new = random.choice(odd if random.random() < 0.2 else names)
    for line in _lines(draft):
        line.words = [new if word == old else word for word in line.words]


# -- lines and blocks -----------------------------------------------------------------------------


def drop_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Drop a statement with its block, or only the line that opens it."""
    block, position = _any_line(random, draft)
    inner = block[position].block
    block[position : position + 1] = inner if inner and _coin(random) else []


def double_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Write a statement twice, or very often."""
    block, position = _any_line(random, draft)
    again = random.choice((1, 1, 1, 2, 3, 300 if block[position].block is None else 20))
    block[position:position] = (block[position].copy() for _ in range(again))


def move_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Move a statement somewhere else."""
    block, position = _any_line(random, draft)
    line = block.pop(position)
    blocks = [draft.lines, *(inner.block for inner in _lines(draft) if inner.block is not None)]
    target = random.choice(blocks)
    target.insert(random.randint(0, len(target)), line)


def swap_lines(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Swap two statements of a block."""
    block, i = _any_line(random, draft)
    j = random.randrange(len(block))
    block[i], block[j] = block[j], block[i]


def new_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Put a statement of the grammar somewhere, in place of another or not."""
    _put(random, draft, grammar().sentence(random, _names(draft)).lines)


def borrow_line(random: Random, draft: Draft, corpus: Sequence[Draft]) -> None:
    """Put a statement of another text somewhere, in place of another or not."""
    donor, chosen = _any_line(random, random.choice(corpus))
    _put(random, draft, [donor[chosen].copy()])


def _put(random: Random, draft: Draft, lines: list[Line]) -> None:
    """Put lines somewhere, rather where a statement of their kind stands."""
    alike = [place for place in draft.places() if _keyword(place) == lines[0].words[:1]]
    block, position = random.choice(alike) if alike else _any_line(random, draft)
    block[position : position + random.randint(0, 1)] = lines


def _keyword(place: tuple[list[Line], int]) -> list[str]:
    block, position = place
    return block[position].words[:1]


def nest_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Wrap a statement in blocks, perhaps very deep ones."""
    block, position = _any_line(random, draft)
    words = random.choice(list(_lines(draft))).words
    for _depth in range(random.choice((1, 1, 2, 5, 300))):
        block[position] = Line(list(words), [block[position]])


def join_lines(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Make one line of a block's lines."""
    block = _any_line(random, draft)[0]
    words = [word for line in block for word in line.words]
    block[:] = [Line(words)]


def open_line(random: Random, draft: Draft, _: Sequence[Draft]) -> None:
    """Give a line a block, or take it away with all inside."""
    block, position = _any_line(random, draft)
    line = block[position]
    line.block = [] if line.block is None else None


READABLE: tuple[Callable[[Random, Draft, Sequence[Draft]], None], ...] = (
    *(like_word, like_word, other_integer, other_integer, same_integer, same_integer, rename),
    *(drop_line, double_line, swap_lines, new_line, borrow_line),
)

DRAFT_MUTATIONS: tuple[Callable[[Random, Draft, Sequence[Draft]], None], ...] = (
    *READABLE,
    *(drop_word, double_word, swap_words, any_word, move_line, nest_line, join_lines, open_line),
)


# -- bytes ----------------------------------------------------------------------------------------

ODD_BYTES = (
    *(
        b"\0",
        b"\r",
        b"\r\n",
        b"\n",
        b"\t",
        b"\x0b",
        b"\x0c",
        b"\x7f",
        b'"',
        b"\\",
        b"//",
        b"{",
        b"}",
    ),
    *(
        text.encode()
        for text in ("\u00e9", "\u2028", "\x85", "\u0661", "\U0001f600", "\ufeff", "$")
    ),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"),
)


def odd_byte(random: Random, raw: bytes) -> bytes:
    """Put an odd character somewhere, or many of it."""
    position = random.randint(0, len(raw))
    often = 20_000 if random.random() < 0.02 else 1
    return raw[:position] + random.choice(ODD_BYTES) * often + raw[position:]


def flip_bit(random: Random, raw: bytes) -> bytes:
    """Flip a bit."""
    if not raw:
        return raw
    position = random.randrange(len(raw))
    flipped = raw[position] ^ (1 << random.randrange(8))
    return raw[:position] + bytes([flipped]) + raw[position + 1 :]


def cut(random: Random, raw: bytes) -> bytes:
    """Drop a stretch, or all from there on."""
    start, end = sorted(random.choices(range(len(raw) + 1), k=2))
    return raw[:start] + (raw[end:] if _coin(random) else b"")


def repeat(random: Random, raw: bytes) -> bytes:
    """Write a stretch of a few characters very often."""
    start = random.randint(0, len(raw))
    stretch = raw[start : start + random.randint(1, 8)]
    return raw[:start] + stretch * random.choice((2, 50, 5_000)) + raw[start:]


def other_ends(_: Random, raw: bytes) -> bytes:
    """End lines as Windows does."""
    return raw.replace(b"\n", b"\r\n")


BYTE_MUTATIONS: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(odd_byte, odd_byte, flip_bit, cut, repeat, other_ends),
)


# -- choices --------------------------------------------------------------------------------------


def _lines(draft: Draft) -> list[Line]:
    return [block[position] for block, position in draft.places()] or [_dummy(draft)]


def _any_line(random: Random, draft: Draft) -> tuple[list[Line], int]:
    _lines(draft)
    return random.choice(draft.places())


def _any_word(random: Random, draft: Draft) -> tuple[Line, int]:
    line = random.choice(_lines(draft))
    if not line.words:
        line.words.append("x")
    return line, random.randrange(len(line.words))


def _dummy(draft: Draft) -> Line:
    """Give an empty text a line to work on."""
    draft.lines.append(Line(["host"], []))
    return draft.lines[-1]


def _names(draft: Draft) -> list[str]:
    """Return the names of a text."""
    return sorted({w for line in _lines(draft) for w in line.words if _kind(w) == "name"})


def _number(random: Random, old: str) -> list[str]:
    choice = random.randrange(8)
    if choice < 4:
        return [str(max(0, int(old[:18]) + random.choice((-1, 1, 2))))]
    if choice == 4:
        return ["-", old]
    return [random.choice(HOSTILE_INTEGERS)]


def _kind(word: str) -> str:
    if _is_int(word):
        return "int"
    if WORD.fullmatch(word) is None:
        return "mark"
    return "word" if word in grammar().words else "name"


def _is_int(word: str) -> bool:
    return INT.fullmatch(word) is not None


def _coin(random: Random) -> bool:
    return random.random() < 0.5
