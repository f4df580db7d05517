"""Lowering: a ``Model`` becomes a ``Program`` when everything implied is written down as a constraint.

Implied are: rooms, phrases of their own, defined values, clear answers, quotas of ``even`` answers. All of them are
inside the acceptance test, since a filter after sampling would break the quotas.
"""

from __future__ import annotations

from pgt_dsl.compile.domain import answer_domain
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import (
    Ask,
    Constraint,
    Form,
    Group,
    GroupId,
    Law,
    Margins,
    Mistake,
    NodeId,
    Origin,
    Pick,
    Program,
    VarId,
)
from pgt_dsl.source import Span
from pgt_dsl.types.asks import is_box
from pgt_dsl.types.context import Context, origin
from pgt_dsl.types.model import Model, Question
from pgt_dsl.types.quotas import picks_in

BOOL = Type("bool")


def lower(model: Model, cx: Context) -> Program:
    """The program of a model. Diagnostics about ``even`` go to the context's collector."""
    return _Lowering(model, cx).run()


class _Lowering:
    def __init__(self, model: Model, cx: Context) -> None:
        self.model, self.cx, self.b = model, cx, cx.builder
        self.constraints: list[Constraint] = []
        self.picks = list(model.picks)

    def run(self) -> Program:
        for requirement in self.model.requirements:
            node = self.everywhere(requirement.value.node, requirement.axes)
            self.add(node, "require", requirement.span.text if requirement.span else "", requirement.span,
                     requirement.because)  # fmt: skip
        for info in self.model.entities:
            self.room(info.id)
        asks = [self.question(k, q) for k, q in enumerate(self.model.questions)]
        for k, ask in enumerate(asks):
            self.phrases(k, ask)
        self.defined(asks)
        b, stage = self.b, self.model.stage
        if stage is not None and stage.bounded:
            self.add(asks[0].answer, "stage", f"the stage `{stage.name}`: clear by {stage}", asks[0].origin)
        twin = self.model.twin
        if twin is not None and twin.steps:  # a pick that is stepped through stands last, below the hidden ones
            self.picks.sort(key=lambda pick: pick.var == twin.pick)
        names = {name: val.node for name, val in self.model.names.items()}
        return Program(
            self.model.name, self.model.doc, tuple(b.nodes), tuple(b.axes), tuple(b.vars), tuple(b.groups),
            tuple(self.constraints), tuple(asks), tuple(self.picks), twin, self.model.background,
            self.model.canvas, names, b.slots, stage,
        )  # fmt: skip

    def add(self, node: NodeId, reason: str, label: str, span: Span | Origin | None, because: str = "",
            ask: int | None = None) -> None:  # fmt: skip
        where = span if isinstance(span, Origin) else origin(span)
        made = Constraint(node, reason, " ".join(label.split()), because, ask, where)  # type: ignore[arg-type]
        if not any(c.node == node and c.reason == reason and c.ask == ask for c in self.constraints):
            self.constraints.append(made)

    def everywhere(self, node: NodeId, axes: tuple[int, ...]) -> NodeId:
        """A condition inside a block of shapes must hold for every item."""
        for axis in reversed(axes):
            if axis in self.b.nodes[node].axes:
                listed = self.b.loop(axis, node)
                node = self.b.node("all", BOOL, (listed,))
        return node

    # rooms ----------------------------------------------------------------------------------------

    def room(self, ident: GroupId) -> None:
        """An entity that is not scenery lies in its room, unless it was placed there by its law."""
        group = self.b.groups[ident]
        assert self.cx.canvas is not None and group.room is not None
        if group.scenery or self.placed_within(group):
            return
        members = self.b.shapes_of(ident)
        if self.b.nodes[group.room].axes:
            return
        if not group.axes:
            node = self.b.node("call", BOOL, (members, group.room, self.slack()), {"name": "inside"})
        else:
            axis = self.b.loop_axis([members])
            inside = self.b.node("call", BOOL, (self.b.elem(axis), group.room, self.slack()), {"name": "inside"})
            node = self.b.node("all", BOOL, (self.b.loop(axis, inside),))
        self.add(node, "room", f"{group.name} lies in its room", group.origin)

    def slack(self) -> NodeId:
        """How far from the edge a shape must stay: nothing."""
        return self.b.const("length", 0, "px")

    def placed_within(self, group: Group) -> bool:
        """Whether the law of ``at`` already keeps an upright rectangular room."""
        at = group.fields.get("at")
        if at is None or self.b.nodes[at].op != "var":
            return False
        law: Law = self.b.vars[self.b.nodes[at].attrs["var"]].law
        if law.name != "placed" or group.room is None:
            return False
        room = self.b.nodes[group.room]
        if room.op != "group":
            return False
        kind = self.b.groups[room.attrs["group"]]
        turn = kind.fields.get("turn")
        upright = turn is None or (self.b.nodes[turn].op == "const" and self.b.nodes[turn].attrs["value"] == 0)
        return kind.kind in ("canvas", "panel", "box", "rect", "square") and upright

    # questions ------------------------------------------------------------------------------------

    def question(self, k: int, q: Question) -> Ask:
        """An ask with its form, domain, margins and quota."""
        answer = q.answer.node
        domain = answer_domain(self.b, answer)
        if domain is None and q.over is not None:
            domain = q.over.node
        absolute: dict[str, NodeId] = {}
        relative: NodeId | None = None
        for margin in q.clear:
            if margin.percent:
                relative = self.clearer(margin.node)
            else:
                absolute["number" if margin.type.base == "int" else margin.type.base] = self.clearer(margin.node)
        even = self.even(q, domain) if q.even else None
        wrong = tuple(Mistake(m.value.node, m.name, m.some) for m in q.wrong)
        if q.within is None:
            self.add(answer, "clear", f"the answer to question {k + 1} is clear", q.answer.span, ask=k)
        return Ask(
            q.texts, answer, self.form(q), Margins(absolute, relative), q.within.node if q.within else None, domain,
            q.expect.node if q.expect else None, even, wrong, q.say, q.because,
            tuple(dict.fromkeys(v.node for v in q.named)), origin(q.span),
        )  # fmt: skip

    def clearer(self, node: NodeId) -> NodeId:
        """A margin, times what a recipe says."""
        factor, record = self.model.clearer, self.b.nodes[node]
        if factor == 1:
            return node
        type = Type("number") if record.type.base == "int" else record.type
        if record.op == "const":
            return self.b.const(type, record.attrs["value"] * factor, str(record.attrs.get("unit", "")))
        return self.b.node("mul", type, (node, self.b.const("number", factor)))

    def form(self, q: Question) -> Form:
        """How an answer is written, from its type."""
        type = q.answer.type
        if type.base == "shape":
            if is_box(self.cx, q.answer):
                return "boxes" if type.rank else "box"
            return "shapes" if type.rank else "shape"
        if type.base == "point":
            return "points" if type.rank else "point"
        if type.rank:
            return "values"
        if type.base in ("number", "length", "area", "angle"):
            return "quantity"
        return type.base  # type: ignore[return-value]

    def even(self, q: Question, domain: NodeId | None) -> VarId | None:
        """The hidden quota of an ``even`` answer: its value, or its position in the domain."""
        b, answer = self.b, q.answer.node
        name = f"answer {len(self.picks) + 1}"
        if q.over is not None:
            return self.quota(name, q.over.node, answer, "values", q)
        if q.answer.type == BOOL:
            return self.quota(name, b.const("bool[]", [False, True]), answer, "values", q)
        if domain is None:
            self.cx.error(
                "T243",
                "over which values should the answer be even?",
                q.even_span or q.span,
                "the domain is not evident",
                help="say over which: `even over 0 .. 9`, or `even over [a, b]`",
            )
            return None
        if b.nodes[domain].op == "const":
            return self.quota(name, domain, answer, "values", q)
        if not self.known(b.node("count", "int", (domain,))):
            self.cx.error(
                "T244",
                "the number of possible answers is not known before the scene is drawn",
                q.even_span or q.span,
                "how many there are is drawn by `let`",
                help="draw the length of the list with `pick` instead of `let`, and ask over all its items",
            )
            return None
        last = b.node("sub", "int", (b.node("count", "int", (domain,)), b.const("int", 1)))
        values = b.node("range", "int[]", (b.const("int", 0), last), None, (b.size(domain),))
        return self.quota(name, values, answer, "positions", q, domain)

    def quota(
        self, name: str, values: NodeId, answer: NodeId, what: str, q: Question, domain: NodeId | None = None
    ) -> VarId | None:
        """Add the hidden pick and the constraint that binds the answer to it; none where its values hang on a pick that
        is stepped through, for then it cannot be held."""
        b, twin = self.b, self.model.twin
        if twin is not None and twin.steps and twin.pick in picks_in(self.cx, values):
            return None
        span = origin(q.even_span or q.span)
        hidden = b.var(name, b.type(values).item, Law("stratum", (values,)), "even", (), (), span)
        var: VarId = b.nodes[hidden].attrs["var"]
        target = hidden if domain is None else b.node("item", b.type(domain).item, (domain, hidden))
        self.add(b.node("eq", BOOL, (answer, target)), "even", "the answer takes every value equally often",
                 q.even_span or q.span)  # fmt: skip
        self.picks.append(Pick(var, name, values, what, span))  # type: ignore[arg-type]
        return var

    def known(self, node: NodeId) -> bool:
        """Whether a number depends on picks alone (counts of blocks count, what is drawn does not)."""
        b = self.b
        waiting, seen = [node], set()
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            record = b.nodes[at]
            if record.op == "var" and b.vars[record.attrs["var"]].role != "pick":
                if b.type(at).rank and at != node:
                    law = b.vars[record.attrs["var"]].law
                    waiting.extend(law.args[-1:] if law.name == "sample" else law.args[:1])
                    continue
                return False
            if record.op in ("photo", "unique", "except"):
                return False
            if record.op == "loop":
                waiting.extend(record.args[1:])
                axis = b.axes[record.attrs["axis"]]
                waiting.extend(axis.lists)
                continue
            if record.op == "group":
                axes = b.groups[record.attrs["group"]].axes
                waiting.extend(b.axes[a].count for a in axes if b.axes[a].count is not None)  # type: ignore[misc]
                continue
            if record.op == "parts" and record.type.rank:
                for _, part in record.attrs["map"]:
                    count = b.axes[b.groups[part].axes[-1]].count
                    waiting.extend([] if count is None else [count])
                continue
            if record.op == "list":
                continue
            waiting.extend(record.args)
        return True

    # phrases and definedness ------------------------------------------------------------------------

    def phrases(self, k: int, ask: Ask) -> None:
        """Every shape that a text names, and every shape that could be the answer, has a phrase of its own."""
        nodes = list(ask.named)
        if ask.form == "shape":
            nodes.append(ask.domain if ask.domain is not None else ask.answer)
        elif ask.form == "shapes":
            nodes.append(ask.answer)
        for node in nodes:
            groups = self.groups_of(node)
            if groups and all(self.b.groups[g].name.endswith(".box") for g in groups):
                continue
            label = "a shape that the text names has a phrase of its own"
            self.add(node, "phrase", label, self.cx.spans.get(node) or ask.origin)

    def groups_of(self, node: NodeId) -> set[GroupId]:
        """The groups that a shape node mentions, as far as can be seen without its typed value."""
        record = self.b.nodes[node]
        if record.op == "parts":
            return {part for _, part in record.attrs["map"]}
        return set()

    def defined(self, asks: list[Ask]) -> None:
        """Whatever a question reads must have a value."""
        for k, ask in enumerate(asks):
            roots = [ask.answer, *[m.node for m in ask.wrong]]
            if ask.expect is not None:
                roots.append(ask.expect)
            for text in (*ask.texts, *ask.say, *ask.because):
                roots.extend(part.node for part in text.parts if not isinstance(part, str))
            for root in dict.fromkeys(roots):
                if self.b.nodes[root].op not in ("const", "group"):
                    self.add(root, "defined", f"what question {k + 1} reads has a value",
                             self.cx.spans.get(root) or ask.origin)  # fmt: skip
