"""Rules about single signs, numbers and quotes: what other languages write otherwise. See ``hint_rules.py``."""

from __future__ import annotations

import re
from difflib import get_close_matches

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Span
from pgt_dsl.syntax.hints import Mistake

UNITS = ("px", "vmin", "vw", "vh", "deg", "%")
_NEAREST = {
    "cm": "vmin", "mm": "vmin", "in": "vmin", "em": "vmin", "rem": "vmin", "pt": "px", "vmax": "vmin", "s": "vmin",
    "w": "vw", "h": "vh", "degree": "deg", "degrees": "deg", "d": "deg", "rad": "deg", "turn": "deg", "pc": "%",
    "percent": "%", "pixel": "px", "pixels": "px",
}  # fmt: skip
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)([^\W\d]\w*|%\w+|\w+)?")
_SIGNS = {
    "&&": ("and", "`a and b`"), "&": ("and", "`a and b`"), "||": ("or", "`a or b`"),
    "!": ("not", "`not a`"), "===": ("==", ""), "!==": ("!=", ""), "<>": ("!=", ""), "=<": ("<=", ""),
    "=>": (">=", ""), "**": ("pow(a, b)", ""), "^": ("pow(a, b)", ""), "%": ("mod(a, b)", ""),
    "->": (":", "`def f(a: shape): bool = ...`"), "≤": ("<=", ""), "≥": (">=", ""), "≠": ("!=", ""),
    "\N{MULTIPLICATION SIGN}": ("*", ""), "÷": ("/", ""), "\N{MINUS SIGN}": ("-", ""), "…": ("..", ""),
    "...": ("..", ""), "°": ("deg", "`30deg`"), "?": ("if then else", "`if a then b else c`"),
}  # fmt: skip
_QUOTES = "'‘’“”„«»`"  # the quotes that people paste


def unit_apart(m: Mistake, errors: Collector) -> bool:
    """``2 vmin``, ``20 %``."""
    if m.found not in UNITS or not re.fullmatch(r"[0-9.]+", m.before) or m.previous[1] == m.start:
        return False
    if m.found == "%" and re.match(r"%\s*[\w(]", m.source.text[m.start : m.start + 9]):
        return False  # a remainder was meant
    span = m.previous_span.to(m.span)
    errors.error("P101", "a number and its unit are one word", span, help=f"write `{m.before}{m.found}`")
    return True


def number_form(m: Mistake, errors: Collector) -> bool:
    """``2cm``, ``1e3``, ``.5``, ``1_000``."""
    text = m.source.text
    if m.kind == "DOT" and (digits := re.match(r"\.([0-9]+\w*)", text[m.start : m.start + 40])):
        span = Span(m.source, m.start, m.start + digits.end())
        errors.error("P121", "a number begins with a digit", span, help=f"write `0{digits[0]}`")
        return True
    if m.kind == "NUMBER" and m.before == "." and m.accepts == {"NAME"}:
        errors.error("P121", "the ends of a range are joined by `..`", m.previous_span, help=f"`.. {m.found}`")
        return True
    match = _NUMBER.match(text, m.start) if m.kind == "" else None
    if match is None:
        return False
    span, digits_text, unit = Span(m.source, *match.span()), match[1], match[2] or ""
    if re.match(r"[eE][0-9]*", unit) and (unit[1:2].isdigit() or text[match.end() : match.end() + 1] in ("+", "-")):
        errors.error("P121", "numbers are written without exponent", span, help="`1000`, not `1e3`")
    elif unit.startswith("_"):
        errors.error("P121", "digits stand together", span, help=f"write `{digits_text}{unit.replace('_', '')}`")
    elif unit.lower() in ("x", "b", "o") or digits_text == "0":
        errors.error("P121", f"`{match[0]}` is not a number", span, help="numbers are decimal: `12`, `0.5`, `30deg`")
    else:
        close = _NEAREST.get(unit.lower()) or next(iter(get_close_matches(unit.lower(), UNITS, 1, 0.6)), None)
        helps = [f"did you mean `{digits_text}{close}`?"] if close else []
        unit_span = Span(m.source, match.start(2), match.end(2)) if match[2] else span
        errors.error("P102", f"there is no unit `{unit}`", unit_span, help=[*helps, "units: px, vmin, vw, vh, deg, %"])
    return True


def quotes(m: Mistake, errors: Collector) -> bool:
    """Single and curly quotes, and texts that do not end on their line."""
    if m.kind != "" or not m.found:
        return False
    char, text = m.found[0], m.source.text
    stop = text.find("\n", m.start)
    stop = len(text) if stop < 0 else stop
    if char == '"':
        span = Span(m.source, m.start, m.start + len(text[m.start : stop].rstrip()))
        helps = ['close it with `"`', r"a line break in a text is `\n`, a quote is `\"`"]
        errors.error("P118", "this text does not end on its line", span, help=helps)
        return True
    if char not in _QUOTES:
        return False
    closing = next((i for i in range(m.start + 1, stop) if text[i] in _QUOTES), m.start)
    inner = text[m.start + 1 : closing]
    helps = [f'write `"{inner}"`'] if 0 < len(inner) <= 60 else []
    errors.error("P110", "text stands in straight double quotes", Span(m.source, m.start, closing + 1), help=helps)
    return True


def signs(m: Mistake, errors: Collector) -> bool:
    """Operators of other languages, comments of other languages, and characters that mean nothing here."""
    text = m.source.text
    for start in (m.start - 2, m.start - 1, m.start):
        if start < m.region[0]:
            continue
        for length in (3, 2, 1):
            sign = text[start : start + length]
            if not start <= m.start < start + length or len(sign) < length or (length == 1 and m.kind != ""):
                continue
            span = Span(m.source, start, start + length)
            if sign in _SIGNS and not (sign == "||" and "VBAR" in m.accepts):
                word, example = _SIGNS[sign]
                errors.error("P107", f"`{sign}` is written `{word}`", span, help=[example] if example else [])
                return True
            if sign in ("//", "/*", "--"):
                if sign == "--" and "AND" in m.accepts:
                    continue
                errors.error("P126", "a comment begins with `#`", span)
                return True
    if m.kind != "" or not m.found:
        return False
    char = m.found[0]
    span = Span(m.source, m.start, m.start + 1)
    if char == ";":
        errors.error("P126", "no `;` is needed here", span, help="a new line, or a comma within a block, is enough")
    elif char == "\\":
        errors.error(
            "P126", r"a `\` has no meaning outside a text", span, help="inside a hole, a text stands in plain quotes"
        )
    elif char.isalpha() or char == "_":
        errors.error(
            "P126",
            f"`{char}` cannot be part of a name",
            span,
            help="a name has letters a to z, digits and `_`, and begins with a letter",
        )
    elif char.isprintable():
        errors.error("P126", f"`{char}` has no meaning here", span)
    else:
        errors.error("P126", f"the character U+{ord(char):04X} has no meaning here", span, help="delete it")
    return True
