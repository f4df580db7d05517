"""The ``Program``: what a task means, as typed serialisable values. Everything after lowering reads only this.

Expressions are nodes of a hash-consed DAG, addressed by their index; an argument always has a smaller index.
A node depends on *axes*: the position within a block of shapes (``index``) or within a loop
(``f(a, b in xs where P: v)``). The batched reading stores a node as an array

    ``data[B or 1, one dimension for each axis of the node by rising id, one for each list dimension]``

with a boolean ``mask`` of the same shape for lists. Ops (``args`` -> meaning):

=============  ==============================================================================================
const          ``attrs.value`` (JSON), ``attrs.unit`` in px|vmin|vw|vh for lengths; lists are nested JSON lists
               colours "#rrggbb" or "none"; points ``[x, y]`` in ``unit``; forms and texts are strings
canvas         ``attrs.what``: width | height
var            ``attrs.var``: the drawn variable's column
axis           ``attrs.axis``: position along the axis, from 0
elem           (list) ``attrs.axis, attrs.part``: the current item of the loop's ``part``-th list
neg add sub mul div                     arithmetic (int stays int but for div); points are complex
pair           (x, y) -> point or vector
re im          (point or vector) -> its x or y
lt le eq       comparison (``eq`` on anything)
and or not if  logic; ``if`` takes (condition, then, else)
list concat    (items...) -> list ; (lists...) -> list
range          (lo, hi) -> int[] inclusive, ``size`` bounded by lowering
item           (list, index): the index-th *unmasked* item, negative from the end
loop           (body[, where]) ``attrs.axis``: the list of body values over the axis; where filters
all some       (bool[])
count          (T[])
sum max        (Q[])            (min is lowered to neg max neg)
argmax         (keys, items) -> the item with the greatest key  (argmin negates the keys)
sort           (keys, items) -> items by rising key
only           (bools, items) -> the single item that passes
mode           (T[]) most frequent; a tie is undefined
distinct       (T[]) -> bool
unique reverse (T[]) -> T[]
except         (T[], T or T[]) -> T[]
in             (T, T[]) -> bool
group          ``attrs.group``: the slots of a group, as a shape list over all of its axes (flattened), or the
               single slot (rank 0) of a group with no axes
slot           ``attrs.group``: the slot of the current item of a group, within its own block axes
parts          (shape) ``attrs.part`` (name): part of a composite, ``box`` or ``segments``: rank 0 or 1;
               ``attrs.map``: [[owner group, part group], ...]
field          (shape) ``attrs.name``: the shape's field; ``attrs.groups``: the groups the shape may belong to
call           ``attrs.name``: a function of the registry (measures, points, numbers, colours, words)
text           (holes...) ``attrs.template``: list of strings and {"hole": k, "format": f, "choices": [..]}
photo          ``attrs.what``: per-row column of the background photo's objects (list) or of the photo itself
=============  ==============================================================================================

Partial operations (``item`` out of range, ``argmax``/``max`` of nothing, ``only``, ``mode``, division by zero)
make a scene *undefined*; lowering adds a constraint with ``reason="defined"`` for every expression that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pgt_dsl.program.datatypes import Type

Json = Any
NodeId = int
AxisId = int
GroupId = int
VarId = int

# Fields that every shape has whatever its kind, computed from its outline by the evaluator (never stored as nodes):
# the upright bounding box, in px, the paint rank, and the colour by which people call it.
DERIVED_FIELDS: dict[str, str] = {
    "left": "length", "right": "length", "top": "length", "bottom": "length", "order": "int",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in a spec something comes from (kept out of the hash)."""

    file: str = ""
    line: int = 0
    column: int = 0
    end_column: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One expression. ``sizes`` bounds each list dimension; ``axes`` are those it depends on, rising."""

    op: str
    type: Type
    args: tuple[NodeId, ...] = ()
    attrs: Mapping[str, Json] = field(default_factory=dict)
    axes: tuple[AxisId, ...] = ()
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """A loop or block axis. ``lists`` are what a loop runs over: one list, a product of several, or (``pairs``)
    the unordered pairs of one; ``count`` (an int node) is the length of a block. ``size`` is the static bound."""

    id: AxisId
    size: int
    what: Literal["loop", "block"]
    lists: tuple[NodeId, ...] = ()
    pairs: bool = False
    count: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution. names and args:

    uniform (lo, hi) · integers (lo, hi) · choice (list) · weighted (list, weights) · log_uniform (lo, hi)
    normal (mean, sd) · sample (list, k) · shuffle (list) · repeat (n; ``inner`` is the law of an item)
    anywhere (shape, margin) · ring (centre, lo, hi) · scatter (n, gap) · placed (room shape; ``group`` is whose ``at``)
    bins (lo, hi, n) · photo () (a photo of the catalogue) · stratum () (set from outside: pick, even)
    """

    name: str
    args: tuple[NodeId, ...] = ()
    inner: Law | None = None
    group: GroupId | None = None


