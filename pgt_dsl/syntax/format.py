"""The canonical layout of a file. Formatting twice changes nothing, and ``parse(format_spec(tree)) == tree``.

Comments keep their place: on a line of their own before what followed them, or at the end of their line. Blank lines
between statements stay, one at most.
"""

from __future__ import annotations

from pgt_dsl.source import Source
from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.comments import Place, Unit, place_comments
from pgt_dsl.syntax.format_expr import expr_doc, quote, text_literal
from pgt_dsl.syntax.layout import LINE, SOFT, WIDTH, Doc, Group, flat, lay
from pgt_dsl.syntax.parse import parse

_STEP = 2
_DOCUMENTED = (t.Let, t.Pick, t.Shape, t.Kind, t.Def)


def format_source(source: Source) -> str:
    """The text of a source in canonical layout. Raises ``SpecError`` if it does not parse."""
    return format_spec(parse(source))


def format_spec(spec: t.Spec) -> str:
    """The text of a file, ending in a newline. Works for trees without spans too (their comments are lost)."""
    return _Formatter(spec).text()


def format_expr(expr: t.Expr) -> str:
    """An expression on one line."""
    return flat(expr_doc(expr))


class _Formatter:
    def __init__(self, spec: t.Spec) -> None:
        self.spec = spec
        self.source = spec.name_span.source if spec.name_span else None
        self.comments = [c for c in spec.comments if c.span is not None] if self.source else []
        self.lines: list[str] = []
        self.last_end = 0  # the offset in the source up to which everything has been printed

    def text(self) -> str:
        spec = self.spec
        end = spec.name_span.end if spec.name_span else 0
        start = self.source.text.rfind(spec.what, 0, spec.name_span.start) if self.source and spec.name_span else 0
        units = [Unit(start, end), *(Unit.of(item) for item in spec.items)]
        place = place_comments(self.comments, units)
        self._lead(place.lead[0], 0)
        self._doc(spec.doc, 0)
        self.lines.append(f"{spec.what} {quote(spec.name)}")
        self._trail(place.trail[0])
        self.last_end = max(self.last_end, end)
        before: t.Item | None = None
        for number, item in enumerate(spec.items):
            blank = before is None or self._blank_between(before, item, place.lead[number + 1])
            self._statement(item, place, number + 1, 0, blank)
            before = item
        self._lead(place.tail, 0)
        return "\n".join(self.lines) + "\n"

    # lines ----------------------------------------------------------------------------------

    def _put(self, text: str, indent: int) -> None:
        self.lines += (" " * indent + text).split("\n")

    def _lead(self, comments: list[t.Comment], indent: int, blank: bool = False) -> None:
        """Comments on lines of their own; each keeps the blank line before it, the first has one if ``blank``."""
        for number, comment in enumerate(comments):
            assert comment.span is not None
            if self.lines and (self._gap(comment.span.start) or (blank and number == 0)):
                self._blank_line()
            self._put(comment.text, indent)
            self.last_end = max(self.last_end, comment.span.end)

    def _trail(self, comment: t.Comment | None) -> None:
        if comment is not None and comment.span is not None:
            self.lines[-1] += "  " + comment.text
            self.last_end = max(self.last_end, comment.span.end)

    def _doc(self, doc: str, indent: int) -> None:
        if doc:
            for line in doc.split("\n"):
                self._put(f"## {line}".rstrip(), indent)

    def _blank_line(self) -> None:
        if self.lines and self.lines[-1] and not self.lines[-1].endswith("{"):
            self.lines.append("")

    def _gap(self, start: int) -> bool:
        """Whether the source has a blank line between what was printed last and ``start``."""
        if self.source is None or start <= self.last_end:
            return False
        rows = self.source.text[self.last_end : start].split("\n")
        return any(not row.strip() for row in rows[1:-1])

    def _blank_between(self, before: t.Item, item: t.Item, lead: list[t.Comment]) -> bool:
        if item.span is not None and before.span is not None and self.source is not None:
            if lead:
                return False  # the comments keep their own blank lines
            start = item.span.start
            doc = item.doc if isinstance(item, _DOCUMENTED) else ""
            for _ in range(doc.count("\n") + 1 if doc else 0):
                start = self.source.text.rfind("\n", 0, start)
            return self._gap(max(start, 0) + (1 if doc else 0))
        return type(before) is not type(item) or isinstance(item, t.Ask | t.Kind)

    # statements -----------------------------------------------------------------------------

    def _statement(self, item: t.Item, place: Place, number: int, indent: int, blank: bool) -> None:
        lead = place.lead[number]
        self._lead(lead, indent, blank)
        if lead and item.span is not None:
            doc = item.doc if isinstance(item, _DOCUMENTED) else ""
            start = item.span.start
            for _ in range(doc.count("\n") + 1 if doc else 0):
                start = self.source.text.rfind("\n", 0, start) if self.source else start
            blank = self._gap(start + 1 if doc else start)
        if blank:
            self._blank_line()
        if isinstance(item, _DOCUMENTED):
            self._doc(item.doc, indent)
        inner = place.inner[number]
        if isinstance(item, t.Ask):
            self._ask(item, inner, indent)
        elif isinstance(item, t.Kind):
            self._kind(item, inner, indent)
        elif isinstance(item, t.Shape | t.Background | t.Use):
            self._block(item, inner, indent)
        else:
            self._put(lay(_line_doc(item), indent, indent), indent)
        self._trail(place.trail[number])
        if item.span is not None:
            self.last_end = max(self.last_end, item.span.end)

    def _block(self, item: t.Shape | t.Background | t.Use, inner: list[t.Comment], indent: int) -> None:
        if isinstance(item, t.Use):
            head, fields = f"use {quote(item.module)}", item.overrides
        elif isinstance(item, t.Background):
            head, fields = f"background {item.name}: {item.kind}", item.fields
        else:
            count = f"[{flat(expr_doc(item.count))}]" if item.count is not None else ""
            head, fields = f"shape {item.name}: {item.kind}{count}", item.fields
        docs = [_field_doc(field) for field in fields]
        whole = head + (f" {{ {', '.join(map(flat, docs))} }}" if docs else "")
        if not inner and (not docs or indent + len(whole) <= WIDTH):
            self._put(whole, indent)
            return
        place = place_comments(inner, [Unit.of(field) for field in fields], item.span.start if item.span else 0)
        self._put(head + " {", indent)
        self._trail(place.opening)
        for number, doc in enumerate(docs):
            self._inner_lead(place.lead[number], indent + _STEP)
            self._put(lay(doc, indent + _STEP, indent + _STEP), indent + _STEP)
            self._trail(place.trail[number])
        self._inner_lead(place.tail, indent + _STEP)
        self._put("}", indent)

    def _inner_lead(self, comments: list[t.Comment], indent: int) -> None:
        for comment in comments:
            self._put(comment.text, indent)

    def _kind(self, kind: t.Kind, inner: list[t.Comment], indent: int) -> None:
        head = lay(Group((f"kind {kind.name}", _params_doc(kind.params), " {"), 0), indent, indent)
        if not kind.items and not inner:
            self._put(head + "}", indent)
            return
        place = place_comments(inner, [Unit.of(i) for i in kind.items], kind.span.start if kind.span else 0)
        self._put(head, indent)
        if place.opening is not None and place.opening.span is not None:
            self._trail(place.opening)
        before: t.Item | None = None
        for number, item in enumerate(kind.items):
            blank = before is not None and self._blank_between(before, item, place.lead[number])
            self._statement(item, place, number, indent + _STEP, blank and item.span is not None)
            before = item
        self._lead(place.tail, indent + _STEP)
        self._put("}", indent)

    def _ask(self, ask: t.Ask, inner: list[t.Comment], indent: int) -> None:
        rows: list[tuple[Unit, int, Doc]] = []
        for number, text in enumerate(ask.texts):
            sign, step = ("| ", _STEP) if number else ("ask ", 0)
            rows.append((Unit.of(text), step, sign + text_literal(text)))
        answer: list[Doc] = ["answer ", expr_doc(ask.answer)]
        parts: list[t.Node] = [ask.answer]
        if ask.even is not None:
            over = () if ask.even.over is None else (" over ", expr_doc(ask.even.over))
            answer += [LINE, Group(("even", *over))]
            parts.append(ask.even)
        if ask.margin is not None:
            answer += [LINE, Group((f"{ask.margin.mode} ", *_comma_list(list(map(expr_doc, ask.margin.amounts)))))]
            parts.append(ask.margin)
        rows.append((Unit.of(*parts), _STEP, Group(tuple(answer))))
        if ask.expect is not None:
            rows.append((Unit.of(ask.expect), _STEP, Group(("expect ", expr_doc(ask.expect)))))
        if ask.wrong:
            mistakes = Group(("wrong ", *_comma_list([_mistake_doc(m) for m in ask.wrong])))
            rows.append((Unit.of(*ask.wrong), _STEP, mistakes))
        for word, texts in (("say ", ask.say), ("because ", ask.because)):
            if texts:
                said: list[Doc] = [word + text_literal(texts[0])]
                for text in texts[1:]:
                    said += [LINE, "| " + text_literal(text)]
                rows.append((Unit.of(*texts), _STEP, Group(tuple(said))))
        place = place_comments(inner, [unit for unit, _, _ in rows])
        for number, (_, step, doc) in enumerate(rows):
            self._inner_lead(place.lead[number], indent + step)
            self._put(lay(doc, indent + step, indent + step), indent + step)
            self._trail(place.trail[number])


