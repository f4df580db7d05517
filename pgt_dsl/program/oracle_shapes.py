"""The shapes of one scene as the oracle sees them: which slots are there, their fields, parts, order and outlines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import Core, Lazy, Seen, UndefinedValueError, UnknownValueError, pieces_of
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.extension import Function, Kind
from pgt_dsl.program.oracle_ops import EDGES, resolved
from pgt_dsl.program.oracle_photos import PhotoOracle
from pgt_dsl.program.program import Group, GroupId, Node

if TYPE_CHECKING:
    from pgt_dsl.program.oracle_eval import Env, Oracle

Value = Any
Piece = tuple[Core | BaseGeometry, float]
OBJECT, BOX = "object", "box"

_FIXED = {"label": "", "name": "", "turn": 0.0, "layer": 0.0, "outline": "none", "opacity": 1.0, "category": ""}


class Registry(Protocol):
    """What the oracle needs of the registry."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """Functions by name."""
        ...

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Kinds by name."""
        ...


class BackgroundLike(Protocol):
    """What the oracle needs of a scene's background."""

    @property
    def kind(self) -> str:
        """Its kind."""
        ...

    @property
    def fields(self) -> Mapping[str, Any]:
        """Its fields (JSON)."""
        ...


class SceneLike(Protocol):
    """What the oracle starts from: of a finished scene only the canvas, the draws and the background."""

    @property
    def width(self) -> int:
        """px."""
        ...

    @property
    def height(self) -> int:
        """px."""
        ...

    @property
    def draws(self) -> Mapping[str, Any]:
        """Drawn variables by name (JSON; nested lists over block axes)."""
        ...

    @property
    def background(self) -> BackgroundLike:
        """The background that was chosen."""
        ...


