"""Finding extensions among the installed distributions, and importing what they name, never fatally."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import ENTRY_POINT_GROUP, Extension, Ref

OWN_DISTRIBUTION = "pgt-dsl"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry point and what came of it: exactly one of ``extension`` and ``problem`` is set.

    ``distribution`` is the name (and ``version`` the version) of the package that declares the entry point.
    """

    distribution: str
    version: str
    entry: str
    extension: Extension | None = None
    problem: str = ""


@cache
def load_ref(ref: Ref) -> Any:
    """Import what ``"package.module:attribute"`` names (the attribute may be dotted). Cached.

    Raises ``PgtError`` naming the reference when it is malformed, when the import fails or the attribute is missing.
    """
    module, colon, path = ref.partition(":")
    if not colon or not module or not path:
        raise PgtError(f"`{ref}` is not a reference: write `package.module:name`")
    try:
        value: Any = import_module(module)
        for part in path.split("."):
            value = getattr(value, part)
    except Exception as error:  # a plugin's module may raise anything at import
        raise PgtError(f"cannot load `{ref}`: {type(error).__name__}: {error}") from error
    return value


def discover() -> list[Found]:
    """Every entry point of the group, the built-ins first, then by distribution and name.

    A plugin that cannot be imported, or whose value is no ``Extension``, is returned with its ``problem``.
    """
    points = metadata.entry_points(group=ENTRY_POINT_GROUP)
    return sorted((_load(point) for point in points), key=lambda f: (not is_own(f), f.distribution, f.entry))


def is_own(found: Found) -> bool:
    """Whether the entry point belongs to pgt-dsl itself."""
    return found.distribution.replace("_", "-").lower() == OWN_DISTRIBUTION


def _load(point: metadata.EntryPoint) -> Found:
    dist = point.dist
    name, version = (dist.name, dist.version) if dist is not None else ("unknown distribution", "")
    try:
        value = point.load()
    except (Exception, SystemExit) as error:
        problem = f"{name}: cannot load the plugin `{point.name} = {point.value}`: {type(error).__name__}: {error}"
        return Found(name, version, point.name, None, problem)
    if not isinstance(value, Extension):
        problem = f"{name}: `{point.value}` is {_article(type(value).__name__)}, not an Extension"
        return Found(name, version, point.name, None, problem)
    return Found(name, version, point.name, value)


def named(extensions: Iterable[tuple[str, Extension]]) -> list[Found]:
    """Extensions given by hand, as (distribution, extension), in the form that ``discover`` returns."""
    return [Found(name, "", extension.name, extension) for name, extension in extensions]


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
