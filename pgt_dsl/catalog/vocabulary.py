"""Whether a language has words for all that a task may name: its forms, kinds and colours, each with its own."""

from __future__ import annotations

from pgt_dsl.catalog.find import WORDS, Catalog
from pgt_dsl.diagnostics import Collector
from pgt_dsl.languages.language import Language
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.phrase_reading import is_free
from pgt_dsl.program.program import Program
from pgt_dsl.source import Source, Span


def nouns_of(program: Program) -> set[str]:
    """The nouns by which shapes of a task may be called."""
    found: set[str] = set()
    for group in program.groups:
        if group.kind in (OBJECT, "canvas") or is_free(group):
            continue
        given = [program.nodes[group.fields[name]] for name in ("label", "name") if name in group.fields]
        if any(node.op != "const" or node.attrs["value"] for node in given):
            continue  # it is called by that
        form = group.fields.get("form")
        if group.noun:
            found.add(group.noun)
        elif group.composite or form is None:
            found.add(group.kind)
        else:
            node = program.nodes[form]
            if node.op == "const" and isinstance(node.attrs["value"], str):
                found.add(node.attrs["value"])
    return found


def lacking(program: Program, lang: Language, catalog: Catalog, source: Source, errors: Collector) -> None:
    """Records words that are missing, and different things that have one word."""
    named = any(program.nodes[node].type.base == "shape" for ask in program.asks for node in (ask.answer, *ask.named))
    where = f"`{catalog.folders[0] / WORDS}`" if catalog.folders else f"a file {WORDS} beside the catalogue"
    if named:
        for noun in sorted(nouns_of(program) - lang.nouns.keys()):
            gender = f'gender = "{lang.genders[0]}", ' if lang.genders else ""
            errors.error(
                "C903", f"{lang.name} has no word for `{noun}`, which `{program.name}` may name", Span(source, 0, 0),
                help=f'write `[nouns]` and below it `{noun} = {{ {gender}singular = "...", plural = "..." }}` into '
                f"{where}",
            )  # fmt: skip
    for what, words in (
        ("nouns", {name: noun.singular[0] for name, noun in lang.nouns.items()}),
        ("colours", {name: color.word for name, color in lang.colors.items()}),
        ("colours", {name: color.stem for name, color in lang.colors.items()}),
    ):
        seen: dict[str, str] = {}
        for name, word in words.items():
            other = seen.setdefault(word.casefold(), name)
            if other != name:
                errors.error(
                    "C908", f"the {what} `{other}` and `{name}` are both `{word}` in {lang.name}", Span(source, 0, 0),
                    help=f"give one of them another word, in {where}",
                )  # fmt: skip
