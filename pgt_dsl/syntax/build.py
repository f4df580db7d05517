"""Statements of lark's tree made into the nodes of ``tree.py``; expressions are ``build_expr``'s."""

from __future__ import annotations

from typing import cast

from lark import Token
from lark import Tree as LarkTree

from pgt_dsl.source import Span
from pgt_dsl.syntax import limits
from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.build_expr import ExprBuilder, Parsed

MOST_WRONG = 7  # a question has eight options at most


class Builder(ExprBuilder):
    """Builds the statements of one source; what is wrong is recorded in ``errors``, and the node left out."""

    def header(self, parsed: Parsed) -> tuple[str, str, str, Span]:
        """``task`` or ``module``, its name, its doc, and the span of the name."""
        word, name = cast("list[Token]", parsed.children)
        return str(word), self.plain(name, f"the name of a {word}"), self.doc_above(word.start_pos or 0), self.at(name)

    def items(self, parsed: list[Parsed]) -> list[t.Item]:
        """The statements; one that is nested too deep is recorded and left out."""
        built: list[t.Item] = []
        for one in parsed:
            deep = limits.deep_part(one, limits.MAX_DEPTH)
            if deep is not None:
                limits.too_deep(self.errors, Span(self.source, deep[0], min(deep[1], deep[0] + 40)), limits.MAX_DEPTH)
                continue
            item = getattr(self, "_" + one.data)(one)
            if item is not None:
                built.append(item)
        return built

    def _use(self, parsed: Parsed) -> t.Use:
        _, module, block = parsed.children
        name = self.plain(module, "the name of a module")
        return t.Use(name, self._fields(block), span=self.span(parsed), module_span=self.at(module))

    def _canvas(self, parsed: Parsed) -> t.Canvas:
        _, width, _, height = parsed.children
        return t.Canvas(self.expr(width), self.expr(height), span=self.span(parsed))

    def _background(self, parsed: Parsed) -> t.Background:
        _, name, kind, block = parsed.children
        fields = self._fields(block)
        return t.Background(
            str(name), str(kind), fields, span=self.span(parsed), kind_span=self.at(kind), name_span=self.at(name)
        )

    def _let(self, parsed: Parsed) -> t.Let:
        word, name, bind = parsed.children
        doc = self.doc_above(word.start_pos)
        return t.Let(str(name), self._bind(bind), doc, span=self.span(parsed), name_span=self.at(name))

    def _pick(self, parsed: Parsed) -> t.Pick:
        word, name, domain = parsed.children
        doc = self.doc_above(word.start_pos)
        return t.Pick(str(name), self.expr(domain), doc, span=self.span(parsed), name_span=self.at(name))

    def _shape(self, parsed: Parsed) -> t.Shape:
        word, name, kind, count, block = parsed.children
        return t.Shape(
            str(name),
            str(kind),
            None if count is None else self.expr(count),
            self._fields(block),
            self.doc_above(word.start_pos),
            span=self.span(parsed),
            name_span=self.at(name),
            kind_span=self.at(kind),
        )

    def _fields(self, block: Parsed | None) -> tuple[t.Field, ...]:
        fields = []
        for entry in block.children if block is not None else ():
            name, bind = entry.children[-2:]
            is_let = entry.data == "let"
            fields.append(t.Field(str(name), self._bind(bind), is_let, span=self.span(entry), name_span=self.at(name)))
        return tuple(fields)

    def _bind(self, parsed: Parsed) -> t.Bind:
        mode = "=" if parsed.data == "fixed" else "~"
        return t.Bind(mode, self.expr(parsed.children[-1]), span=self.span(parsed))  # type: ignore[arg-type]

    def _kind(self, parsed: Parsed) -> t.Kind:
        word, name, params, *items = parsed.children
        inner = cast("list[t.Let | t.Shape | t.Require]", self.items(items))
        doc = self.doc_above(word.start_pos)
        return t.Kind(
            str(name), self._params(params), tuple(inner), doc, span=self.span(parsed), name_span=self.at(name)
        )

    def _def(self, parsed: Parsed) -> t.Def:
        word, name, params, result, _, body = parsed.children
        return t.Def(
            str(name),
            self._params(params),
            None if result is None else self._type(result),
            self.expr(body),
            self.doc_above(word.start_pos),
            span=self.span(parsed),
            name_span=self.at(name),
        )

    def _params(self, parsed: Parsed) -> tuple[t.Param, ...]:
        params = []
        for one in parsed.children:
            if one is not None:
                name, type_name, bind = one.children
                default = None if bind is None else self._bind(bind)
                params.append(t.Param(str(name), self._type(type_name), default, span=self.span(one)))
        return tuple(params)

    def _type(self, parsed: Parsed) -> t.TypeName:
        name, *ranks = parsed.children
        return t.TypeName(str(name), len(ranks), span=self.span(parsed))

    def _require(self, parsed: Parsed) -> t.Require:
        _, expr, why = parsed.children
        because = None if why is None else self.plain(why.children[-1], "the reason of a `require`")
        return t.Require(self.expr(expr), because, span=self.span(parsed))

    def _twin(self, parsed: Parsed) -> t.Twin:
        _, pick, _, *moves = parsed.children
        moved = tuple(self.expr(e) for e in moves if e is not None)
        return t.Twin(str(pick), moved, span=self.span(parsed), pick_span=self.at(pick))

    # questions ------------------------------------------------------------------------------

    def _ask(self, parsed: Parsed) -> t.Ask | None:
        word, texts, _, answer, *clauses = parsed.children
        if answer is None:
            self.errors.error(
                "P111",
                "this question has no answer",
                self.at(word).to(self.span(texts)),
                help="add `answer ...` right after the question" + (", before its other clauses" if clauses else ""),
            )
            return None
        seen: dict[str, LarkTree[Token]] = {}
        for clause in clauses:
            key = "margin" if clause.data in ("clear", "within") else clause.data
            if key in seen:
                self._twice(key, seen[key], clause)
            seen.setdefault(key, clause)
        rest = {key: clause.children[1:] for key, clause in seen.items()}
        even = seen.get("even")
        margin = seen.get("margin")
        return t.Ask(
            self._texts(texts),
            self.expr(answer),
            even=None if even is None else self._even(even),
            margin=None if margin is None else self._margin(margin),
            expect=self.expr(rest["expect"][0]) if "expect" in rest else None,
            wrong=tuple(self._mistake(m) for m in rest.get("wrong", ())),
            say=self._texts(rest["say"][0]) if "say" in rest else (),
            because=self._texts(rest["reason"][0]) if "reason" in rest else (),
            span=self.span(parsed),
        )

    def _twice(self, key: str, first: Parsed, second: Parsed) -> None:
        word, other = self.at(second.children[0]), self.at(first.children[0])
        message = f"this question already has `{other.text}`"
        helps = {
            "margin": "several margins stand behind one `clear`, with commas: `clear 3vmin, 8%`",
            "wrong": "several wrong answers stand behind one `wrong`, with commas",
            "say": 'wordings of one sentence are joined by `|`: `say "..." | "..."`',
            "reason": 'wordings of one reason are joined by `|`: `because "..." | "..."`',
        }
        self.errors.error(
            "P123", message, word, "again", others=[(other, "first here")], help=helps.get(key, "delete one of them")
        )

    def _texts(self, parsed: Parsed) -> tuple[t.Text, ...]:
        return tuple(self.text(token) for token in parsed.children)

    def _even(self, parsed: Parsed) -> t.Even:
        over = parsed.children[-1]
        return t.Even(None if over is None else self.expr(over), span=self.span(parsed))

    def _margin(self, parsed: Parsed) -> t.Margin:
        amounts = tuple(self.expr(e) for e in parsed.children[1:])
        return t.Margin("clear" if parsed.data == "clear" else "within", amounts, span=self.span(parsed))

    def _mistake(self, parsed: Parsed) -> t.Mistake:
        many, _, expr, _, name = parsed.children
        words = None if name is None else self.plain(name, "the name of a mistake")
        some = 0
        if many is not None:
            some = int(many) if many.isdigit() else 0
            if not 1 <= some <= MOST_WRONG:
                self.errors.error("P134", f"before `of` stands a whole number from 1 to {MOST_WRONG}", self.at(many),
                                  "so many wrong options", help="for example `wrong 3 of 1 .. 9`")  # fmt: skip
        return t.Mistake(self.expr(expr), words, some, span=self.span(parsed))
