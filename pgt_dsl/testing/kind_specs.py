"""Specs in which a kind stands alone: in each way to set it, with all that decides its outline drawn."""

from __future__ import annotations

from collections.abc import Iterator

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import FieldSpec, Kind, Way
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.testing.conformance import Report
from pgt_dsl.testing.stage import LAWS, SIDE, Stage

LOOKS = ("color", "fill", "outline", "opacity", "layer", "label", "name", "scenery")  # no part of the outline


def stage_of(kind: Kind, offered: Registry, way: Way | None, given: str, report: Report) -> Stage:
    """A spec with one shape of the kind, set in one way, everything else of its outline drawn."""
    said = {part.partition("=")[0].partition("~")[0].strip() for part in given.split(",") if part.strip()}
    set_here = [*(way.given if way else ())]
    derived = set(way.derive) if way else {"x", "y"}
    by_ways = {name for w in kind.ways for name in w.derive} | {"x", "y"}
    lines = [given] if given else []
    for spec in kind.fields:
        taken = spec.name in said or (spec.name in derived and spec.name not in set_here)
        missing = spec.default is None and spec.name not in by_ways
        plain = (spec.default or "").startswith("=") and spec.name not in LOOKS and not taken
        law = "= other" if spec.type == "shape" else LAWS.get(spec.type)
        drawn = (spec.default or "").startswith("~")
        if law and not taken and not drawn and (spec.name in set_here or missing or (plain and _is_free(spec, kind))):
            lines.append(f"{spec.name} {law}")
    text = f"shape other: rect {{ turn = 20deg }}\nshape it: {kind.name} {{ {', '.join(lines)} }}"
    stage = Stage(text, offered)
    try:
        stage.program  # noqa: B018
    except PgtError as error:
        how = f"set by {', '.join(way.given)}" if way else "with nothing set that has a default"
        advice = "give what it needs with `given`, or mend its defaults and ways"
        raise report.fault("compiling", f"{how} it makes no task ({advice}):\n{text}\n{error}") from error
    return stage


def _is_free(spec: FieldSpec, kind: Kind) -> bool:
    """Whether a default says a plain value, so that any other will do: no other field is read in it."""
    names = {other.name for other in kind.fields}
    return not any(name in (spec.default or "").replace("(", " ").split() for name in names)


def usable_ways(kind: Kind) -> list[Way | None]:
    """The ways in which a spec can set the kind; None is "nothing but what has a default", where that is enough.

    A way to place it alone, say, leaves other fields without a value where these have no default; and where a default
    way gives a field, another way can take it only if it gives all that the default way takes.
    """
    defaults = {spec.name for spec in kind.fields if spec.default is not None}
    usual = [way for way in kind.ways if set(way.given) <= defaults]
    by_usual = {name for way in usual for name in way.derive}
    by_any = {name for way in kind.ways for name in way.derive}
    open_ = {s.name for s in kind.fields if s.default is None and s.name in by_any} - by_usual - {"x", "y"}

    def fits(way: Way) -> bool:
        own = {*way.given, *way.derive}
        displaced = [u for u in usual if set(u.derive) & set(way.given) - defaults]
        return open_ <= own and all(set(u.given) <= own for u in displaced) and _sets_fields(way, kind)

    return [*([] if open_ else [None]), *filter(fits, kind.ways)]


def _sets_fields(way: Way, kind: Kind) -> bool:
    """Whether the kind has all that a way takes, in types for which a spec can draw."""
    types = {spec.name: spec.type for spec in kind.fields}
    return all(types.get(name) in {*LAWS, "shape"} for name in way.given)


def looks(kind: Kind) -> Iterator[str]:
    """Fields by which the same kind looks otherwise: as it is, turned, hollow."""
    names = {spec.name for spec in kind.fields}
    yield ""
    if "turn" in names:
        yield "turn = 33deg"
    if kind.paint == "fill" and {"fill", "outline", "stroke"} <= names:
        yield "fill = none, outline = red, stroke = 2px"


def needed_fields(kind: Kind, given: str) -> str:
    """What the kind cannot do without, by plain values."""
    ways = usable_ways(kind)
    values = {"length": f"{SIDE / 10:g}px", "point": "(50vw, 50vh)", "shape": "other", "text": '"word"'}
    by_ways = {name for way in kind.ways for name in way.derive} | {"x", "y"}
    needed = ways[0].given if ways and ways[0] is not None else ()
    missing = [s for s in kind.fields if s.name in needed or (s.default is None and s.name not in by_ways)]
    missing = [s for s in missing if s.type in values]
    missing = [s for s in missing if f"{s.name} " not in f"{given} "]
    return ", ".join(filter(None, [given, *(f"{s.name} = {values[s.type]}" for s in missing)]))