@dataclass(frozen=True, slots=True)
class Var:
    """A drawn variable; ``axes`` are the block axes over which it is drawn independently."""

    id: VarId
    name: str
    type: Type
    law: Law
    role: Literal["let", "pick", "field", "even", "photo"]
    axes: tuple[AxisId, ...] = ()
    sizes: tuple[int, ...] = ()
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes declared together: slots ``start .. start + size``; ``axes`` (outermost first) number them row-major.

    A composite has ``parts`` (name -> group) and no outline of its own: its outline is the union of its painted
    parts'. ``painted`` is False for virtual groups (``box``, ``segments``, photo objects, the canvas).
    ``entity`` groups are members of ``shapes`` when they are not scenery.
    """

    id: GroupId
    name: str
    kind: str
    start: int
    size: int
    axes: tuple[AxisId, ...] = ()
    fields: Mapping[str, NodeId] = field(default_factory=dict)
    parts: Mapping[str, GroupId] = field(default_factory=dict)
    parent: GroupId | None = None
    composite: bool = False
    scenery: bool = False
    entity: bool = True
    painted: bool = True
    noun: str = ""
    room: NodeId | None = None
    origin: Origin = field(default=Origin(), compare=False)


Reason = Literal["require", "room", "phrase", "defined", "clear", "even", "options", "stage"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a scene must satisfy. For ``clear`` the node is the answer and ``ask`` names the question whose margins
    apply (the margin reading must be at least 1); for ``defined`` the node must be defined; else it must be true."""

    node: NodeId
    reason: Reason
    label: str = ""
    because: str = ""
    ask: int | None = None
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole of a text: the node, its format, or its choices by number (``{n|shape|shapes}``) or truth."""

    node: NodeId
    format: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes."""

    parts: tuple[str | Hole, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer (or list of them, when the node's rank is one above the answer's) and its name; ``some``: so many
    of the list are offered, chosen by lot, 0 for all."""

    node: NodeId
    name: str = ""
    some: int = 0


@dataclass(frozen=True, slots=True)
class Margins:
    """``clear`` by unit: base name -> node of that quantity; ``relative`` is a number node or None."""

    absolute: Mapping[str, NodeId] = field(default_factory=dict)
    relative: NodeId | None = None


Form = Literal[
    "bool", "int", "quantity", "color", "form", "text", "shape", "shapes", "values", "point", "points", "box", "boxes"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. ``domain`` is the list node from which options come (None: only ``wrong``); ``even`` is the
    hidden variable whose stratum the answer must equal; ``within`` the tolerance of a continuous answer.
    ``named`` are the shape nodes that the texts refer to (each needs a phrase of its own)."""

    texts: tuple[Template, ...]
    answer: NodeId
    form: Form
    margins: Margins = Margins()
    within: NodeId | None = None
    domain: NodeId | None = None
    expect: NodeId | None = None
    even: VarId | None = None
    wrong: tuple[Mistake, ...] = ()
    say: tuple[Template, ...] = ()
    because: tuple[Template, ...] = ()
    named: tuple[NodeId, ...] = ()
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True, slots=True)
class Pick:
    """A quota. ``values`` (a list node; may depend on earlier picks) or, for ``even``, the positions or values the
    answer may take. Shares are exact in the order of declaration: within each combination of the earlier picks,
    each value of this one occurs equally often. ``bins`` picks choose one of n equal parts of a range and draw
    uniformly inside it (``var`` is then the continuous variable)."""

    var: VarId
    name: str
    values: NodeId
    what: Literal["values", "bins", "positions"] = "values"
    origin: Origin = field(default=Origin(), compare=False)


STEPS = 26  # values of a sweep at most: the samples of a group are told apart by a letter


@dataclass(frozen=True, slots=True)
class Twin:
    """A group of scenes that differ in one pick. A minimal pair (``steps`` 0): the pick goes to its next value, and the
    variables of ``moves`` may be drawn afresh. A sweep: the pick, which is the last one, goes through all its
    ``steps`` values."""

    pick: VarId
    moves: tuple[VarId, ...] = ()
    steps: int = 0

    @property
    def copies(self) -> int:
        """Scenes of a group."""
        return self.steps or 2


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a curriculum: how clear its scenes are, by the margin of their least clear question, which is at least
    ``low`` (from 1) and below ``high`` (None: any)."""

    name: str
    low: float = 1.0
    high: float | None = None

    def has(self, margin: float) -> bool:
        """Whether scenes of a least margin belong to it."""
        return margin >= self.low and (self.high is None or margin < self.high)

    @property
    def bounded(self) -> bool:
        """Whether it leaves anything out."""
        return self.low > 1 or self.high is not None

    def __str__(self) -> str:
        return f"{self.low:g} margins and more" if self.high is None else f"{self.low:g} to {self.high:g} margins"


@dataclass(frozen=True, slots=True)
class Background:
    """``kind`` is a background of the registry or ``any``; ``fields`` are nodes."""

    kind: str = "any"
    name: str = ""
    fields: Mapping[str, NodeId] = field(default_factory=dict)
    photo: VarId | None = None
    objects: GroupId | None = None
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled task. ``canvas`` is ``("ratio", w, h)`` (short side from the caller) or ``("px", w, h)``."""

    name: str
    doc: str
    nodes: tuple[Node, ...]
    axes: tuple[Axis, ...]
    vars: tuple[Var, ...]
    groups: tuple[Group, ...]
    constraints: tuple[Constraint, ...]
    asks: tuple[Ask, ...]
    picks: tuple[Pick, ...] = ()
    twin: Twin | None = None
    background: Background = Background()
    canvas: tuple[str, float, float] = ("ratio", 1.0, 1.0)
    names: Mapping[str, NodeId] = field(default_factory=dict)  # top-level lets and picks, for reports and recipes
    slots: int = 0
    stage: Stage | None = None

    @property
    def copies(self) -> int:
        """Scenes of one index: 1, 2 with twins, as many as there are steps in a sweep."""
        return 1 if self.twin is None else self.twin.copies

    @property
    def swept(self) -> Pick | None:
        """The pick that is stepped through with all else held; None without a sweep."""
        if self.twin is None or not self.twin.steps:
            return None
        return next(pick for pick in self.picks if pick.var == self.twin.pick)

    def owner(self, slot: int) -> tuple[Group, int]:
        """The group of a slot, and which of its shapes it is. Raises ``KeyError``."""
        for group in self.groups:
            if group.start <= slot < group.start + group.size:
                return group, slot - group.start
        raise KeyError(slot)