class Fields(Mapping[str, Any]):
    """The fields of a shape, computed when asked for; names that it lacks are missing keys."""

    seen: Seen

    def __init__(self, shapes: Shapes, names: Collection[str]) -> None:
        self._field, self._names = shapes.field, names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._field(self.seen, name)

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value, ``default`` for a name that the shape lacks."""
        return self._field(self.seen, name) if name in self._names else default

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Shapes:
    """All shapes of a scene, by slot."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._plan = oracle.plan
        self.groups: Sequence[Group] = oracle.program.groups
        self._seen: dict[int, Seen] = {}
        self._present: dict[GroupId, list[Seen]] = {}
        self._photo: Mapping[str, list[Any]] | None = None
        world = oracle.world
        world.painted = lambda: self.painted
        background = oracle.scene.background
        world.background = (background.kind, background.fields)
        if background.kind == "photo":
            world.lightness_of = self._photo_lightness
            world.photo = cache(self._photo_oracle)

    # which there are ---------------------------------------------------------------------------------

    def slot(self, slot: int) -> Seen:
        """The shape in a slot. Raises ``UndefinedValueError`` for a slot beyond the table."""
        found = self._seen.get(slot)
        if found is None:
            if slot not in self._plan.slots:
                raise UndefinedValueError(f"there is no shape {slot}")
            found = self._seen[slot] = self._make(slot)
        return found

    def places(self, group: GroupId) -> list[dict[int, int]]:
        """The positions of the items of a group that are there, row by row."""
        envs: list[dict[int, int]] = [{}]
        for axis in self.groups[group].axes:
            envs = [{**env, axis: k} for env in envs for k in range(self._oracle.length(axis, env))]
        return envs

    def present(self, group: GroupId) -> list[Seen]:
        """The shapes of a group that are there."""
        found = self._present.get(group)
        if found is None:
            record = self.groups[group]
            every = [self.here(group, env) for env in self.places(group)] if record.axes else [self.slot(record.start)]
            found = self._present[group] = every
        return found

    def all_of(self, group: GroupId, listed: bool) -> Value:
        """The ``group`` op."""
        return self.present(group) if listed else self.slot(self.groups[group].start)

    def here(self, group: GroupId, env: Env) -> Seen:
        """The item of a group at the positions of its axes."""
        record, place = self.groups[group], 0
        if not record.axes:
            return self.slot(record.start)
        for axis in record.axes:
            place = place * self._oracle.program.axes[axis].size + env[axis]
        return self.slot(record.start + place)

    def _make(self, slot: int) -> Seen:
        group, index, positions = self._plan.slots[slot]
        kind = self._oracle.registry.kinds.get(group.kind)
        names = {*group.fields, "width", "height", "at"} if group.kind == "canvas" else group.fields
        fields = Fields(self, names)
        seen = Seen(
            slot, group.kind, fields, lambda: self._pieces(seen, group, kind), self._oracle.world,
            group.id, index, "none" if kind is None else kind.paint,
            (lambda: self._leaves(seen)) if group.composite else None, positions,
            (lambda: self._around(seen, group)) if group.kind == BOX else None,
        )  # fmt: skip
        fields.seen = seen
        return seen

    def _around(self, seen: Seen, group: Group) -> Seen | None:
        """What a box is drawn around: its field says so, or it is the box of another shape."""
        if "around" in group.fields:
            found: Seen = self.field(seen, "around")
            return found
        return None if group.parent is None else self.here(group.parent, seen.positions)

    # outlines and order --------------------------------------------------------------------------------

    def _pieces(self, seen: Seen, group: Group, kind: Kind | None) -> list[Piece]:
        if group.composite:
            return [piece for leaf in self._leaves(seen) for piece in leaf.cores]
        if group.kind == OBJECT:
            traced = self._traced(seen)
            if traced:
                return traced
        if kind is None:
            raise UnknownValueError(f"the outline of the kind {group.kind}, which no plugin here offers")
        return pieces_of(resolved(kind.oracle)(seen.fields))

    def _leaves(self, seen: Seen) -> list[Seen]:
        """The painted leaves of a composite."""
        found: list[Seen] = []
        for part in self.groups[seen.group].parts.values():
            group = self.groups[part]
            if group.composite or group.painted:
                for item in self.parts_in(seen, group):
                    found += self._leaves(item) if group.composite else [item]
        return found

    @Lazy
    def painted(self) -> list[Seen]:
        """All painted leaves in paint order: by layer, then by declaration, then by item, an item's parts together."""
        found: list[Seen] = []
        for group in self.groups:
            if group.parent is None and group.kind != "canvas":
                for item in self.present(group.id):
                    found += self._leaves(item) if group.composite else [item] if group.painted else []
        return sorted(found, key=lambda s: float(self.field(s, "layer")))

    @Lazy
    def order(self) -> dict[int, int]:
        """The rank of every painted leaf in paint order, from 0."""
        return {s.slot: k for k, s in enumerate(self.painted)}

    # fields and parts ---------------------------------------------------------------------------------------

    def field(self, seen: Seen, name: str) -> Value:
        """A field of a shape: a node of its group, or derived from its outline."""
        run = self._plan.fields[seen.group].get(name)
        if run is not None:
            try:
                return run(self._oracle, seen.positions)
            except (ZeroDivisionError, OverflowError) as error:
                raise UndefinedValueError(str(error)) from error
        group = self.groups[seen.group]
        if group.kind == "canvas" and name in ("width", "height", "at"):
            world = self._oracle.world
            return {"width": world.width, "height": world.height, "at": complex(world.width, world.height) / 2}[name]
        if name == "order":
            return max((self.order[leaf.slot] for leaf in seen.painted if leaf.slot in self.order), default=-1)
        if name in EDGES:
            return EDGES[name](seen)
        if name in _FIXED:
            return _FIXED[name]
        raise UndefinedValueError(f"{group.name} has no field {name}")

    def parts(self, seen: Seen, name: str, groups: Mapping[int, int]) -> Value:
        """The ``parts`` op: one shape, or the list of those that are there."""
        if seen.group not in groups:
            raise UndefinedValueError(f"{self.groups[seen.group].name} has no {name}")
        part = self.groups[groups[seen.group]]
        items = self.parts_in(seen, part)
        if len(part.axes) > len(self.groups[seen.group].axes):
            return items
        return items[0]

    def parts_in(self, seen: Seen, part: Group) -> list[Seen]:
        """The items of a part group that belong to one shape."""
        envs: list[dict[int, int]] = [dict(seen.positions)]
        for axis in part.axes:
            if axis not in seen.positions:
                envs = [{**env, axis: k} for env in envs for k in range(self._oracle.length(axis, env))]
        return [self.here(part.id, env) for env in envs]

    # photos ---------------------------------------------------------------------------------------------------

    def photo(self, node: Node, env: Env) -> Value:
        """The ``photo`` op: a column of the photo's objects (points as complex), at the positions of its axes."""
        what = node.attrs["what"]
        if what == "spots":
            return self._spots()
        columns = self._photo_columns()
        if what not in columns:
            raise UnknownValueError(f"{what} of a photo")
        value: Any = columns[what]
        if not node.type.rank:
            for axis in node.axes:
                value = value[env[axis]]
        return value

    def _photo_id(self) -> int:
        var = self._oracle.program.background.photo
        if var is None:
            raise UndefinedValueError("the background is no photo")
        return int(self._oracle.drawn(self._oracle.program.vars[var].name, {}, ()))

    def _photo_arguments(self) -> dict[str, Any]:
        world, zoom = self._oracle.world, self._oracle.program.background.fields.get("zoom")
        sides: dict[str, Any] = {"width": np.array([world.width]), "height": np.array([world.height])}
        if zoom is not None:
            sides["zoom"] = np.array([float(self._oracle.value(zoom))])
        return {"photo_ids": np.array([self._photo_id()], np.int64), **sides}

    def _photo_columns(self) -> Mapping[str, list[Any]]:
        if self._oracle.photos is None:
            raise UnknownValueError("the photo's annotations")
        if self._photo is None:
            columns = self._oracle.photos.object_columns(**self._photo_arguments())
            self._photo = {
                name: [_plain(item, name) for item, there in zip(data[0], mask[0], strict=True) if there]
                for name, (data, mask) in columns.items()
            }
        return self._photo

    def _photo_oracle(self) -> PhotoOracle | None:
        """The photo's depth and texture; None without the catalogue."""
        photos = self._oracle.photos
        if photos is None or not hasattr(photos, "depths"):
            return None
        try:
            frame = self._photo_arguments()
        except UndefinedValueError:
            return None
        zoom = float(frame["zoom"][0]) if "zoom" in frame else 1.0
        return PhotoOracle(
            photos, int(frame["photo_ids"][0]), self._oracle.world.width, self._oracle.world.height, zoom
        )

    def _spots(self) -> list[complex]:
        if self._oracle.photos is None:
            raise UnknownValueError("the photo's depth")
        points, mask = self._oracle.photos.spots(**self._photo_arguments())
        return [complex(z) for z in points[0][mask[0]]]

    def _traced(self, seen: Seen) -> list[Piece]:
        """The annotated outline of a photo's object."""
        if self._oracle.photos is None:
            return []
        outline: Outline = self._oracle.photos.object_outlines(**self._photo_arguments())
        place = 0, seen.slot - self.groups[seen.group].start
        found: list[Piece] = []
        for k in range(outline.count.shape[-1]):
            n = int(outline.count[place][k])
            if n:
                corners = [complex(z) for z in outline.verts[place][k][:n]]
                found.append((Core(corners, bool(outline.closed[place][k])), float(outline.radius[place][k])))
        return found

    def _photo_lightness(self, where: BaseGeometry) -> float:
        """The photo's mean L* (0..1) within the box of an area."""
        if self._oracle.photos is None:
            raise UnknownValueError("the pixels of a photo")
        box = {name: np.array([v]) for name, v in zip(("x0", "y0", "x1", "y1"), where.bounds, strict=True)}
        return float(self._oracle.photos.luma_under(**self._photo_arguments(), **box)[0]) / 100


def _plain(item: Any, name: str) -> Any:
    """A NumPy scalar as a Python one; categories come as interned codes."""
    value = item.item() if hasattr(item, "item") else item
    if name == "category" and isinstance(value, int):
        from pgt_dsl.program.strings import string

        return string(value)
    return value
