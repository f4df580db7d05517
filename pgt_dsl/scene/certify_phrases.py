"""Whether what texts call a shape fits it alone: the oracle's own reading, shape by shape, in words.

A label, a name or a written word must be carried by no other; "the red star" must fit no other shape that looks so,
labelled or not. Entities are compared with one another, a photo's objects among themselves, and other shapes (parts,
scenery) with all but the objects. Boxes, and the picture, are written by their coordinates and need no phrase.
"""

from __future__ import annotations

from pgt_dsl.geometry.oracle import Lazy, Seen
from pgt_dsl.program.english import plural
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.program import Group

_FREE = ("canvas", "box", "segments")


class Phrases:
    """What the shapes of one scene are called. What is said of a shape is found out once."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._ranks: dict[int, str] = oracle.plan.kept.setdefault("ranks", {})  # of groups: the same in every scene
        self._said: dict[int, str] = {}
        self._looks: dict[int, str] = {}
        self._rivals: dict[int, list[Seen]] = {}

    def rank(self, seen: Seen) -> str:
        """Among which shapes its phrase must be unique: "free", "object", "entity" or "other"."""
        found = self._ranks.get(seen.group)
        if found is None:
            found = self._ranks[seen.group] = _rank(self._group(seen))
        return found

    def seen(self, slot: int) -> Seen:
        """The shape in a slot."""
        return self._oracle.shapes.slot(slot)

    def said(self, seen: Seen) -> str:
        """Its label, else its name, else the word that is written ("" for none of them)."""
        found = self._said.get(seen.slot)
        if found is None:
            found = self._said[seen.slot] = self._says(seen)
        return found

    def _says(self, seen: Seen) -> str:
        group = self._group(seen)
        if group.kind == "object":
            return ""
        names = ("label", "name") if group.composite else ("label", "name", "text")
        for name in names:
            if name in group.fields and (word := seen.fields[name]):
                return str(word)
        return ""

    def look(self, seen: Seen) -> str:
        """Its category, or its colour and noun ("" when that is nothing to call it by)."""
        found = self._looks.get(seen.slot)
        if found is None:
            found = self._looks[seen.slot] = self._looks_like(seen)
        return found

    def _looks_like(self, seen: Seen) -> str:
        group = self._group(seen)
        if group.kind == "object":
            return f"the {seen.category or group.noun}"
        form = "" if group.composite else str(seen.fields.get("form") or "")
        noun = group.noun or form or group.kind
        names = ("fill", "color") if group.composite else ("fill", "outline", "color")
        given = [n for n in names if n in group.fields][: 1 if group.composite else 2]
        hue = next((hue for n in given if (hue := seen.fields[n]) != "none"), "none")
        if hue == "none":
            return f"the {noun}" if group.composite else ""
        name = self._oracle.colors.get(hue)
        return f"the {name} {noun}" if name else ""

    def phrase(self, seen: Seen) -> str:
        """What texts call it ("" when there is nothing)."""
        return self.said(seen) or self.look(seen)

    def is_written_as_box(self, seen: Seen) -> bool:
        """Whether texts write it by its coordinates and not by a phrase."""
        return self.rank(seen) == "free" and self._group(seen).kind != "canvas"

    def called(self, seen: Seen, format: str | None) -> tuple[str, ...]:
        """The ways in which a text may name it in a format ("a", "bare", "many", "upper", or None); none where it has
        nothing to be called by."""
        group, proper = self._group(seen), ""
        if group.kind == "canvas":
            words = "picture"
        elif said := self.said(seen):
            words = said
            own = "name" in group.fields and seen.fields["name"] == said
            labelled = "label" in group.fields and seen.fields["label"] == said
            proper = said if labelled or not own or said[0].isupper() else ""
        else:
            words = self.look(seen)
        if proper:
            return (proper.upper() if format == "upper" else proper,)
        bare = words.removeprefix("the ")
        if not bare:
            return ()
        if format == "a":
            return f"a {bare}", f"an {bare}"
        if format == "many":
            return (plural(bare),)
        if format == "bare":
            return (bare,)
        return (f"the {bare}".upper() if format == "upper" else f"the {bare}",)

    def rivals(self, seen: Seen) -> list[Seen]:
        """The other shapes that its phrase fits too."""
        found = self._rivals.get(seen.slot)
        if found is None:
            found = self._rivals[seen.slot] = self._rivalling(seen)
        return found

    def _rivalling(self, seen: Seen) -> list[Seen]:
        said, rank = self.said(seen), self.rank(seen)
        if rank == "free":
            return []
        own = said or self.look(seen)
        compared = (rank, "entity") if rank == "other" else (rank,)
        tells = self.said if said else self.look
        among = [other for known in compared for other in self._among.get(known, ())]
        found = [other for other in among if other.slot != seen.slot and tells(other) == own]
        return sorted(found, key=lambda other: other.slot)

    @Lazy
    def _among(self) -> dict[str, list[Seen]]:
        """The shapes by rank."""
        shapes, found = self._oracle.shapes, dict[str, list[Seen]]()
        for group in shapes.groups:
            for seen in shapes.present(group.id):
                found.setdefault(self.rank(seen), []).append(seen)
        return found

    def _group(self, seen: Seen) -> Group:
        return self._oracle.program.groups[seen.group]


def _rank(group: Group) -> str:
    if not group.painted and not group.composite and group.kind in _FREE:
        return "free"
    if group.kind == "object":
        return "object"
    return "entity" if group.entity and not group.scenery and group.parent is None else "other"
