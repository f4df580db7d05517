"""A task's texts in one language, as a value that travels between processes and is kept with a data set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import Color, Noun, language
from pgt_dsl.languages.tongue import Tongue
from pgt_dsl.program.program import Hole, Program, Template

Json = Any
VERSION = 1


@dataclass(frozen=True, slots=True)
class AskTexts:
    """The texts of one question: as many of each, in the order of the spec."""

    texts: tuple[Template, ...]
    say: tuple[Template, ...] = ()
    because: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """A translation ready to be spoken."""

    tongue: Tongue
    asks: tuple[AskTexts, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A task in a language. ``program`` is the hash of the program whose nodes the holes name. ``words``: what texts
    that are values are called; ``quoted``: those that are painted; ``nouns``, ``colors``: the catalogue's own words."""

    language: str
    program: str
    asks: tuple[AskTexts, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    quoted: tuple[str, ...] = ()
    nouns: Mapping[str, Noun] = field(default_factory=dict)
    colors: Mapping[str, Color] = field(default_factory=dict)

    def voice(self) -> Voice:
        """What says the task. Raises ``PgtError`` for a language that is not known."""
        lang = language(self.language).with_words(self.nouns, self.colors)
        return Voice(Tongue(lang, self.words, self.quoted), self.asks)

    @property
    def digest(self) -> str:
        """Sixteen hex digits of all of it."""
        text = json.dumps(translation_to_json(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def translation_to_json(made: Translation) -> Json:
    """A translation as plain JSON values."""
    data = asdict(made)
    data["asks"] = [
        {name: [_template(t) for t in getattr(ask, name)] for name in ("texts", "say", "because")} for ask in made.asks
    ]
    return {"version": VERSION, **data}


def translation_from_json(data: Json, program: Program) -> Translation:
    """The way back. Raises ``PgtError`` for what is no translation of a program."""
    try:
        if data["version"] != VERSION:
            raise PgtError(f"not a translation of format {VERSION}")
        asks = tuple(
            AskTexts(*(tuple(_read(t) for t in ask[name]) for name in ("texts", "say", "because")))
            for ask in data["asks"]
        )
        nouns = {
            k: Noun(v["gender"], tuple(v["singular"]), tuple(v["plural"]), tuple(v["also"]))
            for k, v in data["nouns"].items()
        }
        colors = {k: Color(v["word"], v["stem"], tuple(v["also"])) for k, v in data["colors"].items()}
        made = Translation(data["language"], data["program"], asks, data["words"], tuple(data["quoted"]), nouns, colors)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PgtError(f"this is not a translation: {type(error).__name__}: {error}") from error
    fits = len(asks) == len(program.asks) and all(
        len(mine.texts) == len(ask.texts) and len(mine.say) == len(ask.say) and len(mine.because) == len(ask.because)
        for mine, ask in zip(asks, program.asks, strict=True)
    )
    holes = [p for ask in asks for t in (*ask.texts, *ask.say, *ask.because) for p in t.parts if isinstance(p, Hole)]
    if not fits or not all(0 <= hole.node < len(program.nodes) for hole in holes):
        raise PgtError("this is a translation of another program")
    return made


def _template(template: Template) -> Json:
    parts = [p if isinstance(p, str) else [p.node, p.format, list(p.choices)] for p in template.parts]
    return {"source": template.source, "parts": parts}


def _read(data: Json) -> Template:
    parts: list[str | Hole] = []
    for part in data["parts"]:
        if isinstance(part, str):
            parts.append(part)
        else:
            node, format, choices = part
            parts.append(Hole(int(node), None if format is None else str(format), tuple(map(str, choices))))
    return Template(tuple(parts), str(data["source"]))
