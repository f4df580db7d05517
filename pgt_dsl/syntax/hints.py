"""What to say about a syntax error: the place, what stood before it, what was found and what could have stood there.

The rules that know the likely mistakes are in ``hint_rules.py``; what none of them knows is said in general terms.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from lark.exceptions import UnexpectedInput, UnexpectedToken

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source, Span

RESERVED = frozenset(
    ("let", "pick", "def", "use", "require", "twin", "ask", "if", "then", "else", "or", "and", "not", "in", "except")
)
STATEMENTS = ("use", "canvas", "background", "let", "pick", "shape", "kind", "def", "require", "twin", "ask")
CLAUSES = ("answer", "even", "clear", "within", "expect", "wrong", "say", "because")
KEYWORDS = frozenset((*RESERVED, *STATEMENTS, *CLAUSES, "task", "module", "by", "moves", "over", "as", "of", "where"))
OPERATORS = frozenset(("ADD", "MUL", "COMPARE", "AND", "OR", "IN", "RANGE", "EXCEPT", "DOT", "LSQB", "LPAR"))
STARTS_EXPR = frozenset(("NAME", "NUMBER", "STRING", "LPAR", "LSQB", "MINUS", "IF", "NOT"))
_SIGNS = {
    "COLON": ":", "TILDE": "~", "EQUAL": "=", "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}", "LPAR": "(",
    "RPAR": ")", "COMMA": ",", "VBAR": "|", "DOT": ".", "RANGE": "..", "MINUS": "-",
}  # fmt: skip
_KINDS = {"NAME": "a name", "NUMBER": "a number", "STRING": "a text in quotes", "$END": "the end"}
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"|[0-9]+(?:\.[0-9]+)?[A-Za-z0-9_%]*|[A-Za-z_][A-Za-z0-9_]*|\.\.|[=!<>]=|#[^\n]*|\S'
)
_WORD_FIRST = re.compile(rf"^[ \t]*({'|'.join((*STATEMENTS, 'task', 'module'))})\b(?!\s*(?:~|=(?!=)|[.,)\]]))", re.M)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A syntax error with its surroundings. Offsets are into ``source``; ``region`` is the stretch being parsed."""

    source: Source
    region: tuple[int, int]
    start: int
    end: int
    kind: str  # the terminal found, "$END", or "" where no terminal of the language begins
    accepts: Set[str]
    previous: tuple[int, int]  # the token before, empty at the start of the region
    opened: tuple[tuple[int, str], ...]  # brackets still open, outermost first
    word: str  # the keyword that begins the statement, or ""
    word_start: int

    @property
    def found(self) -> str:
        """The text found."""
        return self.source.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The text of the token before."""
        return self.source.text[self.previous[0] : self.previous[1]]

    @property
    def span(self) -> Span:
        """The span of what was found."""
        return Span(self.source, self.start, self.end)

    @property
    def previous_span(self) -> Span:
        """The span of the token before."""
        return Span(self.source, *self.previous)

    @property
    def keyword(self) -> str:
        """The keyword found, or ``""``. A soft keyword that cannot stand there may have been read as a name."""
        read_as_name = self.kind == "NAME" and "NAME" in self.accepts
        return self.found if self.found in KEYWORDS and not read_as_name else ""

    @property
    def first_on_line(self) -> bool:
        """Whether what was found begins its line."""
        text = self.source.text
        return not text[text.rfind("\n", 0, self.start) + 1 : self.start].strip()

    @property
    def ends_here(self) -> bool:
        """Whether a new statement, a clause, a closing bracket or the end was found: the expression before is over."""
        stops = ("$END", "RPAR", "RSQB", "RBRACE", "COMMA", "VBAR", "COLON")
        return self.kind in stops or self.keyword not in ("", "if", "not")

    @property
    def inside(self) -> str:
        """The innermost open bracket, or ``""``."""
        return self.opened[-1][1] if self.opened else ""


def offset_of(problem: UnexpectedInput, end: int) -> int:
    """Where the error lies; ``end`` for an unexpected end."""
    if isinstance(problem, UnexpectedToken) and problem.token.type == "$END":
        return end
    return problem.pos_in_stream if problem.pos_in_stream is not None else end


def explain(problem: UnexpectedInput, source: Source, start: int, end: int, errors: Collector) -> None:
    """Record the diagnostic for a syntax error met while parsing ``[start, end)``."""
    from pgt_dsl.syntax.hint_rules import RULES  # the rules need this module's ``Mistake``

    mistake = _surroundings(problem, source, start, end)
    for rule in RULES:
        if rule(mistake, errors):
            return
    generic(mistake, errors)


def missing_header(source: Source, start: int, errors: Collector) -> None:
    """Record that a file does not begin with ``task`` or ``module``."""
    line = source.text[start:].split("\n", 1)[0].rstrip()
    errors.error(
        "P127",
        "a file begins with `task` or `module` and its name",
        Span(source, start, start + min(len(line), 40)),
        help='write `task "family/name"` at the top',
    )


def _surroundings(problem: UnexpectedInput, source: Source, start: int, end: int) -> Mistake:
    kind = problem.token.type if isinstance(problem, UnexpectedToken) else ""
    tokens = [m.span() for m in _TOKEN.finditer(source.text, start, end) if not m[0].startswith("#")]
    place = offset_of(problem, end)
    before = [span for span in tokens if span[1] <= place]
    opened: list[tuple[int, str]] = []
    for first, _ in before:
        char = source.text[first]
        if char in "([{":
            opened.append((first, char))
        elif char in ")]}" and opened:
            opened.pop()
    previous = before[-1] if before else (start, start)
    if kind == "$END":
        first = last = previous[1]
    else:
        first = place
        match = _TOKEN.match(source.text, place)
        last = match.end() if match else place + 1
        if isinstance(problem, UnexpectedToken) and problem.token.end_pos is not None:
            last = problem.token.end_pos
    words = list(_WORD_FIRST.finditer(source.text, start, max(first, start)))
    interactive = getattr(problem, "interactive_parser", None)
    accepts = interactive.accepts() if interactive is not None else set(getattr(problem, "allowed", None) or ())
    return Mistake(
        source,
        (start, end),
        first,
        last,
        kind,
        frozenset(accepts),
        previous,
        tuple(opened),
        words[-1][1] if words else "",
        words[-1].start(1) if words else start,
    )


def wanted(accepts: Set[str]) -> list[str]:
    """What could stand there, in words that a person understands."""
    left = set(accepts)
    words: list[str] = []
    if {"NAME", "LPAR", "NUMBER"} <= left:
        words.append("an expression")
        left -= STARTS_EXPR
    elif OPERATORS & left and {"AND", "OR"} & left:
        words.append("an operator")
        left -= OPERATORS
    if {"LET", "PICK", "ASK"} <= left:
        words.append("the next statement")
        left -= {word.upper() for word in STATEMENTS} | {"$END"}
    if len(left & {"EVEN", "CLEAR", "EXPECT", "WRONG", "SAY"}) >= 4:
        words.append("a clause of the question")
        left -= {word.upper() for word in CLAUSES if word != "answer"}
    for name in ("NAME", "NUMBER", "STRING"):
        if name in left:
            words.append(_KINDS[name])
    words += [f"`{_SIGNS[name]}`" for name in _SIGNS if name in left]
    words += sorted(f"`{name.lower()}`" for name in left if name.lower() in KEYWORDS)
    if "$END" in left:
        words.append("the end")
    return words


def named(mistake: Mistake) -> str:
    """What was found, in words that a person understands."""
    if mistake.kind == "$END":
        return "the end" if mistake.region[1] >= len(mistake.source.text) else "the next statement"
    if mistake.kind == "STRING":
        return "a text"
    return f"`{mistake.found}`"


def generic(mistake: Mistake, errors: Collector) -> None:
    """Record ``expected X or Y, found Z``."""
    words = wanted(mistake.accepts)[:5]
    expected = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "something else"
    span = mistake.span
    if mistake.kind == "$END":
        span = mistake.previous_span
        errors.error("P100", f"expected {expected}, found {named(mistake)}", span, "after this")
    else:
        errors.error("P100", f"expected {expected}, found {named(mistake)}", span)
