"""Whether what texts call a shape fits it alone: the oracle's own reading, shape by shape, in words.

A label, a name or a written word must be carried by no other; "the red star" must fit no other shape that looks so,
labelled or not. Entities are compared with one another, a photo's objects among themselves, and other shapes (parts,
scenery) with all but the objects. Boxes, and the picture, are written by their coordinates and need no phrase.
"""

from __future__ import annotations

from functools import cached_property

from pgt_dsl.geometry.oracle import Seen
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.program import Group

_FREE = ("canvas", "box", "segments")


class Phrases:
    """What the shapes of one scene are called."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle

    def rank(self, seen: Seen) -> str:
        """Among which shapes its phrase must be unique: "free", "object", "entity" or "other"."""
        group = self._group(seen)
        if not group.painted and not group.composite and group.kind in _FREE:
            return "free"
        if group.kind == "object":
            return "object"
        entity = group.entity and not group.scenery and group.parent is None
        return "entity" if entity else "other"

    def said(self, seen: Seen) -> str:
        """Its label, else its name, else the word that is written ("" for none of them)."""
        group = self._group(seen)
        if group.kind == "object":
            return ""
        names = ["label", "name"]
        if not group.composite:
            names.append("text")
        return next((str(seen.fields[n]) for n in names if n in group.fields and seen.fields[n]), "")

    def look(self, seen: Seen) -> str:
        """Its category, or its colour and noun ("" when that is nothing to call it by)."""
        group = self._group(seen)
        if group.kind == "object":
            return f"the {seen.category or group.noun}"
        form = "" if group.composite else str(seen.fields.get("form") or "")
        noun = group.noun or form or group.kind
        names = ("fill", "color") if group.composite else ("fill", "outline", "color")
        given = [n for n in names if n in group.fields][: 1 if group.composite else 2]
        hue = next((seen.fields[n] for n in given if seen.fields[n] != "none"), "none")
        if hue == "none":
            return f"the {noun}" if group.composite else ""
        name = self._oracle.colors.get(hue)
        return f"the {name} {noun}" if name else ""

    def phrase(self, seen: Seen) -> str:
        """What texts call it ("" when there is nothing)."""
        return self.said(seen) or self.look(seen)

    def rivals(self, seen: Seen) -> list[Seen]:
        """The other shapes that its phrase fits too."""
        said, rank = self.said(seen), self.rank(seen)
        if rank == "free":
            return []
        own = said or self.look(seen)
        compared = {rank, "entity"} if rank == "other" else {rank}
        return [
            other
            for other in self._everyone
            if other.slot != seen.slot
            and self.rank(other) in compared
            and (self.said(other) if said else self.look(other)) == own
        ]

    @cached_property
    def _everyone(self) -> list[Seen]:
        shapes = self._oracle.shapes
        return [seen for group in shapes.groups for seen in shapes.present(group.id)]

    def _group(self, seen: Seen) -> Group:
        return self._oracle.program.groups[seen.group]
