"""The registry: everything that the installed extensions offer, and which distribution gave what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.discover import OWN_DISTRIBUTION, Found, discover, is_own, load_ref, named
from pgt_dsl.plugins.extension import (
    BackgroundKind,
    Extension,
    FieldSpec,
    FormatSpec,
    Function,
    Kind,
    Ref,
    RendererSpec,
)
from pgt_dsl.program.datatypes import BASES

TABLES = ("kinds", "functions", "backgrounds", "renderers", "formats", "modules", "colors", "forms", "lists")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LOOSE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\Z")  # formats, renderers and modules: "llava-v1.5"
_REF = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*\Z")
_TYPE = re.compile(r"([A-Za-z_]+)((?:\[\])*)\Z")
_COLOR = re.compile(r"#[0-9a-f]{6}\Z")


@dataclass(slots=True)
class Registry:
    """What the installed extensions offer, by name. ``problems`` tells of plugins left out and of clashes.

    A name that two distributions give belongs to neither of them, unless one is pgt-dsl itself, which keeps it.
    ``forms`` maps each form to itself; ``modules`` maps the names for ``use`` to references (see ``module_text``).
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    backgrounds: dict[str, BackgroundKind] = field(default_factory=dict)
    renderers: dict[str, RendererSpec] = field(default_factory=dict)
    formats: dict[str, FormatSpec] = field(default_factory=dict)
    modules: dict[str, Ref] = field(default_factory=dict)
    colors: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    distributions: dict[str, str] = field(default_factory=dict)
    _owners: dict[tuple[str, str], str] = field(default_factory=dict)
    _disputed: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, extensions: Iterable[tuple[str, Extension]] | None = None) -> Registry:
        """The registry of the installed plugins, or of ``extensions``: pairs of a distribution's name and its value.

        Raises ``PgtError`` only when pgt-dsl's own entry point is missing or broken; every other fault of a plugin
        is told in ``problems``, and the rest works.
        """
        if extensions is not None:
            found = named(extensions)
        else:
            found = discover()
            _check_own(found)
        made = cls()
        for item in found:
            made._add(item)
        return made

    def owner(self, table: str, name: str) -> str:
        """The distribution that gave ``name`` in ``table`` ("kinds", "functions", ...). Raises ``KeyError``."""
        return self._owners[table, name]

    def module_text(self, name: str) -> str:
        """The text of a module in the language. Raises ``KeyError`` (unknown) or ``PgtError`` (cannot be loaded)."""
        ref = self.modules[name]
        value = load_ref(ref)
        if callable(value):
            value = value()
        if not isinstance(value, str):
            raise PgtError(f"{self.owner('modules', name)}: module `{name}`: `{ref}` does not give a text")
        return value

    def ranked_renderers(self) -> list[RendererSpec]:
        """The renderers, the preferred first."""
        return sorted(self.renderers.values(), key=lambda r: (r.rank, r.name))

    def make_renderer(self, name: str | None = None) -> Any:
        """A ``pgt_dsl.paint.display.Renderer``: the named one, or the preferred one of those whose needs are installed.

        Raises ``PgtError`` when there is none, or what it needs is not installed; it says what to install.
        """
        if name is None:
            ready = [r for r in self.ranked_renderers() if not _missing(r)]
            if not ready:
                raise PgtError("no renderer is installed")
            return load_ref(ready[0].make)()
        if name not in self.renderers:
            raise PgtError(f"no renderer `{name}`; there are: {', '.join(sorted(self.renderers))}")
        spec = self.renderers[name]
        missing = _missing(spec)
        if missing:
            wanted = spec.extra or " ".join(missing)
            raise PgtError(
                f"the renderer `{name}` needs {' and '.join(missing)}, which is not installed: pip install '{wanted}'"
            )
        return load_ref(spec.make)()

    def _add(self, found: Found) -> None:
        version = f" {found.version}" if found.version else ""
        self.distributions[found.distribution] = found.distribution + version
        extension = found.extension
        if extension is None:
            self.problems.append(found.problem)
            return
        try:
            entries = list(_entries(extension))
        except Exception as error:  # a field that is no tuple or mapping
            self.problems.append(
                f"{found.distribution}: the extension `{found.entry}` cannot be read: {type(error).__name__}: {error}"
            )
            return
        for table, name, value in entries:
            fault = _fault(table, name, value)
            if fault:
                self.problems.append(f"{found.distribution}: {table[:-1]} `{name}` is left out: {fault}")
            else:
                self._put(table, name, value, found)

    def _put(self, table: str, name: str, value: Any, found: Found) -> None:
        entries: dict[str, Any] = getattr(self, table)
        key = table, name
        holder = self._owners.get(key)
        if key in self._disputed:
            self._disputed[key].append(found.distribution)
            self.problems.append(_clash(table, name, self._disputed[key], "none of them is used"))
        elif holder is None:
            entries[name] = value
            self._owners[key] = found.distribution
        elif holder.replace("_", "-").lower() == OWN_DISTRIBUTION and not is_own(found):
            self.problems.append(_clash(table, name, [holder, found.distribution], f"that of {holder} is used"))
        elif holder == found.distribution:
            self.problems.append(f"{holder}: {table[:-1]} `{name}` is declared twice; the first is used")
        else:
            del entries[name], self._owners[key]
            self._disputed[key] = [holder, found.distribution]
            self.problems.append(_clash(table, name, self._disputed[key], "neither is used"))


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The registry of the installed plugins, made once for the process."""
    return Registry.load()


def _check_own(found: list[Found]) -> None:
    own = [f for f in found if is_own(f)]
    if not own:
        raise PgtError(
            "pgt-dsl's own entry point was not found, so it has no kinds and no functions: "
            "pgt_dsl is being run from a source tree without having been installed. "
            "Install it with `pip install -e .` in the source tree."
        )
    for item in own:
        if item.problem:
            raise PgtError(item.problem)


def _entries(extension: Extension) -> Iterator[tuple[str, str, Any]]:
    for table in ("kinds", "functions", "backgrounds", "renderers", "formats"):
        for value in getattr(extension, table):
            yield table, str(getattr(value, "name", value)), value
    for table in ("modules", "colors", "lists"):
        for name, value in getattr(extension, table).items():
            yield table, str(name), value
    for form in extension.forms:
        yield "forms", str(form), form


def _missing(spec: RendererSpec) -> list[str]:
    """The modules that a renderer needs and that are not installed."""
    return [name for name in spec.needs if find_spec(name) is None]


def _clash(table: str, name: str, owners: list[str], outcome: str) -> str:
    return f"{' and '.join(owners)} both give the {table[:-1]} `{name}`: {outcome}"


# declarations ---------------------------------------------------------------------------------

_CLASSES: Mapping[str, type] = {
    "kinds": Kind,
    "functions": Function,
    "backgrounds": BackgroundKind,
    "renderers": RendererSpec,
    "formats": FormatSpec,
}


def _fault(table: str, name: str, value: Any) -> str:
    """What is wrong with a declaration, or ""."""
    loose = table in ("renderers", "formats", "modules")
    if not (_LOOSE_NAME if loose else _NAME).match(name):
        return "this is not a name"
    wanted = _CLASSES.get(table)
    if wanted is not None and not isinstance(value, wanted):
        return f"it is of class {type(value).__name__}, not {wanted.__name__}"
    try:
        return str(_CHECKS[table](value))
    except ValueError as error:
        return str(error)
    except (TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


def _refs(*refs: Ref | None) -> str:
    for ref in refs:
        if ref is not None and not (isinstance(ref, str) and _REF.match(ref)):
            return f"{ref!r} is not a reference of the form `package.module:name`"
    return ""


def _type_fault(text: str) -> str:
    match = _TYPE.match(text.strip())
    if match and match[1] in BASES:
        return ""
    return f"{text.strip()!r} is not a type"


def _fields(fields: Iterable[FieldSpec]) -> str:
    seen: set[str] = set()
    for spec in fields:
        if not _NAME.match(spec.name):
            return f"{spec.name!r} is not a name of a field"
        if spec.name in seen:
            return f"the field `{spec.name}` is declared twice"
        seen.add(spec.name)
        fault = _type_fault(spec.type)
        if fault:
            return f"field `{spec.name}`: {fault}"
        if spec.default is not None and spec.default.lstrip()[:1] not in ("~", "="):
            return f"field `{spec.name}`: the default {spec.default!r} starts with neither `~` nor `=`"
    return ""


def _kind(kind: Kind) -> str:
    if kind.paint not in ("fill", "text", "none"):
        return f"{kind.paint!r} is not a way to paint: fill, text or none"
    known = {spec.name for spec in kind.fields} | {"at", "x", "y", "width", "height", "turn", "color"}
    for way in kind.ways:
        unknown = sorted({*way.given, *way.derive} - known)
        if unknown:
            return f"a way to set it speaks of the unknown field `{unknown[0]}`"
    return _refs(kind.outline, kind.oracle) or _fields(kind.fields)


def _function(function: Function) -> str:
    from pgt_dsl.types.signature import parse_signature  # the language's own reader; not needed to import this module

    found = parse_signature(function.signature)  # a ValueError is told by the caller
    if found.name != function.name:
        return f"its signature names `{found.name}`"
    return _refs(function.value, function.oracle, function.slack)


def _renderer(spec: RendererSpec) -> str:
    if not isinstance(spec.rank, int):
        return "its rank is not a whole number"
    wrong = [n for n in spec.needs if not _NAME.match(n)] if isinstance(spec.needs, tuple) else [spec.needs]
    return f"it needs {wrong[0]!r}, which is no module at the top" if wrong else _refs(spec.make)


def _list(value: tuple[str, tuple[str, ...]]) -> str:
    base, items = value
    if base not in BASES:
        return f"{base!r} is not a type"
    return "" if all(isinstance(item, str) for item in items) else "its items are not all written as texts"


_CHECKS: dict[str, Any] = {
    "kinds": _kind,
    "functions": _function,
    "backgrounds": lambda b: _refs(b.paint) or _fields(b.fields),
    "renderers": _renderer,
    "formats": lambda f: _refs(f.make, f.read),
    "modules": _refs,
    "colors": lambda c: "" if _COLOR.match(c) else f"{c!r} is not of the form `#rrggbb` in small letters",
    "forms": lambda f: "" if isinstance(f, str) else "it is not a text",
    "lists": _list,
}