def _line_doc(item: t.Item) -> Doc:
    match item:
        case t.Canvas():
            return Group(("canvas ", expr_doc(item.width), " by ", expr_doc(item.height)))
        case t.Let():
            return Group((f"let {item.name} ", _bind_doc(item.bind)))
        case t.Pick():
            return Group((f"pick {item.name} ~ ", expr_doc(item.domain)))
        case t.Def():
            result = f": {_type(item.result)}" if item.result is not None else ""
            return Group((f"def {item.name}", _params_doc(item.params), result, " =", LINE, expr_doc(item.body)))
        case t.Require():
            why = (LINE, "because " + quote(item.because)) if item.because is not None else ()
            return Group(("require ", expr_doc(item.expr), *why))
        case t.Twin():
            moves = (" moves ", *_comma_list(list(map(expr_doc, item.moves)))) if item.moves else ()
            return Group((f"twin {item.pick}", *moves))
        case _:
            raise TypeError(f"not a statement of one line: {type(item).__name__}")


def _bind_doc(bind: t.Bind) -> Doc:
    return Group((f"{bind.mode} ", expr_doc(bind.expr)))


def _field_doc(field: t.Field) -> Doc:
    return Group((f"{'let ' if field.is_let else ''}{field.name} ", _bind_doc(field.bind)))


def _mistake_doc(mistake: t.Mistake) -> Doc:
    name = f" as {quote(mistake.name)}" if mistake.name is not None else ""
    some = f"{mistake.some} of " if mistake.some else ""
    return Group((some, expr_doc(mistake.expr), name))


def _comma_list(docs: list[Doc]) -> list[Doc]:
    parts: list[Doc] = []
    for number, doc in enumerate(docs):
        parts += [",", LINE, doc] if number else [doc]
    return parts


def _type(name: t.TypeName) -> str:
    return name.name + "[]" * name.rank


def _params_doc(params: tuple[t.Param, ...]) -> Doc:
    docs: list[Doc] = []
    for param in params:
        head = f"{param.name}: {_type(param.type)}"
        docs.append(head if param.default is None else Group((f"{head} ", _bind_doc(param.default))))
    return Group(("(", SOFT, *_comma_list(docs), SOFT, ")")) if docs else "()"
