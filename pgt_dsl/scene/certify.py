"""Certification: every scene is judged again by an oracle that shares no code with what made it.

``certify(program, scene, registry)`` returns the disagreements, none for a good scene. Checked are: every draw could
have been drawn; every requirement holds and every partial expression has a value; the shapes, their fields, boxes and
paint order; every answer, its margin, tolerance, phrases, options and wrong answers; every hole of every text.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pgt_dsl.geometry.oracle import Seen, UndefinedValueError, UnknownValueError
from pgt_dsl.languages.tongue import Tongue
from pgt_dsl.program.oracle_eval import NOWHERE, Oracle
from pgt_dsl.program.oracle_shapes import Registry
from pgt_dsl.program.oracle_values import is_box_of, matches, read, same, told
from pgt_dsl.program.oracle_verdict import SHARE, Verdicts
from pgt_dsl.program.program import Ask, Constraint, NodeId, Origin, Program
from pgt_dsl.scene.certify_language import ambiguous, in_english, missaid
from pgt_dsl.scene.certify_laws import breach, environments
from pgt_dsl.scene.certify_phrases import Phrases
from pgt_dsl.scene.certify_places import misplaced
from pgt_dsl.scene.certify_texts import TextCheck, Texts
from pgt_dsl.scene.scene import Answered, Scene, SceneShape

Json = Any
NO_ORIGIN = Origin()
_HALVED = frozenset({"width", "height", "size", "length", "stroke"})
_VIEWS = frozenset({"x", "y"})  # of `at`
_PLAIN = (float, str, bool, int)  # equal values of these need no tolerance


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the oracle and a scene differ. ``expected`` is the oracle's view, ``found`` the scene's (both JSON).

    ``spec`` marks what is no fault of the scene but of its spec: the answer is right and its ``expect`` says otherwise.
    """

    task: str
    index: int
    seed: int
    what: str
    expected: Json = None
    found: Json = None
    origin: Origin = NO_ORIGIN
    spec: bool = False

    def __str__(self) -> str:
        if self.spec:
            return (
                f"error[S502]: the answer is {self.found}, and {self.what} says {self.expected}\n"
                f" --> {self.origin.file}:{self.origin.line}\n"
                f"  = help: `pgt show {self.origin.file} --seed {self.seed} --index {self.index}` shows the scene; "
                "`pgt explain S502` says more"
            )
        place = f"{self.origin.file}:{self.origin.line}: " if self.origin.line else ""
        text = f"{place}sample {self.index} of {self.task} (seed {self.seed}): {self.what}"
        if self.expected is None and self.found is None:
            return text
        return f"{text}: the oracle expects {self.expected}, the scene has {self.found}"

    def to_json(self) -> dict[str, Json]:
        """The disagreement in plain dicts and lists."""
        return dataclasses.asdict(self)


def certify(
    program: Program, scene: Scene, registry: Registry, photos: Any = None, tongue: Tongue | None = None
) -> list[Disagreement]:
    """All disagreements between the oracle and ``scene``, worst kinds first; empty for a good scene.

    ``photos`` is the catalogue with which the scene was made (``program.inputs.PhotoCatalog``); what needs a photo's
    pixels and cannot have them is left unjudged. ``tongue``: what a scene in another language than English is said in.
    Never raises because of what the scene holds.
    """
    return _Judge(program, scene, registry, photos, tongue).judge()


