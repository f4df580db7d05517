"""A file to a ``Model``: declarations into scopes, then every statement in turn, gathering all diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import Law, Pick, VarId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.asks import question, twin
from pgt_dsl.types.background import canvas_size, declare_background
from pgt_dsl.types.calls import PARTS
from pgt_dsl.types.coerce import as_list, named_type
from pgt_dsl.types.context import Context, advice, describe, origin
from pgt_dsl.types.declare import declare_shape
from pgt_dsl.types.groups import GroupInfo, as_value
from pgt_dsl.types.laws import LAWS, draw
from pgt_dsl.types.loops import LIST_FUNCTIONS
from pgt_dsl.types.model import Model, Requirement
from pgt_dsl.types.quotas import order_picks, sweep
from pgt_dsl.types.scope import DefDecl, KindDecl, Lazy, Scope, Stop, Use, Val
from pgt_dsl.types.settings import Setting, set_bins, set_let, set_pick
from pgt_dsl.types.stepping import Steps, bins_values, let_values, pick_values

BOOL = Type("bool")
FUNCTIONS = frozenset((*LIST_FUNCTIONS, *PARTS))


@dataclass(slots=True)
class Task:
    """The work on one task; ``read_module`` gives the tree of a module by its name, or None."""

    cx: Context
    read_module: Callable[[str], tree.Spec | None]
    scope: Scope
    model: Model
    shapes: list[tuple[tree.Shape, Lazy]] = field(default_factory=list)
    infos: dict[str, GroupInfo] = field(default_factory=dict)
    requires: list[tuple[tree.Require, Scope, tuple[Use, ...]]] = field(default_factory=list)
    lazies: list[Lazy] = field(default_factory=list)
    picks: dict[str, VarId] = field(default_factory=dict)
    used: dict[str, Span | None] = field(default_factory=dict)
    background: tree.Background | None = None
    settings: dict[str, Setting] = field(default_factory=dict)
    steps: dict[str, Steps] = field(default_factory=dict)

    def attempt(self, work: Callable[[], object], span: Span | None = None) -> None:
        """Run one statement's work; its errors end it alone. ``span`` is where the statement stands."""
        try:
            work()
        except Stop:
            pass
        except RecursionError:
            self.cx.error(
                "L602",
                "the definitions nest too deeply",
                span,
                "reached from here",
                help="declare things before those that use them, and write shorter chains of them",
            )

    # declarations -------------------------------------------------------------------------------

    def declare(self, spec: tree.Spec, scope: Scope, overrides: dict[str, tuple[tree.Field, Scope]]) -> None:
        """Enter the names of a file into a scope."""
        for item in spec.items:
            if isinstance(item, tree.Use):
                self.attempt(lambda i=item: self.use(i, scope))  # type: ignore[misc]
        for item in spec.items:
            if isinstance(item, tree.Let):
                self._let(item, scope, overrides.get(item.name))
            elif isinstance(item, tree.Pick):
                self._pick(item, scope)
            elif isinstance(item, tree.Shape):
                self._shape(item, scope)
            elif isinstance(item, tree.Def):
                self._def(item, scope)
            elif isinstance(item, tree.Kind):
                self._kind(item, scope)
            elif isinstance(item, tree.Require):
                self.requires.append((item, scope, ()))
            elif isinstance(item, tree.Background):
                if self.background is not None:
                    self.cx.error(
                        "N303",
                        "a picture has one background",
                        item.span,
                        "a second one",
                        others=[(self.background.span, "the first")],
                        help="leave one of them out",
                    )
                else:
                    self.background = item
                    self._background(item, scope)
            elif isinstance(item, (tree.Ask, tree.Twin, tree.Canvas)) and spec.what == "module":
                self.cx.error("N312", "a module asks nothing: it only defines", item.span,
                              help="`ask`, `twin` and `canvas` belong to a task")  # fmt: skip

    def _free(self, name: str, span: Span | None, scope: Scope) -> bool:
        """Whether a name may be declared; reports when it may not."""
        known = scope.names.get(name)
        if known is not None:
            where = known.span
            self.cx.error("N303", f"`{name}` is already declared", span, "again here",
                          others=[(where, "first here")] if where else [], help="choose another name")  # fmt: skip
            return False
        if name in self.cx.base.names or name in ("index", "answer"):
            self.cx.error("N307", f"`{name}` is a word of the language", span, "already has a meaning",
                          help=f"choose another name, such as `my_{name}`")  # fmt: skip
            return False
        return True

    def _background(self, item: tree.Background, scope: Scope) -> None:
        """A background; its name is no value, but leads to its fields."""
        cx = self.cx
        if not self._free(item.name, item.name_span or item.span, scope):
            return
        self.attempt(lambda: declare_background(cx, self.model, item, scope), item.span)

        def make() -> Val:
            fields = [*self.model.background.fields, *(["objects", "spots"] if item.kind == "photo" else [])]
            shown = ", ".join(f"`{item.name}.{name}`" for name in fields)
            cx.fail("N301", f"`{item.name}` is the background, not a value", item.name_span or item.span,
                    "declared here", help=f"it has {shown}" if fields else "it has no fields")  # fmt: skip

        scope.names[item.name] = Lazy(item.name, item.name_span or item.span, make, "background", used=True)

    def _let(self, item: tree.Let, scope: Scope, override: tuple[tree.Field, Scope] | None) -> None:
        span = item.name_span or item.span
        if not self._free(item.name, span, scope):
            return
        bind, inner = (override[0].bind, override[1]) if override else (item.bind, scope)
        setting, steps = self._setting(item.name, scope), self._steps(item.name, scope)

        def make() -> Val:
            if steps is not None:
                values = let_values(self.cx, replace(item, bind=bind), steps, setting, inner)
                return self._pick_of(item.name, values, span, bind.expr.span)
            if setting is not None:
                return set_let(self.cx, replace(item, bind=bind), setting, inner, span)
            if bind.mode == "~":
                return draw(self.cx, item.name, bind.expr, inner, "let", None, (), span, item.name)
            val = as_list(self.cx, self.cx.expr(self.cx, bind.expr, inner))
            if val.ends is not None and val.type.base == "range":
                return val
            return Val(val.node, val.type, bind.expr.span, val.groups, val.ends, False)

        lazy = Lazy(item.name, span, make, "let")
        scope.names[item.name] = lazy
        self.lazies.append(lazy)

    def _pick(self, item: tree.Pick, scope: Scope) -> None:
        span = item.name_span or item.span
        if self._free(item.name, span, scope):
            lazy = Lazy(item.name, span, lambda: self._quota(item, scope), "pick")
            scope.names[item.name] = lazy
            self.lazies.append(lazy)

    def _setting(self, name: str, scope: Scope) -> Setting | None:
        """What a recipe sets a pick or a let of the task to; one of the language's own is never set."""
        found = self.settings.get(name) if scope is self.scope else None
        if found is not None:
            found.used = True
        return found

    def _steps(self, name: str, scope: Scope) -> Steps | None:
        """How a recipe steps through a pick or a let of the task."""
        found = self.steps.get(name) if scope is self.scope else None
        if found is not None:
            found.used = True
        return found

    def hold(self, conditions: Iterable[tree.Expr]) -> None:
        """Require conditions that a recipe says of all scenes."""
        for expr in conditions:
            self.requires.append((tree.Require(expr, span=expr.span), self.scope, ()))

    def check_settings(self) -> None:
        """Report names that a recipe sets and that are no picks or lets."""
        known = [lazy.name for lazy in self.lazies if lazy.name in self.scope.names]
        said: list[Setting | Steps] = [*self.settings.values(), *self.steps.values()]
        for setting in said:
            if not setting.used:
                what = self.scope.names.get(setting.name)
                is_what = f"a {what.what}" if isinstance(what, Lazy) else "none"
                self.cx.error("N301", f"`{self.model.name}` has no pick or let `{setting.name}`", setting.place,
                              "set here" if what is None else f"this is {is_what}",
                              help=advice(setting.name, known, "it has"))  # fmt: skip

    def _quota(self, item: tree.Pick, scope: Scope) -> Val:
        """The variable and the quota of a ``pick``."""
        cx, domain = self.cx, item.domain
        span = item.name_span or item.span
        setting, steps = self._setting(item.name, scope), self._steps(item.name, scope)
        if isinstance(domain, tree.Call) and domain.name == "bins":
            if setting is not None:
                domain = set_bins(cx, item.name, domain, setting, scope)
            if steps is not None:
                return self._pick_of(item.name, bins_values(cx, domain, steps, scope), span, domain.span)
            val = draw(cx, item.name, domain, scope, "pick", None, (), span, item.name)
            law = cx.builder.vars[cx.builder.nodes[val.node].attrs["var"]].law
            last = cx.builder.node("sub", "int", (law.args[2], cx.builder.const("int", 1)))
            values = as_list(cx, Val(last, Type("range"), domain.span, (), (cx.builder.const("int", 0), last)))
            what = "bins"
        else:
            values = cx.expr(cx, domain, scope)
            if values.ends is not None and cx.builder.type(values.ends[0]) != Type("int"):
                cx.fail("T241", "a pick needs a finite domain", domain.span, "endlessly many values",
                        help=f"`pick {item.name} ~ bins({domain.span.text if domain.span else '...'}, 8)` "
                        "is even over 8 equal parts")  # fmt: skip
            values = as_list(cx, values)
            if values.type.rank != 1:
                cx.fail("T241", "a pick needs a finite domain", domain.span, "this is one value",
                        help=f"for example `pick {item.name} ~ coin`, or `~ [red, blue]`, `~ 0 .. 9`, "
                        "`~ bins(2vmin .. 9vmin, 8)`")  # fmt: skip
            if cx.builder.size(values.node) == 0:
                cx.fail("T204", "nothing to draw: the list is empty", domain.span, "no items")
            if setting is not None:
                values = set_pick(cx, item.name, values, setting, scope)
            if steps is not None:
                values = pick_values(cx, values, steps, scope)
            return self._pick_of(item.name, values, span, domain.span)
        self._finite(values, domain.span)
        return self._picked(item.name, val, values, what, span)

    def _pick_of(self, name: str, values: Val, span: Span | None, place: Span | None) -> Val:
        """A pick of some values."""
        cx = self.cx
        node = cx.builder.var(name, values.type.item, Law("stratum", (values.node,)), "pick", (),
                              cx.builder.nodes[values.node].sizes[1:], origin(span))  # fmt: skip
        self._finite(values, place)
        return self._picked(name, cx.val(node, span, values.groups), values, "values", span)

    def _picked(self, name: str, val: Val, values: Val, what: str, span: Span | None) -> Val:
        """Enter the quota of a variable."""
        ident = self.cx.builder.nodes[val.node].attrs["var"]
        self.model.picks.append(Pick(ident, name, values.node, what, origin(span)))  # type: ignore[arg-type]
        self.picks[name] = ident
        return val

    def _finite(self, values: Val, span: Span | None) -> None:
        """A pick's domain is known before anything is drawn: it reads constants and earlier picks only."""
        cx = self.cx
        for node in cx.builder.reach([values.node]):
            record = cx.builder.nodes[node]
            drawn = record.op in ("field", "photo", "group", "parts") or (
                record.op == "var" and cx.builder.vars[record.attrs["var"]].role != "pick")  # fmt: skip
            if drawn:
                where = cx.spans.get(node)
                cx.fail("T241", "the domain of a pick is known before anything is drawn", span,
                        others=[(where, "this is drawn")] if where and where != span else [],
                        help="make it depend on constants and other picks only, or use `let`")  # fmt: skip

    def _shape(self, item: tree.Shape, scope: Scope) -> None:
        span = item.name_span or item.span
        if not self._free(item.name, span, scope):
            return

        def make() -> Val:
            info = declare_shape(self.cx, item, scope)
            self.infos[item.name] = info
            return as_value(self.cx, info, span)

        lazy = Lazy(item.name, span, make, "shape", used=True)
        scope.names[item.name] = lazy
        self.shapes.append((item, lazy))
        self.cx.shapes.append(lazy)

    def _def(self, item: tree.Def, scope: Scope) -> None:
        span = item.name_span or item.span
        known = self.cx.defs.get(item.name)
        if known is not None:
            first = known.tree.name_span or known.tree.span
            self.cx.error("N303", f"the function `{item.name}` is already declared", span, "again here",
                          others=[(first, "first here")], help="choose another name")  # fmt: skip
            return
        if item.name in FUNCTIONS or item.name in self.cx.registry.functions or item.name in LAWS:
            self.cx.error("N307", f"`{item.name}` is a function of the language", span, "already has a meaning",
                          help=f"choose another name, such as `my_{item.name}`")  # fmt: skip
            return
        self._params(item.params)
        if item.result is not None:
            self.attempt(lambda: named_type(self.cx, item.result))  # type: ignore[arg-type]
        self.cx.defs[item.name] = DefDecl(item, scope)

    def _kind(self, item: tree.Kind, scope: Scope) -> None:
        span = item.name_span or item.span
        if item.name in self.cx.registry.kinds:
            self.cx.error("N307", f"`{item.name}` is a kind of the language", span, "already has a meaning",
                          help=f"choose another name, such as `my_{item.name}`")  # fmt: skip
            return
        if item.name in self.cx.kinds:
            known = self.cx.kinds[item.name].tree
            self.cx.error(
                "N303",
                f"the kind `{item.name}` is already declared",
                span,
                "again here",
                others=[(known.name_span or known.span, "first here")],
                help="choose another name",
            )
            return
        self._params(item.params)
        self.cx.kinds[item.name] = KindDecl(item, scope)

    def _params(self, params: tuple[tree.Param, ...]) -> None:
        """Each parameter has a type that there is, and a name of its own."""
        seen: dict[str, tree.Param] = {}
        for param in params:
            self.attempt(lambda p=param: named_type(self.cx, p.type))  # type: ignore[misc]
            if param.name in seen:
                self.cx.error("N303", f"two parameters are called `{param.name}`", param.span, "again here",
                              others=[(seen[param.name].span, "first here")], help="choose another name")  # fmt: skip
            seen[param.name] = param

    def use(self, item: tree.Use, scope: Scope) -> None:
        """Include a module once; its names come into the scope of the file that uses it."""
        if item.module in self.used:
            if item.overrides:
                self.cx.error("N303", f"`{item.module}` is used twice", item.module_span or item.span, "again here",
                              others=[(self.used[item.module], "first here")],
                              help="say what you change at its first `use`")  # fmt: skip
            return
        spec = self.read_module(item.module)
        if spec is None:
            self.cx.fail("N306", f"there is no module `{item.module}`", item.module_span or item.span, "not known here",
                         help=[*(["`use` takes the name of an installed module, never a path"] if _pathlike(item.module)
                                 else []), *advice(item.module, self.cx.registry.modules, "modules")])  # fmt: skip
        self.used[item.module] = item.module_span or item.span
        lets = {i.name for i in spec.items if isinstance(i, tree.Let)}
        for entry in item.overrides:
            if entry.name not in lets:
                self.cx.error("N301", f"`{item.module}` has no `{entry.name}` to set", entry.name_span or entry.span,
                              "no such `let`", help=advice(entry.name, lets, "it has"))  # fmt: skip
        self.declare(spec, scope, {e.name: (e, scope) for e in item.overrides})

    # statements ---------------------------------------------------------------------------------

    def elaborate(self, spec: tree.Spec) -> None:
        """Every statement of the task, in an order in which nothing is missed."""
        cx = self.cx
        for item in spec.items:
            if isinstance(item, tree.Canvas):
                self.attempt(lambda i=item: self._canvas(i))  # type: ignore[misc]
        for lazy in [entry for _, entry in self.shapes]:
            self.attempt(lambda z=lazy: z.force(cx))  # type: ignore[misc]
        order = {name: k for k, (item, _) in enumerate(self.shapes) for name in [item.name]}
        self.model.entities = sorted(self.infos.values(), key=lambda info: order[info.name])
        for lazy in [z for z in self.lazies if z.what == "pick"]:
            self.attempt(lambda z=lazy: z.force(cx))  # type: ignore[misc]
        for lazy in self.lazies:
            self.attempt(lambda z=lazy: z.force(cx))  # type: ignore[misc]
        for info in list(cx.groups.values()):
            for name in list(info.fields):
                self.attempt(lambda i=info, n=name: i.fields[n].force(cx))  # type: ignore[misc]
        for found in [*self.requires, *(r for info in list(cx.groups.values()) for r in info.requires)]:
            cx.calls = found[2]
            self.attempt(lambda r=found: self._require(r[0], r[1]), found[0].span)  # type: ignore[misc]
        cx.calls = ()
        for item in spec.items:
            if isinstance(item, tree.Ask):
                self.attempt(lambda i=item: self.model.questions.append(question(cx, i, self.scope)), item.span)  # type: ignore[misc]
        twins = [item for item in spec.items if isinstance(item, tree.Twin)]
        for item in twins[:1]:
            self.attempt(lambda i=item: self._twin(i), item.span)  # type: ignore[misc]
        for item in twins[1:]:
            cx.error("N303", "a task has one twin", item.span, "a second one", others=[(twins[0].span, "the first")],
                     help="leave one of them out")  # fmt: skip
        order_picks(cx, self.model, spec)
        sweep(cx, self.model, self.picks, self.steps.values(), twins)
        for lazy in self.lazies:
            if lazy.value is not None and lazy.value.type.base != "range" and lazy.name in self.scope.names:
                self.model.names[lazy.name] = lazy.value

    def _canvas(self, item: tree.Canvas) -> None:
        self.model.canvas = canvas_size(self.cx, item, self.scope)

    def _twin(self, item: tree.Twin) -> None:
        self.model.twin = twin(self.cx, item, self.scope, self.picks)

    def _require(self, item: tree.Require, scope: Scope) -> None:
        val = self.cx.expr(self.cx, item.expr, scope)
        if val.type != BOOL:
            hint = f"compare it with something: `{val.span.text} > ...`" if val.type.is_quantity and val.span else ()
            self.cx.fail("T210", "after `require` stands a condition", val.span, f"this is {describe(val.type)}",
                         help=hint)  # fmt: skip
        self.model.requirements.append(Requirement(val, item.span, item.because or "", scope.axes))


def _pathlike(module: str) -> bool:
    return module.startswith((".", "/", "~")) or module.endswith(".pgt") or "\\" in module or "/../" in module
