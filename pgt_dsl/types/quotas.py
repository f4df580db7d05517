"""The picks of a task among each other: in which order their quotas are nested, and which one is a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pgt_dsl.program.program import Node, NodeId, Pick, Twin, VarId
from pgt_dsl.syntax import tree
from pgt_dsl.types.context import Context
from pgt_dsl.types.model import Model
from pgt_dsl.types.stepping import Steps


def order_picks(cx: Context, model: Model, spec: tree.Spec) -> None:
    """Quotas are nested in the order in which the file declares them."""
    rank = {pick.name: (pick.origin.file, pick.origin.line, pick.origin.column) for pick in model.picks}
    mine = {i.name for i in spec.items if isinstance(i, tree.Pick)}
    model.picks.sort(key=lambda p: (p.name in mine, rank[p.name]))
    depends = {pick.var: picks_in(cx, pick.values) for pick in model.picks}
    ordered: list[Pick] = []
    waiting = list(model.picks)
    while waiting:
        ready = next((p for p in waiting if depends[p.var] <= {q.var for q in ordered}), waiting[0])
        ordered.append(ready)
        waiting.remove(ready)
    model.picks = ordered


def sweep(
    cx: Context, model: Model, picks: Mapping[str, VarId], steps: Iterable[Steps], twins: Sequence[tree.Twin]
) -> None:  # fmt: skip
    """What a recipe sweeps: all the values of a pick are one group. ``picks``: those that there are, by name."""
    for one in steps:
        var = picks.get(one.name)
        if not one.group or var is None:
            continue
        if twins:
            cx.error("R815", f"`{model.name}` has twins, which are groups of two already", one.place,
                     "a sweep would make groups of groups", others=[(twins[0].span, "its twins")],
                     help="sweep a spec without `twin`, or use `levels`, which makes no groups")  # fmt: skip
            continue
        for pick in model.picks:
            if pick.var != var and var in picks_in(cx, pick.values):
                cx.error("R815", f"the values of `{pick.name}` hang on `{one.name}`, so it cannot be held", one.place,
                         "stepped through here", help=f"sweep `{pick.name}`, or use `levels`")  # fmt: skip
        swept = next(pick for pick in model.picks if pick.var == var)
        model.twin = Twin(var, (), cx.builder.size(swept.values))


def picks_in(cx: Context, node: int) -> set[VarId]:
    """The picks that a node reads, as the lengths of blocks do too."""
    b = cx.builder

    def beyond(record: Node) -> Iterator[NodeId]:
        if record.op in ("loop", "elem"):
            yield from b.axes[record.attrs["axis"]].lists
        groups = [record.attrs["group"]] if record.op == "group" else []
        if record.op == "parts":
            groups = [group for pair in record.attrs["map"] for group in pair]
        counts = (b.axes[axis].count for group in groups for axis in b.groups[group].axes)
        yield from (count for count in counts if count is not None)

    reached = (b.nodes[at] for at in b.reach([node], beyond))
    return {record.attrs["var"] for record in reached if record.op == "var"}