class _Judge:
    """The judgement of one scene."""

    def __init__(self, program: Program, scene: Scene, registry: Registry, photos: Any, tongue: Tongue | None) -> None:
        self.tongue = tongue
        self.program, self.scene = program, scene
        self.oracle = Oracle(program, registry, scene, photos)
        self.verdicts = Verdicts(self.oracle)
        self.phrases = Phrases(self.oracle)
        self.texts = Texts(self.oracle, self.verdicts, self.phrases)
        self.found: list[Disagreement] = []

    def judge(self) -> list[Disagreement]:
        for k, (ask, answered) in enumerate(zip(self.program.asks, self.scene.asks, strict=False)):
            where = f"question {k + 1}" if len(self.program.asks) > 1 else "the question"
            before = len(self.found)  # of a wrong answer all texts are wrong, which need not be told
            self._guard(f"the answer of {where}", ask.origin, lambda: self._answer(ask, answered, where))  # noqa: B023
            self._guard(f"the phrases of {where}", ask.origin, lambda: self._named(ask, where))  # noqa: B023
            told = answered
            if self.scene.language != "en":
                self._guard(f"the words of {where}", ask.origin, lambda: self._words(ask, answered, where))  # noqa: B023
                told = in_english(self.oracle, self.phrases, answered, self.program.nodes[ask.answer].type)
            for what, check in self.texts.checks(ask, told) if len(self.found) == before else ():
                if told is answered or check in (self.texts.answer, self.texts.wrong):
                    self._guard(f"{what} of {where}", ask.origin, lambda: self._text(check, ask, told, where))  # noqa: B023
            self._options(ask, answered, where)
            for what, expected, found in misplaced(self.scene, answered):
                self._differ(f"{what} of {where}", expected, found, ask.origin)
        stage = self.program.stage
        least = min((math.inf if ask.margin is None else ask.margin for ask in self.scene.asks), default=math.inf)
        if stage is not None and not stage.has(least):
            self._differ(f"the margin of the least clear question of the stage `{stage.name}`", str(stage), least)
        if len(self.program.asks) != len(self.scene.asks):
            self._differ("the number of questions", len(self.program.asks), len(self.scene.asks))
        for constraint in self.program.constraints:
            label = constraint.label or constraint.reason
            self._guard(f"`{label}`", constraint.origin, lambda: self._constraint(constraint))  # noqa: B023
        for var in self.program.vars:
            if var.role != "photo":
                self._guard(f"the draw of `{var.name}`", var.origin, lambda: self._draw(var.id))  # noqa: B023
        self._guard("the shapes", NO_ORIGIN, self._shapes)
        return self.found

    # means --------------------------------------------------------------------------------------------

    def _differ(
        self, what: str, expected: Json = None, found: Json = None, origin: Origin = NO_ORIGIN, spec: bool = False
    ) -> None:
        scene = self.scene
        self.found.append(Disagreement(scene.task, scene.index, scene.seed, what, expected, found, origin, spec))

    def _guard(self, what: str, origin: Origin, check: Callable[[], None]) -> None:
        """Run a check; what is undefined is a disagreement, what cannot be known is none."""
        try:
            check()
        except UnknownValueError:
            return
        except UndefinedValueError as error:
            self._differ(f"{what} has no value: {error}", origin=origin)
        except Exception as error:  # a plugin's oracle or a scene that is not of this program may do anything
            self._differ(f"{what} cannot be judged: {type(error).__name__}: {error}", origin=origin)

    def _same(self, node: NodeId, found: Json, value: Any) -> bool:
        """Whether the scene's JSON tells the oracle's value of a node, within tolerance."""
        type = self.program.nodes[node].type
        tolerance = self.verdicts.tolerance(node)
        if matches(found, value, SHARE, tolerance):
            return True
        if type.base == "angle" and not type.rank and isinstance(found, int | float):
            return bool(abs((found - value + 180) % 360 - 180) <= SHARE * 360 + tolerance)
        return False

    # questions -------------------------------------------------------------------------------------------

    def _answer(self, ask: Ask, answered: Answered, where: str) -> None:
        value = self.oracle.value(ask.answer)
        if not self._same(ask.answer, answered.value, value) and not self._excused(ask, answered.value):
            self._differ(f"the answer of {where}", told(value), answered.value, ask.origin)
        if ask.expect is not None:
            expected = self.oracle.value(ask.expect)
            tolerance = self.verdicts.tolerance(ask.expect) + self.verdicts.tolerance(ask.answer)
            agrees = same(value, expected, SHARE, tolerance)
            if not agrees and not matches(answered.value, expected, SHARE, tolerance):
                self._differ("`expect`", told(expected), told(value), ask.origin, spec=True)
        if ask.within is not None and answered.within is not None:
            within = self.oracle.value(ask.within)
            share = ask.form == "quantity" and self._base(ask.within) == "number" != self._base(ask.answer)
            if share:  # a plain number for a measured quantity is a share of it, told in its unit
                within *= abs(value)
                agrees = matches(answered.within, within, SHARE, self.verdicts.tolerance(ask.answer))
            else:
                agrees = self._same(ask.within, answered.within, within)
            if not agrees:
                self._differ(f"the tolerance of {where}", told(within), answered.within, ask.origin)
        if answered.margin is not None and answered.margin < 1 - SHARE:
            self._differ(f"the margin of {where}", ">= 1", answered.margin, ask.origin)
        if ask.even is not None and self._has_quota:
            self._even(ask, value, where)

    def _excused(self, ask: Ask, found: Json) -> bool:
        """Whether a truth or number could be what was found, given every tolerance in it."""
        if ask.form == "bool" and isinstance(found, bool):
            return self.verdicts.could(ask.answer)[found]
        if ask.form == "int" and isinstance(found, int):
            low, high = self.verdicts.span(ask.answer)
            return low <= found <= high
        return False

    @property
    def _has_quota(self) -> bool:
        """Whether the answer is that of its quota: of twins only the first's is, of a sweep that of any scene."""
        return self.program.swept is None and self.scene.twin == 0

    def _even(self, ask: Ask, value: Any, where: str) -> None:
        """The answer is what its quota says."""
        var = self.program.vars[ask.even]  # type: ignore[index]
        pick = next((p for p in self.program.picks if p.var == var.id), None)
        drawn = read(self.oracle.drawn(var.name, NOWHERE, ()), var.type, 1.0, self.oracle.shapes.slot)
        if pick is not None and pick.what == "positions" and ask.domain is not None:
            domain = self.oracle.value(ask.domain)
            drawn = domain[drawn] if 0 <= drawn < len(domain) else drawn
        if pick is not None and pick.what == "bins":
            return
        if not same(value, drawn, SHARE, self.verdicts.tolerance(ask.answer)) and not self._excused(ask, told(drawn)):
            self._differ(f"the quota of the answer of {where}", told(value), told(drawn), ask.origin)

    def _named(self, ask: Ask, where: str) -> None:
        for node in ask.named:
            named = self.oracle.value(node)
            for seen in named if isinstance(named, list) else [named]:
                self._phrase(seen, where, ask.origin)

    def _phrase(self, seen: Seen, where: str, origin: Origin) -> None:
        if self.phrases.rank(seen) == "free":
            return
        phrase, rivals = self.phrases.phrase(seen), self.phrases.rivals(seen)
        if not phrase:
            self._differ(f"shape {seen.slot}, named in {where}, has nothing to be called by", origin=origin)
        elif rivals:
            slots = [s.slot for s in rivals]
            self._differ(f'"{phrase}" in {where} fits other shapes too', [seen.slot], [seen.slot, *slots], origin)

    def _words(self, ask: Ask, answered: Answered, where: str) -> None:
        type = self.program.nodes[ask.answer].type
        for what, wanted, found in missaid(self.oracle, self.phrases, self.scene, answered, type, self.tongue):
            self._differ(f"{what} to {where}", wanted, found, ask.origin)
        for slot, phrase, others in ambiguous(self.phrases, self.scene):
            self._differ(f'"{phrase}" in {where} fits other shapes too', [slot], [slot, *others], ask.origin)

    def _options(self, ask: Ask, answered: Answered, where: str) -> None:
        options = answered.options
        if options:
            if len(set(options)) < len(options):
                self._differ(f"the options of {where} are not all different", found=list(options), origin=ask.origin)
            k = answered.correct
            if options.count(answered.text) != 1 or k is None or options[k : k + 1] != (answered.text,):
                self._differ(f"the right option of {where}", answered.text, [list(options), k], ask.origin)
        elif answered.correct is not None:
            self._differ(f"the right option of {where}", None, answered.correct, ask.origin)

    def _text(self, check: TextCheck, ask: Ask, answered: Answered, where: str) -> None:
        for what, expected, found in check(ask, answered, where):
            self._differ(what, expected, found, ask.origin)

    def _base(self, node: NodeId) -> str:
        return self.program.nodes[node].type.base

    # what must hold ------------------------------------------------------------------------------------------

    def _constraint(self, constraint: Constraint) -> None:
        node = constraint.node
        if constraint.reason == "even" and not self._has_quota:
            return
        for env in environments(self.oracle, self.program.nodes[node].axes):
            value = self.oracle.value(node, env)
            if constraint.reason == "phrase":
                if self.program.nodes[node].type.base == "shape":
                    for seen in value if isinstance(value, list) else [value]:
                        self._phrase(seen, "a text", constraint.origin)
            elif constraint.reason in ("require", "room", "even") and not (value or self.verdicts.could(node, env)[1]):
                item = f" (item {list(env.values())})" if env else ""
                label = constraint.label or constraint.reason
                self._differ(f"`{label}` does not hold{item}", False, True, constraint.origin)

    def _draw(self, ident: int) -> None:
        var = self.program.vars[ident]
        for env in environments(self.oracle, var.axes):
            why = breach(self.oracle, self.verdicts, var, env)
            if why is not None:
                item = f" for item {list(env.values())}" if env else ""
                drawn = self.oracle.drawn(var.name, env, var.axes)
                self._differ(f"the draw of `{var.name}`{item} is impossible ({var.law.name})", why, drawn, var.origin)

    # shapes ------------------------------------------------------------------------------------------------------

    def _shapes(self) -> None:
        shapes, scene = self.oracle.shapes, {s.slot: s for s in self.scene.shapes}
        there, wanted = set[int](), set[int]()
        for g in self.program.groups:
            slots = [s.slot for s in shapes.present(g.id)]
            there.update(slots)
            if (g.painted or g.composite) and g.kind != "canvas":
                wanted.update(slots)
        if not wanted <= scene.keys() or not scene.keys() <= there:
            self._differ("the shapes of the scene", sorted(wanted), sorted(scene))
            return
        order = [s.slot for s in shapes.painted]
        found = [s.slot for s in sorted(scene.values(), key=lambda s: s.id) if s.id > 0]
        if order != found:
            self._differ("the paint order", order, found)
        for slot, told_of in scene.items():
            group = self.program.groups[shapes.slot(slot).group]
            self._guard(f"shape {slot} of `{group.name}`", group.origin, lambda: self._shape(slot, told_of))  # noqa: B023

    def _shape(self, slot: int, shape: SceneShape) -> None:
        shapes = self.oracle.shapes
        seen = shapes.slot(slot)
        group = self.program.groups[seen.group]
        fixed = self.oracle.plan.fixed_fields[seen.group]
        field = shapes.field
        for name, found in shape.fields.items():
            try:
                value = fixed[name] if name in fixed else field(seen, name)
            except UndefinedValueError:
                if found is not None:
                    self._differ(f"`{name}` of shape {slot} of `{group.name}`", None, found, group.origin)
                continue
            except UnknownValueError:
                continue
            kind = type(value)
            if kind is type(found) and kind in _PLAIN and value == found:
                continue
            if kind is complex and found == [value.real, value.imag]:
                continue
            node = group.fields.get(name)
            agrees = matches(found, value, SHARE, seen.slop) if node is None else self._same(node, found, value)
            if not agrees:
                self._differ(f"`{name}` of shape {slot} of `{group.name}`", told(value), found, group.origin)
        near = all(type(f) is float and abs(f - v) <= SHARE for f, v in zip(shape.box, seen.box, strict=False))
        if near and len(shape.box) == 4:
            return
        if len(shape.box) != 4 or not is_box_of(shape.box, seen, SHARE, self._hung(seen)):
            self._differ(f"the box of shape {slot} of `{group.name}`", list(seen.box), list(shape.box), group.origin)

    def _hung(self, seen: Seen) -> float:
        """By how much (px) a side of a box may be off because the shape's fields hang on measures of ellipses. What is
        a size reaches half of itself to each side."""
        found = 0.0
        for leaf in seen.painted if seen.hugged is None else ():
            fields = self.program.groups[leaf.group].fields
            loose = {
                name: node for name, node in fields.items() if node in self.oracle.plan.loose and name not in _VIEWS
            }
            reach = sum(self.verdicts.tolerance(n) * (0.5 if name in _HALVED else 1.0) for name, n in loose.items())
            found = max(found, reach)
        return found
