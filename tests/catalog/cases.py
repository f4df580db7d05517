"""A spec with all that catalogues may get wrong, a catalogue of it that is right, and what is changed in that."""

from __future__ import annotations

from pathlib import Path

SPEC = """\
## A task to be translated.
task "words/all"

pick n ~ 1 .. 3
pick side ~ ["left", "right"]

shape a: figure
shape xs: circle[n] { radius ~ 4vmin .. 6vmin }
require apart(shapes) >= 2vmin
require a.form != circle

ask "Is {a} above all the {n:word} {n|circle|circles}, or \\"below\\"?"
  | "Where do the {n} stand?"
  answer a.y < 50vh even clear 2vmin
  say "{answer|Yes|No}, {a} is {answer|higher|lower}."
ask "On which side, {side} or not?"
  answer side
"""

CATALOG = """\
msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=utf-8\\n"

#. words/all: question 1
msgid "Is {a} above all the {n:word} {n|circle|circles}, or \\"below\\"?"
msgstr ""
"Liegt {a} über {n:word masculine dative} {n|Kreis|Kreisen} oder \\"unter\\" "
"{n|ihm|ihnen}?"

msgid "Where do the {n} stand?"
msgstr "Wo stehen die {n}?"

msgid "{answer|Yes|No}, {a} is {answer|higher|lower}."
msgstr "{answer|Ja|Nein}, {a} liegt {answer|höher|tiefer}."

msgid "On which side, {side} or not?"
msgstr "Auf welcher Seite, {side} oder nicht?"

msgid "left"
msgstr "links"

msgid "right"
msgstr "rechts"
"""

# What is written instead of what, by the name of the golden file.
CHANGES: dict[str, list[tuple[str, str]]] = {
    "no_po": [('msgid "left"', 'msgid "left')],
    "untranslated": [('"Wo stehen die {n}?"', '""')],
    "fuzzy": [('msgid "left"', '#, fuzzy\nmsgid "left"')],
    "lost_text": [('msgid "On which side, {side} or not?"', 'msgid "On which side, {side}?"')],
    "lost_word": [('msgid "right"', 'msgid "up"')],
    "missing_hole": [("Liegt {a} über", "Liegt das über")],
    "missing_choice": [("{a} liegt {answer|höher|tiefer}", "{a} liegt dort")],
    "missing_number": [("{n:word masculine dative}", "")],
    "unknown_hole": [("{n|ihm|ihnen}", "{b:dative}")],
    "unclosed_hole": [("{n|ihm|ihnen}", "{n|ihm|ihnen")],
    "plural_forms": [("{n|ihm|ihnen}", "{n|ihm|ihnen beiden|ihnen|allen}")],
    "plural_message": [('msgid "left"\nmsgstr "links"', 'msgid "left"\nmsgid_plural "lefts"\nmsgstr[0] "links"')],
    "truths": [("{answer|höher|tiefer}", "{answer|höher|gleich|tiefer}")],
    "unknown_format": [("{n|ihm|ihnen}", "{a:dativ}")],
    "misfit": [("{n|ihm|ihnen}", "{n:dative}")],
    "case_twice": [("Liegt {a}", "Liegt {a:dative accusative}")],
    "rank_without_gender": [("die {n}?", "die {n:nth}?")],
    "twice": [('msgid "right"', 'msgid "left"\nmsgstr "linksherum"\n\nmsgid "right"')],
    "same_word": [('msgstr "rechts"', 'msgstr "links"')],
    "yes_and_no": [("{answer|Ja|Nein}", "{answer|Nein|Ja}")],
    "higher_and_lower": [("{answer|höher|tiefer}", "{answer|tiefer|höher}")],
    "genders": [("Liegt {a}", "Liegt {a|er|sie}")],
}

WORDS: dict[str, str] = {
    "words_no_toml": "[nouns\n",
    "words_unknown_table": "[verbs]\ngo = 1\n",
    "words_no_gender": '[nouns]\ngizmo = { singular = "Dings" }\n',
    "words_forms": '[nouns]\ngizmo = { gender = "neuter", singular = "Dings, Dings" }\n',
    "words_same": '[nouns]\ngizmo = { gender = "masculine", singular = "Kreis", plural = "Kreise" }\n',
    "words_color": "[colors]\nteal = 3\n",
}


def lay_out(folder: Path, changes: list[tuple[str, str]], words: str = "") -> Path:
    """The spec and its catalogue in a folder; returns the spec."""
    text = CATALOG
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    locale = folder / "locale" / "de"
    locale.mkdir(parents=True)
    (locale / "words.po").write_text(text, encoding="utf-8")
    if words:
        (locale / "words.toml").write_text(words, encoding="utf-8")
    spec = folder / "all.pgt"
    spec.write_text(SPEC, encoding="utf-8")
    return spec
