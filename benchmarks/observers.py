"""Simulated observers whose weakness is known: they are told the scene, and see of it what they are said to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pgt_dsl.diagnosis.look import Look
from pgt_dsl.scene.scene import Answered, Scene

Say = Callable[[Scene, Answered, np.random.Generator], str]
LAPSE = 0.02  # of all answers, whoever observes: one of those that could be given
LETTERS = "ABCDEFGH"
BY_COLOUR = ("colour/of_a_form", "counting/of_a_colour", "size/largest", "size/larger_than", "twins/larger_swapped")
"""Tasks of colours, and those whose shapes are told apart by colour alone."""


def candidates(ask: Answered) -> list[str]:
    """All answers that a question's own words, options and known wrong answers offer."""
    words = ["Yes", "No"] if ask.form == "bool" else [ask.text, *(w.text for w in ask.wrong), *ask.options]
    return list(dict.fromkeys(words))


def guess(ask: Answered, rng: np.random.Generator) -> str:
    return str(rng.choice(candidates(ask)))


def sees_all(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    return ask.text


def guesses(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    return guess(ask, rng)


def miscounts(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    """One too many or too few, in two of five answers, whatever there is to be counted."""
    if ask.form != "int" or rng.random() > 0.4:
        return ask.text
    return str(max(0, ask.value + int(rng.choice([-1, 1]))))


def blind_to_colour(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    """Counts all of the form; guesses colours; guesses where things are told apart by colour alone."""
    named = next((w.text for w in ask.wrong if w.mistake == "ignored the colour"), None)
    if named is not None:
        return named
    if scene.task.startswith("colour/") or scene.task == "size/largest":
        return guess(ask, rng)
    forms = [s.fields.get("form") for s in scene.shapes if s.slot in ask.grounding]
    return guess(ask, rng) if len(forms) > len(set(map(str, forms))) else ask.text


def sees_8_percent(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    """Of sizes that are less than 8 % apart sees no difference."""
    if not scene.task.startswith("size/"):
        return ask.text
    sizes = sorted((float(s.fields["radius"]), str(s.phrase)) for s in scene.shapes)
    if sizes[-1][0] / sizes[-2][0] >= 1.08:
        return ask.text
    if ask.form == "bool":
        return guess(ask, rng)
    near = [w.text for w in ask.wrong if w.mistake == "took the second largest"]
    return str(rng.choice([ask.text, *near]))


def says_yes(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    """Yes in one answer of five without looking."""
    return "Yes" if ask.form == "bool" and rng.random() < 0.2 else ask.text


def takes_left_for_right(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    named = next((w.text for w in ask.wrong if w.mistake == "took left for right"), None)
    return ask.text if named is None else named


def counts_to_5(scene: Scene, ask: Answered, rng: np.random.Generator) -> str:
    """More than five are five."""
    return str(min(ask.value, 5)) if ask.form == "int" else ask.text


@dataclass(frozen=True)
class Observer:
    """``names``: whether a finding is the weakness; ``allows``: whether it is true of the observer, as a consequence of
    the weakness. Anything else that is named is a false alarm. ``letter``: the option that is always chosen."""

    name: str
    say: Say
    names: Callable[[Look], bool]
    allows: Callable[[Look], bool] = lambda look: False
    letter: str = ""


def never(look: Look) -> bool:
    return False


def counting(look: Look) -> bool:
    """That the number matters, or that too many are five: both are what counting to five is."""
    if look.kind == "factor":
        return look.scope.startswith("counting") and look.subject in ("the right number", "the number of shapes", "`n`")
    return look.kind == "bias" and look.subject == "5"


OBSERVERS = (
    Observer("sees everything", sees_all, never),
    Observer("guesses everything", guesses, lambda look: look.kind == "weak", lambda look: look.kind == "weak"),
    Observer("miscounts by one", miscounts, never),
    Observer(
        "cannot see colour", blind_to_colour,
        lambda look: look.kind == "mistake" and look.subject == "ignored the colour",
        lambda look: look.kind == "weak" and look.scope in BY_COLOUR,
    ),
    Observer(
        "sizes under 8 % apart", sees_8_percent,
        lambda look: look.kind == "factor" and look.scope == "size"
        and look.subject in ("the difference in size", "the margin"),
        lambda look: look.kind == "mistake" and look.subject == "took the second largest",
    ),
    Observer("yes in 20 %", says_yes, lambda look: look.kind == "bias" and look.subject == "yes"),
    Observer(
        "left for right of an arrow", takes_left_for_right,
        lambda look: look.kind == "mistake" and look.subject == "took left for right",
        lambda look: look.kind == "weak" and look.scope == "arrows/side",
    ),
    Observer(
        "always option B", guesses, lambda look: look.kind == "bias" and look.subject == "B",
        lambda look: look.kind == "weak", letter="B",
    ),
    Observer("counts to 5", counts_to_5, counting),
)  # fmt: skip


def reply(observer: Observer, scene: Scene, ask: Answered, style: str, rng: np.random.Generator) -> str:
    """What an observer says: a letter where options were shown; where its answer is none of them, one of them."""
    shown = style == "options"
    if observer.letter and shown:
        return observer.letter
    said = guess(ask, rng) if rng.random() < LAPSE else observer.say(scene, ask, rng)
    if not shown:
        return said
    if said in ask.options:
        return LETTERS[ask.options.index(said)]
    return str(rng.choice(list(LETTERS[: len(ask.options)])))
