"""What a plugin offers: one frozen ``Extension`` value, found under the entry-point group ``pgt_dsl.extensions``.

Implementations are named as ``"package.module:function"`` and imported only when used, so that listing plugins and
checking a spec stay fast. The built-ins come through the same door (``pgt_dsl.builtin``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ENTRY_POINT_GROUP = "pgt_dsl.extensions"

Ref = str  # "package.module:function"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of a kind: ``default`` is ``"~ 4vmin .. 10vmin"``, ``"= 2px"`` or None (derived, or must be given)."""

    name: str
    type: str
    default: str | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to set a kind: the fields given, and the others as expressions of the language over its fields."""

    given: tuple[str, ...]
    derive: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of shape.

    outline: batched; ``fn(fields: Mapping[str, NDArray[N]]) -> Outline`` with leading dimension N, *relative to*
        ``at`` (list fields come as ``[N, L]`` with ``fields[name + ".mask"]``; texts and forms as interned codes).
    oracle: scalar and independent; ``fn(fields: Mapping[str, object]) -> shapely geometry`` in absolute px
        (points are ``complex``, colours ``"#rrggbb" | "none"``, texts ``str``).
    noun: what a phrase calls it; "" means the value of its ``form`` field.
    paint: "fill" paints the outline; "text" paints the field ``text``; "none" paints nothing.
    relations: how fields answer when a shape is mirrored, turned, scaled, as ``Function.relations`` but by field:
        ``{"turn": "spin"}``. Fields that are not named answer by their types. None: not declared; such shapes are
        only moved and recoloured by the checks of ``pgt_dsl.testing.relations``.
    """

    name: str
    doc: str
    fields: tuple[FieldSpec, ...]
    outline: Ref
    oracle: Ref
    noun: str = ""
    ways: tuple[Way, ...] = ()
    paint: Literal["fill", "text", "none"] = "fill"
    scenery: bool = False
    relations: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language; shapes arrive as resolved geometry.

    signature: ``"apart(a: shape, b: shape): length"``; T any type, Q any quantity, ``T[]`` lists; a shape stands
        for its ``at`` where a point is wanted; ``= text`` gives a default as an expression.
    value: batched; ``fn(call: pgt_dsl.program.evaluate.Call) -> data`` (or ``(data, mask)`` for lists).
    oracle: scalar and independent; ``fn(*args)`` with Python numbers, ``complex`` points, lists, and
        ``pgt_dsl.geometry.oracle.Seen`` shapes. Returns the Python value.
    slack: batched distance, in ``slack_unit``, by which the value could be off before it changes: signed for bool
        results (positive when true), non-negative for others. None: exact for discrete results.
    tolerance: greatest difference between value and oracle, in the result's unit (px, px2, degrees, plain).
    share: the same beside it, of a length along outlines: a share of the longest outline of the scene.
    relations: how it answers when all shapes and points are mirrored, turned, scaled, moved or recoloured: by the name
        of a parameter, or ``"result"``, one of the responses of ``pgt_dsl.testing.moves`` (``{"result": "heading"}``);
        what is not named answers by its type (points as places, lengths and areas scaled, the rest the same). A key
        ``mirror``, ``turn``, ``zoom``, ``shift`` or ``recolor`` says why nothing is known of that change, ``none`` why
        of all. None: not declared, and not checked.
    lines: the parameters that have to be lines: shapes, or lists of them, of kinds with the fields `from` and `to`.
    """

    name: str
    signature: str
    doc: str
    value: Ref
    oracle: Ref
    slack: Ref | None = None
    slack_unit: str | None = None
    tolerance: float = 1e-6
    section: str = "other"
    relations: Mapping[str, str] | None = None
    lines: tuple[str, ...] = ()
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class BackgroundKind:
    """A background: ``paint`` is ``fn(width, height, fields, rng_seed) -> uint8[H, W, 3]``."""

    name: str
    doc: str
    fields: tuple[FieldSpec, ...]
    paint: Ref


@dataclass(frozen=True, slots=True)
class RendererSpec:
    """A painter: ``make`` returns a ``pgt_dsl.paint.display.Renderer``.

    Of the renderers whose ``needs``, names of modules (``"numba"``), are all installed, the one of the lowest ``rank``
    is preferred. They are looked for, not imported. ``extra`` is what to install for them: ``"pgt-dsl[fast]"``.
    """

    name: str
    doc: str
    make: Ref
    rank: int = 100
    needs: tuple[str, ...] = ()
    extra: str = ""


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A writer of data sets: ``make(folder: Path, info: BuildInfo)`` returns a ``dataset.formats.base.Writer``.

    read: ``read(folder: Path)`` returns a ``dataset.formats.reading.Reader`` of what that wrote, for ``pgt verify``;
        with ``splits`` also ``read(folder, splits: tuple[str, ...])``; None where the format cannot be read back.
    splits: it names its files after ``info.split``, so several writers can share a folder. keeps: "records" when it
    takes records of the user's (``dataset.given.Given``), and what of them it has a place for: "places" (of images
    between words), "system" (messages), "objects" (boxes). reserved: texts that its readers take for something else.
    """

    name: str
    doc: str
    make: Ref
    read: Ref | None = None
    splits: bool = False
    keeps: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """Everything that one distribution adds. ``modules`` maps names for ``use`` to the text of the module;
    ``colors``, ``forms`` and ``lists`` are values of the language (``lists``: name -> (base type, items))."""

    name: str
    kinds: tuple[Kind, ...] = ()
    functions: tuple[Function, ...] = ()
    backgrounds: tuple[BackgroundKind, ...] = ()
    renderers: tuple[RendererSpec, ...] = ()
    formats: tuple[FormatSpec, ...] = ()
    modules: Mapping[str, Ref] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
