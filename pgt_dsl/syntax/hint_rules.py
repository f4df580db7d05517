"""The syntax errors that people make, each with its message and advice. The first rule that fits a mistake speaks.

A rule takes a ``Mistake``, records its diagnostic and returns True, or returns False if it does not fit. Rules about
single signs and numbers are in ``hint_signs.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Span
from pgt_dsl.syntax import hint_signs
from pgt_dsl.syntax.hints import CLAUSES, KEYWORDS, RESERVED, STATEMENTS, Mistake, named

_INSTEAD = {
    "var": "let", "const": "let", "set": "let", "define": "let", "import": "use", "include": "use", "from": "use",
    "function": "def", "func": "def", "fn": "def", "assert": "require", "constraint": "require", "ensure": "require",
    "must": "require", "check": "require", "question": "ask", "prompt": "ask", "draw": "shape", "object": "shape",
    "figure": "shape", "circle": "shape", "choose": "pick", "random": "pick", "choice": "pick", "options": "wrong",
    "distractors": "wrong", "explain": "because", "reason": "because", "margin": "clear", "tolerance": "within",
    "class": "kind", "size": "canvas", "return": "answer",
}  # fmt: skip
_NAMING = ("let", "pick", "shape", "kind", "def", "background", "twin", ".")


def _comparison(m: Mistake, errors: Collector) -> bool:
    """``a.color = red`` where a comparison was meant."""
    if m.kind != "EQUAL" or not {"COMPARE", "AND", "OR"} & m.accepts:
        return False
    text = m.source.text
    line = text[text.rfind("\n", 0, m.start) + 1 : m.start]
    left = re.split(r"\b(?:require|answer|expect|and|or|not|if|then|else|where)\b|[:={]", line)[-1].strip()
    right = re.match(r"[ \t]*([^\s,)}\]]+)", text[m.end : m.region[1]])
    fits = (
        left and right and len(left) < 40 and left.count("(") == left.count(")") and left.count("[") == left.count("]")
    )
    helps = [f"write `{left} == {right[1]}`"] if fits and right else ["write `==`"]
    errors.error("P103", "`=` defines, `==` compares", m.span, help=helps)
    return True


def _setting(m: Mistake, errors: Collector) -> bool:
    """A wrong sign, or none, after the name of a field, a let or a pick."""
    if not m.accepts or not m.accepts <= {"EQUAL", "TILDE", "COMMA", "RPAR", "LSQB"} or "TILDE" not in m.accepts:
        return False
    name, value = m.before, re.match(r"[ \t]*(\"[^\"\n]*\"|[^\s,}]+)", m.source.text[m.end : m.region[1]])
    shown = value[1] if value else "..."
    in_block = m.inside == "{"
    what = "a field" if in_block else f"`{m.word or 'let'}`"
    if m.accepts == {"TILDE"}:
        errors.error(
            "P128",
            "a `pick` draws its value, so `~` follows its name",
            m.span,
            help=[f"`pick {name} ~ [...]`", f"a computed value is a `let`: `let {name} = ...`"],
        )
    elif m.kind == "COMPARE" and m.found == "==":
        errors.error(
            "P104",
            f"{what} is set with `=`; `==` compares",
            m.span,
            help=f"`{name} = {shown}`, or `{name} ~ [{shown}, ...]` to vary it",
        )
    elif m.kind == "COLON" and in_block:
        errors.error("P105", "a field is set with `=`, not with `:` as in CSS", m.span, help=f"`{name} = {shown}`")
    elif m.kind == "COLON":
        errors.error(
            "P105",
            f"{what} is set with `=` or `~`, not with `:`",
            m.span,
            help=[f"`{m.word} {name} = ...`", f"a type is not needed; a shape is `shape {name}: kind`"],
        )
    elif in_block or m.word in ("let", "pick"):
        where = m.previous_span if m.kind == "$END" else m.span
        message = f"`{name}` is not set: `=` or `~` follows its name"
        errors.error("P128", message, where, help=f"`{name} = ...` computes it, `{name} ~ ...` draws it")
    else:
        return False
    return True


def _chain(m: Mistake, errors: Collector) -> bool:
    """``2 <= n <= 4``, ``1 .. 2 .. 3`` and ``xs except a + b``."""
    if m.kind in ("ADD", "MINUS") and m.kind not in m.accepts and "EXCEPT" in m.accepts:
        words = f"`{m.found}` behind `except` could belong to either side"
        errors.error(
            "P106", words, m.span, help="say which with parentheses: `(xs except a) + [b]`, `xs except (a + b)`"
        )
        return True
    if m.kind not in ("COMPARE", "IN", "RANGE") or m.kind in m.accepts or not {"AND", "OR"} & m.accepts:
        return False
    if m.kind == "RANGE":
        errors.error("P106", "ranges do not chain", m.span, help="a range has two ends: `2 .. 4`")
        return True
    line_start = m.source.text.rfind("\n", 0, m.start) + 1
    pattern = re.compile(r"([\w.%]+)\s*<=?\s*([\w.()\[\]]+)\s*<=?\s*([\w.%]+)")
    match = next((x for x in pattern.finditer(m.source.text, line_start) if x.start() < m.start < x.end()), None)
    helps = [f"`{match[2]} in {match[1]} .. {match[3]}`"] if match else ["join two comparisons with `and`"]
    errors.error("P106", "comparisons do not chain", m.span, "a second comparison", help=helps)
    return True


def _if(m: Mistake, errors: Collector) -> bool:
    """``if`` without ``else`` or ``then``."""
    if m.found in ("elif", "elsif", "elseif"):
        errors.error("P108", f"`{m.found}` is written `else if`", m.span, help="`if a then x else if b then y else z`")
    elif "ELSE" in m.accepts and m.ends_here:
        where = m.previous_span if m.kind == "$END" else m.span
        helps = ["a condition on a condition in a `require` is `not t or p`"] if m.word == "require" else []
        errors.error(
            "P108",
            "`if` needs an `else`",
            where,
            "no `else` here",
            help=["`if t then p else q` is always a value", *helps],
        )
    elif "THEN" in m.accepts and (m.ends_here or m.kind in ("LBRACE", "NAME")):
        where = m.previous_span if m.kind == "$END" else m.span
        errors.error("P108", "`if` needs a `then`", where, "no `then` here", help="`if t then p else q`")
    else:
        return False
    return True


def _for(m: Mistake, errors: Collector) -> bool:
    """``all(P for x in xs)``, and ``for`` as a statement."""
    if m.found not in ("for", "foreach", "while") or m.kind != "NAME":
        return False
    if m.inside in ("(", "["):
        errors.error("P109", "the list comes first", m.span, help="`all(x in xs: condition)`, `[x in xs: value]`")
    else:
        errors.error(
            "P109",
            f"there is no `{m.found}` loop",
            m.span,
            help="many shapes are `shape a: dot[5] { ... }`; lists are read by `all(x in xs: ...)`",
        )
    return True


def _brackets(m: Mistake, errors: Collector) -> bool:
    """Brackets that are never closed, close nothing, or do not match."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    closers = {"RPAR": "(", "RSQB": "[", "RBRACE": "{"}
    if m.kind in closers and m.kind not in m.accepts:
        if not m.opened:
            errors.error("P119", f"this `{m.found}` closes nothing", m.span, help="delete it")
            return True
        at, char = m.opened[-1]
        if char != closers[m.kind]:
            errors.error(
                "P119",
                f"`{char}` is closed by `{m.found}`",
                m.span,
                f"`{pairs[char]}` is wanted here",
                others=[(Span(m.source, at, at + 1), "opened here")],
            )
            return True
        return False
    statement = m.keyword in STATEMENTS and m.first_on_line
    at_margin = m.start == 0 or m.source.text[m.start - 1] == "\n"
    if m.opened and (m.kind == "$END" or (statement and (m.inside != "{" or at_margin))):
        at, char = m.opened[-1]
        where = Span(m.source, at, at + 1)
        others = [(m.span, "the next statement begins here")] if statement else []
        errors.error(
            "P119",
            f"this `{char}` is never closed",
            where,
            "opened here",
            others=others,
            help=f"close it with `{pairs[char]}`",
        )
        return True
    return False


def _commas(m: Mistake, errors: Collector) -> bool:
    """A comma too many, or one too few."""
    if m.before == "," and (m.kind in ("RPAR", "RSQB", "RBRACE", "COMMA") or (m.kind == "$END" or m.ends_here)):
        errors.error("P120", "nothing follows this comma", m.previous_span, help="delete the comma")
        return True
    if m.kind in ("NAME", "NUMBER", "STRING") and m.inside in ("(", "[") and "COMMA" in m.accepts:
        if m.found in ("if", "and", "or"):
            return False
        errors.error("P120", f"a comma or an operator is missing before {named(m)}", m.span)
        return True
    return False


def _statement_in_block(m: Mistake, errors: Collector) -> bool:
    """``{ pick color ~ basic }`` and other statements in braces."""
    if m.inside != "{" or "RBRACE" not in m.accepts:
        return False
    word = m.keyword if m.keyword in STATEMENTS else ""
    if word and re.match(r"\s*(~|=(?!=))", m.source.text[m.end : m.region[1]]):
        return False  # a reserved word as the name of a field
    in_kind = "SHAPE" in m.accepts
    if word:
        place = "a kind" if in_kind or m.word == "kind" else "a block of overrides" if m.word == "use" else "a shape"
        helps = {
            "pick": "pick above, then use the name: `pick hue ~ basic`, and in the block `color = hue`",
            "require": "a `require` stands below the shape",
        }
        fallback = "a kind holds `let`, `shape` and `require`" if in_kind else "a block holds fields and `let`"
        errors.error("P113", f"`{word}` cannot stand in {place}", m.span, help=helps.get(word, fallback))
        return True
    if in_kind and m.kind == "NAME":
        errors.error(
            "P113", f"`{m.found}` cannot stand in a kind", m.span, help="a kind holds `let`, `shape` and `require`"
        )
        return True
    return False


def _parts_of_statements(m: Mistake, errors: Collector) -> bool:
    """What a shape, a parameter, a header need and do not have."""
    where = m.previous_span if m.kind == "$END" else m.span
    if m.accepts == {"COLON"} and m.inside == "(":
        errors.error("P132", f"the parameter `{m.before}` needs a type", where, help=f"`{m.before}: length`")
    elif m.accepts == {"COLON"} and m.word in ("shape", "background"):
        example = f"`{m.word} {m.before}: {'photo' if m.word == 'background' else 'circle'}`"
        errors.error("P131", f"a {m.word} has a name, `:` and a kind", where, help=example)
    elif m.accepts == {"LPAR"} and m.word in ("kind", "def"):
        errors.error(
            "P132",
            f"`{m.before}` needs its parameters in parentheses",
            where,
            help=f"`{m.word} {m.before}(size: length)`, or `{m.word} {m.before}()` for none",
        )
    elif "STRING" in m.accepts and "LPAR" not in m.accepts and m.kind not in ("STRING", ""):
        what = {
            "task": "the name of a task",
            "module": "the name of a module",
            "use": "the name of a module",
            "ask": "a question",
        }.get(m.before, f"what follows `{m.before}`")
        rest = re.match(r"[\w/.-]+", m.source.text[m.start : m.region[1]])
        helps = [f'`{m.before} "{rest[0]}"`'] if m.kind == "NAME" and rest else []
        errors.error("P133", f"{what} stands in double quotes", where, help=helps)
    elif m.kind == "STRING" and "NAME" in m.accepts and "LPAR" not in m.accepts:
        errors.error("P133", "a name stands without quotes", m.span, help=f"`{m.found.strip(chr(34))}`")
    else:
        return False
    return True


def _reserved(m: Mistake, errors: Collector) -> bool:
    """A reserved word as a name."""
    if "NAME" not in m.accepts or m.keyword not in RESERVED:
        return False
    if m.before not in _NAMING and "LPAR" in m.accepts:
        return False
    if m.keyword in STATEMENTS and m.first_on_line and m.inside != "{":
        return False
    message = f"`{m.found}` is a word of the language, so it cannot be a name"
    errors.error("P125", message, m.span, help=f"choose another name, such as `{m.found}_`")
    return True


def _unfinished(m: Mistake, errors: Collector) -> bool:
    """An expression that ends before it is whole."""
    soft = m.before in KEYWORDS - RESERVED and m.kind in ("NAME", "NUMBER", "STRING") and m.previous[0] > m.region[0]
    if soft and "NUMBER" not in m.accepts and not m.source.text[: m.previous[0]].rpartition("\n")[2].strip():
        before = re.search(r"(\S+)\s*$", m.source.text[: m.previous[0]])
        if before:
            where = Span(m.source, before.start(1), before.end(1))
            errors.error("P122", f"something is missing after `{before[1]}`", where, "the line ends here")
            return True
    if not {"NAME", "LPAR"} <= m.accepts or not m.ends_here or not m.before:
        return False
    if m.kind == "$END" or m.first_on_line:
        errors.error("P122", f"something is missing after `{m.before}`", m.previous_span, "an expression follows this")
    else:
        errors.error(
            "P122",
            f"something is missing between `{m.before}` and `{m.found}`",
            m.span,
            "an expression stands before this",
        )
    return True


def _clause(m: Mistake, errors: Collector) -> bool:
    """A clause or a header out of place."""
    word = m.keyword
    if word in ("task", "module"):
        errors.error(
            "P127",
            f"a file is one task or one module: `{word}` stands at its top, once",
            m.span,
            help="put the other one into a file of its own",
        )
        return True
    if word not in CLAUSES and word not in ("as", "of", "over", "moves", "by", "where"):
        return False
    if word == "answer" and m.word == "ask":
        errors.error("P124", "the answer comes right after the question, before the other clauses", m.span)
        return True
    homes = {
        "as": "the items of `wrong`", "of": "the items of `wrong`, as in `wrong 3 of 1 .. 9`",
        "over": "`even`, as in `even over 0 .. 9`", "moves": "`twin`", "by": "`canvas`",
        "where": "lists, in parentheses or brackets: `[x in xs where ...]`",
        "because": "`require` and `ask`", "even": "the answer of an `ask`",
    }  # fmt: skip
    errors.error(
        "P124",
        f"`{word}` cannot stand here",
        m.span,
        help=f"it belongs to {homes.get(word, 'an `ask`, after its answer')}",
    )
    return True


def _unknown_word(m: Mistake, errors: Collector) -> bool:
    """A misspelt keyword, or a keyword of another language."""
    if m.kind not in ("NAME", "IF", "NOT") or "NAME" in m.accepts:
        return False
    here = [name.lower() for name in m.accepts if name.lower() in KEYWORDS]
    statement = "LET" in m.accepts and m.first_on_line
    instead = _INSTEAD.get(m.found) if statement else None
    close = [instead] if instead in here else get_close_matches(m.found.lower(), here, 1, 0.6 if statement else 0.7)
    if not close and not statement:
        return False
    helps = [f"did you mean `{close[0]}`?"] if close else []
    if not close:
        helps.append("statements: " + ", ".join(STATEMENTS))
    kind = "statement" if statement and (not close or close[0] in STATEMENTS) else "clause"
    message = f"no {kind} begins with `{m.found}`" if m.first_on_line else f"`{m.found}` cannot stand here"
    errors.error("P112", message, m.span, help=helps)
    return True


def _two_names(m: Mistake, errors: Collector) -> bool:
    """Two things side by side on a line."""
    if m.kind not in ("NAME", "NUMBER", "STRING") or m.first_on_line:
        return False
    if not re.search(r"[\w\"%)\]]$", m.before) or m.before in KEYWORDS or "NUMBER" in m.accepts:
        return False
    errors.error("P120", f"an operator is missing between `{m.before}` and {named(m)}", m.span)
    return True


RULES: tuple[Callable[[Mistake, Collector], bool], ...] = (
    hint_signs.unit_apart,
    hint_signs.number_form,
    hint_signs.quotes,
    hint_signs.signs,
    _for,
    _comparison,
    _setting,
    _chain,
    _brackets,
    _if,
    _parts_of_statements,
    _statement_in_block,
    _reserved,
    _commas,
    _unfinished,
    _clause,
    _unknown_word,
    _two_names,
)
