"""Hypothesis strategies for syntax trees: every tree that a text of the language can have, and no other.

Needs Hypothesis, which is no dependency of the package itself.
"""

from __future__ import annotations

from hypothesis import strategies as st

from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.hints import KEYWORDS, RESERVED

_SOFT = sorted(KEYWORDS - RESERVED)
_NAMES = ["a", "b", "xs", "color", "text", "index", "red", "x_1", "Big", *_SOFT]
_UNITS = ["", "px", "vmin", "vw", "vh", "deg", "%"]
_LETTERS = "ab \"\\{}|:#\n'é(["
_OPERATORS = ["or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "..", "+", "-", "except", "*", "/"]


def names() -> st.SearchStrategy[str]:
    """Names, with all the soft keywords among them."""
    return st.sampled_from(_NAMES)


def words() -> st.SearchStrategy[str]:
    """Contents of texts without holes, rich in characters that need an escape."""
    return st.text(_LETTERS, max_size=8)


def _numbers() -> st.SearchStrategy[t.Number]:
    digits = st.sampled_from(["0", "1", "007", "0.5", "12.50", "360"])
    return st.builds(t.Number, digits, st.sampled_from(_UNITS))


def _plain_texts() -> st.SearchStrategy[t.Text]:
    return words().map(lambda word: t.Text((word,) if word else ()))


def _bigger(inner: st.SearchStrategy[t.Expr], texts: st.SearchStrategy[t.Text]) -> st.SearchStrategy[t.Expr]:
    named = st.builds(t.Arg, inner, names() | st.none())
    args = st.builds(t.Args) | st.builds(
        t.Args,
        st.lists(named, min_size=1, max_size=3).map(tuple),
        st.none() | inner,
        st.none() | inner,
    )
    return st.one_of(
        st.builds(t.Call, names(), args),
        st.builds(t.ListOf, args),
        st.builds(t.Dot, inner, names()),
        st.builds(t.Index, inner, inner),
        st.builds(t.Pair, inner, inner),
        st.builds(t.Unary, st.sampled_from(["-", "not"]), inner),
        st.builds(t.Binary, st.sampled_from(_OPERATORS), inner, inner),
        st.builds(t.Choose, inner, inner, inner),
        texts,
    )


def _grown(texts: st.SearchStrategy[t.Text], leaves: int) -> st.SearchStrategy[t.Expr]:
    atoms: st.SearchStrategy[t.Expr] = _numbers() | st.builds(t.Name, names()) | texts
    return st.recursive(atoms, lambda inner: _bigger(inner, texts), max_leaves=leaves)


def _holes() -> st.SearchStrategy[t.Hole]:
    inner = _grown(_plain_texts(), 4)  # a text in a hole has no holes of its own
    formats = st.sampled_from(["word", "nth", "00", ".1", "a", "or"])
    return st.one_of(
        st.builds(t.Hole, inner),
        st.builds(t.Hole, inner, formats),
        st.builds(t.Hole, inner, st.none(), st.lists(words(), min_size=1, max_size=3).map(tuple)),
    )


def texts() -> st.SearchStrategy[t.Text]:
    """Texts with holes; literal parts are not empty, and never side by side."""
    parts = st.lists(_holes() | words().filter(bool), max_size=4)
    return parts.map(lambda found: t.Text(_joined(found)))


def _joined(parts: list[str | t.Hole]) -> tuple[str | t.Hole, ...]:
    out: list[str | t.Hole] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        else:
            out.append(part)
    return tuple(out)


def exprs() -> st.SearchStrategy[t.Expr]:
    """Expressions."""
    return _grown(texts(), 8)


def _docs() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "", "What it is.", "One line\nand another,\n\n  indented # so", "# odd"])


def _tuples(of: st.SearchStrategy[t.Node], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[t.Node, ...]]:
    return st.lists(of, min_size=least, max_size=most).map(tuple)


def specs() -> st.SearchStrategy[t.Spec]:
    """Whole files."""
    expr = exprs()
    bind = st.builds(t.Bind, st.sampled_from(["=", "~"]), expr)
    fields = _tuples(st.builds(t.Field, names(), bind, st.booleans()))
    let = st.builds(t.Let, names(), bind, _docs())
    shape = st.builds(t.Shape, names(), names(), st.none() | expr, fields, _docs())
    require = st.builds(t.Require, expr, st.none() | words())
    type_name = st.builds(t.TypeName, names(), st.integers(0, 2))
    params = _tuples(st.builds(t.Param, names(), type_name, st.none() | bind))
    clear = st.builds(t.Margin, st.just("clear"), _tuples(expr, 1, 2))
    within = st.builds(t.Margin, st.just("within"), _tuples(expr, 1, 1))
    ask = st.builds(
        t.Ask,
        _tuples(texts(), 1),
        expr,
        st.none() | st.builds(t.Even, st.none() | expr),
        st.none() | clear | within,
        st.none() | expr,
        _tuples(st.builds(t.Mistake, expr, st.none() | words(), st.integers(0, 7))),
        _tuples(texts()),
        _tuples(texts()),
    )
    item = st.one_of(
        st.builds(t.Use, words(), fields),
        st.builds(t.Canvas, expr, expr),
        st.builds(t.Background, names(), names(), fields),
        let,
        st.builds(t.Pick, names(), expr, _docs()),
        shape,
        st.builds(t.Kind, names(), params, _tuples(let | shape | require), _docs()),
        st.builds(t.Def, names(), params, st.none() | type_name, expr, _docs()),
        require,
        st.builds(t.Twin, names(), _tuples(expr)),
        ask,
    )
    return st.builds(t.Spec, st.sampled_from(["task", "module"]), words(), _tuples(item, 0, 4), _docs())
