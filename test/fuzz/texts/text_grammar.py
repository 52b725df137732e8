"""Words and sentences of the published grammar, whatever statements it has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import lark
from lark.grammar import NonTerminal, Rule, Symbol, Terminal
from lark.lexer import PatternStr
from text_draft import Draft, Line

import rdu.configuration

PATH = Path(rdu.configuration.__file__).with_name("grammar.lark")

DEEPEST = 40
"""From this depth on a derivation takes the shortest way out."""

_BASES = (0, 1, 2, 16, 64, 255, 2**15, 2**16, 2**31, 2**32, 2**53, 10**18)

HOSTILE_INTEGERS = (
    *(str(value) for base in _BASES for value in (base - 1, base, base + 1) if value >= 0),
    *(str(2**63), str(10**30)),
)

SAMPLES = (
    *HOSTILE_INTEGERS,
    *("a", "x", "main", "over_1", "_", "pass", "a.b", "0.weight", "init.x", "a.b.c", "u.v.w"),
    *("1.0", "0.0", "1e9", "1e39", "1e-46", "0.5e-3", "16777217.0"),
    *('""', '"gemm.py"', '"\\""', '"sha256:0"'),
)
"""Words for the terminals that are no fixed text."""


class Grammar:
    """Random derivations from the grammar's rules."""

    def __init__(self) -> None:
        parser = lark.Lark(PATH.read_text(encoding="utf-8"), parser="lalr")
        self.rules: dict[str, list[Rule]] = {}
        for rule in parser.rules:
            self.rules.setdefault(rule.origin.name, []).append(rule)
        ignored = set(parser.ignore_tokens)
        self.fixed = {
            t.name: t.pattern.value for t in parser.terminals if isinstance(t.pattern, PatternStr)
        }
        self.words = frozenset(self.fixed.values())
        self.patterns = {
            t.name: re.compile(t.pattern.to_regexp())
            for t in parser.terminals
            if t.name not in self.fixed and t.name not in ignored
        }
        self.height = self._heights()
        self.statements = [name for name in self.rules if self._is_statement(name)]
        self.vocabulary = (*self.fixed.values(), *SAMPLES)
        """Every fixed word and mark of the language, and samples of the others."""

    def sentence(self, random: Random, names: list[str]) -> Draft:
        """Return one statement of the language, with its block; `names` fill its gaps."""
        words = self._derive(random.choice(self.statements), random, names, 0)
        return _draft(words)

    def program(self, random: Random, names: list[str]) -> Draft:
        """Return a whole text of the language."""
        return _draft(self._derive("start", random, names, 0))

    def _derive(self, name: str, random: Random, names: list[str], depth: int) -> list[str]:
        rules = self.rules[name]
        if depth >= DEEPEST:
            rules = [min(rules, key=self._height_of)]
        words: list[str] = []
        for symbol in random.choice(rules).expansion:
            if isinstance(symbol, NonTerminal):
                words += self._derive(symbol.name, random, names, depth + 1)
            else:
                words.append(self._word(symbol, random, names))
        return words

    def _word(self, symbol: Symbol, random: Random, names: list[str]) -> str:
        if symbol.name in self.fixed:
            return self.fixed[symbol.name]
        if symbol.name == "_NL":
            return "\n"
        pattern = self.patterns[symbol.name]
        # RESULT and DRIVEN look at the mark behind them.
        after = {"RESULT": " =", "DRIVEN": " <-"}.get(symbol.name, "")
        fitting = [w for w in names if _matches(pattern, w, after)]
        if not fitting or random.random() < 0.3:
            fitting = [w for w in SAMPLES if _matches(pattern, w, after)]
        return random.choice(fitting)

    def _is_statement(self, name: str) -> bool:
        """Whether every sentence of a rule is one whole statement."""
        inlined = name.startswith("_")
        return not inlined and name != "start" and self._ends_line(name)

    def _ends_line(self, name: str) -> bool:
        ends = [rule.expansion[-1] for rule in self.rules[name]]
        return all(
            end.name == "_NL" if isinstance(end, Terminal) else self._ends_line(end.name)
            for end in ends
        )

    def _heights(self) -> dict[str, int]:
        height: dict[str, int] = {}
        while len(height) < len(self.rules):
            for name, rules in self.rules.items():
                known = [
                    max((height[s.name] for s in rule.expansion if s.name in self.rules), default=0)
                    for rule in rules
                    if all(s.name in height for s in rule.expansion if s.name in self.rules)
                ]
                if known and name not in height:
                    height[name] = min(known) + 1
        return height

    def _height_of(self, rule: Rule) -> tuple[int, int]:
        inner = [self.height[s.name] for s in rule.expansion if s.name in self.rules]
        return max(inner, default=0), len(rule.expansion)


@cache
def grammar() -> Grammar:
    """Return the published grammar."""
    return Grammar()


def _matches(pattern: re.Pattern[str], word: str, after: str) -> bool:
    found = pattern.match(word + after)
    return found is not None and found.end() == len(word)


def _draft(words: list[str]) -> Draft:
    """Arrange words and line ends as nested lines."""
    blocks: list[list[Line]] = [[]]
    line: list[str] = []
    for word in [*words, "\n"]:
        if word != "\n":
            line.append(word)
        elif line == ["}"] and len(blocks) > 1:
            blocks.pop()
            line = []
        elif line and line[-1] == "{":
            block: list[Line] = []
            blocks[-1].append(Line(line[:-1], block))
            blocks.append(block)
            line = []
        elif line:
            blocks[-1].append(Line(line))
            line = []
    return Draft(blocks[0])
