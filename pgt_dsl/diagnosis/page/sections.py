"""The sections of a model's part of the page: what is named, tasks, groups, biases, mistakes, and factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from html import escape

import numpy as np

from pgt_dsl.diagnosis.biases import LETTER
from pgt_dsl.diagnosis.diagnose import Diagnosis
from pgt_dsl.diagnosis.factors import Factor
from pgt_dsl.diagnosis.look import Look
from pgt_dsl.diagnosis.page.figures import range_bar, steps_figure
from pgt_dsl.diagnosis.rows import Row, Tally
from pgt_dsl.diagnosis.shares import known
from pgt_dsl.html.figures import stacked_bar
from pgt_dsl.probe.results import interval
from pgt_dsl.psychometrics.figure import curve_svg

KINDS = {"weak": "cannot do it", "bias": "bias", "mistake": "named mistake", "factor": "depends on the scene"}
MEASURED = {"weak": "right", "bias": "of the wrong answers", "mistake": "of the wrong answers", "factor": "wrong there"}
MANY = 30  # tasks, beyond which they are folded
SHOWN = 12  # figures of factors, and rows of tables that are not named

LEGEND = (
    '<p class="legend"><i></i>share<i class="span"></i>exact 95 % interval<i class="mark"></i>what chance gives</p>'
)


def findings(found: Diagnosis) -> str:
    """What is named, each with its counts."""
    cards = "".join(map(_card, found.findings))
    if not cards:
        looks = len(found.looks)
        return f'<p class="none">Nothing is named: of {looks:,} looks none shows more than chance allows.</p>'
    return f'<ul class="findings">{cards}</ul>'


def _card(look: Look) -> str:
    """A finding. Of a task that is not known the right answers are shown, and what knowing half of it would give."""
    share, chance, (low, high), given = look.share, look.chance, look.bounds, "chance"
    if look.kind == "weak":
        share, chance, (low, high), given = 1 - share, 1 - chance, (1 - high, 1 - low), "knowing half gives"
    bar = range_bar(share, low, high, chance, "low" if look.kind == "factor" else "")
    told = look.says.removeprefix(f"{look.scope}: ")
    return (
        f'<li class="finding" data-kind="{look.kind}"><span class="kind">{KINDS[look.kind]}</span>'
        f"<b>{escape(title(look))}</b><p>{escape(told[:1].upper() + told[1:])}.</p>{bar}"
        f"<small>{MEASURED[look.kind]} {percent(share)} ({percent(low)} .. {percent(high)}), "
        f"{given} {percent(chance)}; "
        f"{p_text(look.adjusted, 'p')} corrected for all looks</small></li>"
    )


def title(look: Look) -> str:
    """A finding in a few words."""
    scope = f" in {look.scope}" if look.scope else ""
    if look.kind == "weak":
        return f"Knows fewer than half of {look.scope}"
    if look.kind == "bias":
        verb = "Chooses" if look.where == LETTER else "Says"
        return f"{verb} {_called(look)} too often{scope}"
    if look.kind == "mistake":
        return f"“{look.subject}”{scope}"
    return f"Fails{scope} where {look.where}"


def _called(look: Look) -> str:
    return f"option {look.subject}" if look.where == LETTER else f"“{look.subject}”"


def p_text(value: float, name: str = "") -> str:
    """A chance in words."""
    if value < 1e-4:
        return f"{name} < 0.0001".strip()
    return f"{name} = {value:.2g}" if name else f"{value:.2g}"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.3g} %"


def tasks(found: Diagnosis) -> str:
    """A row for each task."""
    rows = "".join(_task(name, one) for name, one in found.tasks.items())
    count = len(found.tasks)
    is_open = " open" if count <= MANY else ""
    return (
        f"<h3>Tasks</h3><details{is_open}><summary>{count:,} tasks</summary>{LEGEND}"
        "<table class=fold><thead><tr><th>task<th>right<th class=n>share<th class=n>asked<th class=n>known"
        f"<th class=n>no answer</tr></thead><tbody>{rows}</tbody></table>"
        '<p class="soft"><small>“Known” is the share that is right beyond guessing, where it is known what guessing '
        "gives: (share - chance) / (1 - chance). Pictures that belong together count once in intervals.</small></p>"
        "</details>"
    )


def _task(name: str, one: Tally) -> str:
    low, high = one.bounds
    cells = [
        ("share", f"{percent(one.rate)} <small>({percent(low)} .. {percent(high)})</small>"),
        ("asked", f"{one.asked:,}"), ("known", "" if one.chance is None else percent(known(one))),
        ("no answer", str(one.unread or "")),
    ]  # fmt: skip
    return (
        f"<tr><td><code>{escape(name)}</code></td><td class=bars>{range_bar(one.rate, low, high, one.chance)}</td>"
        + "".join(f'<td class=n data-h="{head}">{text}</td>' for head, text in cells)
        + "</tr>"
    )


def groups(found: Diagnosis) -> str:
    """Pairs and groups of pictures."""
    if not found.groups:
        return ""
    rows = ""
    for one in found.groups:
        low, high = one.bounds
        rate = one.rate or 0.0
        chance = "" if one.chance is None else percent(one.chance)
        rows += (
            f"<tr><td>{escape(one.name)}</td><td class=bars>{range_bar(rate, low, high, one.chance)}</td>"
            f'<td class=n data-h="share">{percent(rate)} <small>({percent(low)} .. {percent(high)})</small></td>'
            f'<td class=n data-h="of">{one.of:,}</td><td class=n data-h="chance">{chance}</td></tr>'
        )
    return (
        "<h3>Minimal pairs and groups</h3><p class=soft>Pictures that differ in one thing. Whoever does not look is "
        "right in one of two, and in no pair.</p><table class=fold><thead><tr><th><th><th class=n>share<th class=n>of"
        f"<th class=n>chance</tr></thead><tbody>{rows}</tbody></table>"
    )


def biases(found: Diagnosis) -> str:
    """Yes, letters, favourites: of the wrong answers, against what an even hand gives."""
    looks = [look for look in found.of("bias") if look.of]
    told = ("Of the wrong answers, given what was right: how many are of this kind. Who sees well and guesses with an "
            "even hand errs to all sides alike. ")  # fmt: skip
    return _looks("Biases of responses", told + " ".join(_plainly(found)), looks)


def _plainly(found: Diagnosis) -> Iterable[str]:
    """How often it says yes, and the first option, beside how often they are right."""
    rows = [row for row in found.answers.rows if row.said is not None]
    truths = [row for row in rows if row.asked.form == "bool"]
    shown = [row for row in rows if row.option is not None]
    for words, where, said, right in (
        ("Yes was said to", "yes-or-no questions", [row.said is True for row in truths],
         [row.asked.value is True for row in truths]),
        ("The first option was chosen in", "questions with options", [row.option == 0 for row in shown],
         [row.asked.correct == 0 for row in shown]),
    ):  # fmt: skip
        if said:
            low, high = interval(sum(said), len(said))
            share = f"({percent(low)} .. {percent(high)})"
            yield f"{words} {sum(said):,} of {len(said):,} {where} {share}; it is right in {sum(right):,}."


def mistakes(found: Diagnosis) -> str:
    """What the answers are in tasks with named mistakes, and how many wrong ones each mistake explains."""
    looks = [look for look in found.of("mistake") if look.of]
    told = _looks("Named mistakes", "Of the wrong answers of a task: how many are the mistake that the spec names. "
                  "Chance is the largest of three: any wrong candidate alike; what the model says anyway; by how much "
                  "it is off anyway.", looks)  # fmt: skip
    return told + _confusions(found, {look.scope for look in looks}) if told else ""


def _confusions(found: Diagnosis, tasks: Collection[str]) -> str:
    """A row for each task: how many answers are right, each mistake, wrong in another way, and none."""
    rows = ""
    for task in found.tasks:
        if task not in tasks:
            continue
        here = [row for row in found.answers.rows if row.task == task]
        kinds = Counter(_kind(row) for row in here)
        order = sorted(kinds, key=lambda kind: (_LAST.get(kind, 0), -kinds[kind]))
        words = ", ".join(f"{escape(kind)} {percent(kinds[kind] / len(here))}" for kind in order)
        bar = stacked_bar([kinds[kind] for kind in order])
        rows += f"<tr><td><code>{escape(task)}</code></td><td class='bars wide'>{bar}<small>{words}</small></td></tr>"
    return (
        f"<details><summary>all answers of these tasks by mistake</summary><table class=fold>{rows}</table></details>"
    )


_LAST = {"right": -1, "wrong in another way": 1, "no answer": 2}


def _kind(row: Row) -> str:
    if row.right:
        return "right"
    if row.mistake:
        return f"“{row.mistake}”"
    return "no answer" if row.said is None else "wrong in another way"


def _looks(head: str, told: str, looks: Sequence[Look]) -> str:
    if not looks:
        return ""
    kept = [look for k, look in enumerate(looks) if look.adjusted < 1 or k < SHOWN]
    rest = [look for look in looks if look not in kept]
    more = f"<details><summary>{len(rest):,} more, none of them named</summary>{_table(rest)}</details>" if rest else ""
    return f"<h3>{head}</h3><p class=soft>{told}</p>{LEGEND}{_table(kept)}{more}"


def _table(looks: Sequence[Look]) -> str:
    rows = ""
    for look in looks:
        low, high = look.bounds
        why = f"<br><small>goes with {escape(look.behind)}</small>" if look.behind else ""
        rows += (
            f"<tr{' class=named' if look.named else ''}><td>{escape(_called(look))} <small>"
            f"{escape(look.scope or 'everywhere')}</small>{why}</td>"
            f"<td class=bars>{range_bar(look.share, low, high, look.chance)}</td>"
            f'<td class=n data-h="count">{look.seen:,} of {look.of:,}</td>'
            f'<td class=n data-h="by chance">{look.expected:.1f}</td>'
            f'<td class="n{" bad" if look.named else ""}" data-h="p">{p_text(look.adjusted)}</td></tr>'
        )
    return (
        "<table class=fold><thead><tr><th><th><th class=n>wrong answers<th class=n>by chance<th class=n>p, corrected"
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def curves(found: Diagnosis) -> str:
    """Psychometric curves: those of series, and the surest of those along margins."""
    shown = [c for c in found.curves if c.graded or c.curve.measurable][:SHOWN]
    if not shown:
        return ""
    figures = "".join(
        f"<figure><figcaption><code>{escape(c.task)}</code></figcaption>{curve_svg(c.curve)}</figure>" for c in shown
    )
    left = len(found.curves) - len(shown)
    more = f" Of {left:,} more no threshold can be told; report.json says why." if left else ""
    return (
        "<h3>Psychometric curves</h3><p class=soft>The threshold is half-way between guessing and the best that the "
        "model does. Margins are multiples of the least that the spec takes for clear; each point is an eighth of the "
        f'answers.{more}</p><div class="grid-figures wide">{figures}</div>'
    )


def factors(found: Diagnosis) -> str:
    """Accuracy by the variables of scenes: figures of the surest."""
    shown = [f for f in found.factors if f.look.adjusted <= 1][:SHOWN]
    if not shown:
        return ""
    named = sum(f.look.named for f in found.factors)
    figures = "".join(map(_factor, shown))
    return (
        f"<h3>Accuracy by what is in the scene</h3><p class=soft>{len(found.factors):,} variables of families and "
        f"tasks were looked at; {named} matter beyond chance and beyond what else is named. Rows are compared only "
        "with rows of the same task, style and truth. The surest come first; red is where it is worst.</p>"
        f'<div class="grid-figures">{figures}</div>'
    )


def _factor(factor: Factor) -> str:
    look = factor.look
    codes = factor.variable.bins()
    values = np.unique(codes[codes >= 0])
    worst = [bool(factor.region.inside[codes == value].mean() > 0.5) for value in values]
    known = [row.chance for row in factor.rows if row.chance is not None]
    chance = sum(known) / len(known) if len(known) == len(factor.rows) else None
    name = factor.variable.name
    state = "named" if look.named else f"goes with {look.behind}" if look.behind else p_text(look.adjusted, "p")
    figure = steps_figure(
        factor.bins, chance, f"accuracy by {name}", worst if look.adjusted <= 0.05 else [False] * len(worst)
    )
    return (
        f"<figure{' class=named' if look.named else ''}><figcaption><code>{escape(look.scope)}</code> by {escape(name)}"
        f"<small>{escape(state)}</small></figcaption>{figure}</figure>"
    )
