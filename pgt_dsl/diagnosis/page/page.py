"""``report.html``: the diagnosis of one model or several as one page that needs no other file and no network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from pgt_dsl.diagnosis.compare import Comparison
from pgt_dsl.diagnosis.diagnose import Diagnosis
from pgt_dsl.diagnosis.look import ALPHA
from pgt_dsl.diagnosis.page import sections
from pgt_dsl.diagnosis.page.figures import difference_bar, range_bar
from pgt_dsl.diagnosis.page.worst import worst
from pgt_dsl.html.document import document, theme_button

COLORS = 4


def page(models: Sequence[Diagnosis], comparisons: Sequence[Comparison]) -> str:
    """The text of ``report.html``."""
    style = (files("pgt_dsl.diagnosis.page") / "style.css").read_text(encoding="utf-8")
    script = theme_button() + (files("pgt_dsl.diagnosis.page") / "script.js").read_text(encoding="utf-8")
    names = " and ".join(one.model for one in models) if len(models) < 3 else f"{len(models)} models"
    parts = [
        f'<header class="top"><div><h1>{escape(names)}</h1><p class="soft">Where seeing fails: a diagnosis by '
        'pgt-dsl.</p></div><button id="theme" type="button" aria-pressed="false" hidden>Dark mode</button></header>',
        *([_named(models[0])] if len(models) == 1 else []),
        _nav(models), _families(models), _compared(comparisons),
        *(_model(one, k, len(models) > 1) for k, one in enumerate(models)),
        _method(models),
    ]  # fmt: skip
    body = "<main>\n" + "\n".join(part for part in parts if part) + "\n</main>"
    dialog = '<dialog aria-label="picture"><div class="big"></div></dialog>'
    return document(f"pgt report: {names}", f"{body}{dialog}<script>{script}</script>", style)


def _nav(models: Sequence[Diagnosis]) -> str:
    if len(models) < 2:
        return ""
    links = "".join(
        f'<a href="#model-{k}"><i class="m{k % COLORS}"></i>{escape(one.model)}</a>' for k, one in enumerate(models)
    )
    return f'<nav class="models models-n">{links}</nav>'


def _facts(found: Diagnosis) -> str:
    low, high = found.all.bounds
    facts = {
        "right": f"{found.all.rate:.1%} <small>({low:.1%} .. {high:.1%})</small>",
        "questions": f"{found.all.asked:,}",
        "tasks": f"{len(found.tasks):,}",
        "named": f"{len(found.findings):,} <small>of {len(found.looks):,} looks</small>",
    }
    if found.all.unread:
        facts["without an answer"] = f"{found.all.unread:,}"
    if found.answers.missing:
        facts["not asked yet"] = f"{found.answers.missing:,}"
    items = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in facts.items())
    return f'<dl class="facts">{items}</dl>'


def _families(models: Sequence[Diagnosis]) -> str:
    """Accuracy by family, all models side by side."""
    names = sorted({name for one in models for name in one.families})
    rows = ""
    for name in names:
        for k, one in enumerate(models):
            found = one.families.get(name)
            if found is None:
                continue
            low, high = found.bounds
            who = f'<small><i class="m{k % COLORS}"></i>{escape(one.model)}</small>' if len(models) > 1 else ""
            rows += (
                f'<tr class="m{k % COLORS}"><td class="models-n">{escape(name)}{"<br>" if who else ""}{who}</td>'
                f"<td class=bars>{range_bar(found.rate, low, high, found.chance)}</td>"
                f'<td class=n data-h="right">{found.rate:.1%} <small>({low:.1%} .. {high:.1%})</small></td>'
                f'<td class=n data-h="asked">{found.asked:,}</td></tr>'
            )
    return (
        f"<h2>Accuracy by family</h2>{sections.LEGEND}<table class=fold><thead><tr><th>family<th><th class=n>right"
        f"<th class=n>asked</tr></thead><tbody>{rows}</tbody></table>"
    )


def _compared(found: Sequence[Comparison]) -> str:
    if not found:
        return ""
    rows = ""
    for one in found:
        scope = one.scope or "all questions"
        rows += (
            f"<tr{' class=named' if one.named else ''}><td>{escape(scope)}<br><small>{escape(one.a)} less "
            f"{escape(one.b)}</small></td><td class=bars>{difference_bar(one.low, one.difference, one.high)}</td>"
            f'<td class=n data-h="difference">{100 * one.difference:+.1f} % <small>({100 * one.low:+.1f} .. '
            f"{100 * one.high:+.1f})</small></td>"
            f'<td class=n data-h="only one right">{one.only_a:,} : {one.only_b:,}</td>'
            f'<td class="n{" bad" if one.named else ""}" data-h="p">{sections.p_text(one.adjusted)}</td></tr>'
        )
    return (
        "<h2>Models compared on the same questions</h2><p class=soft>Paired: of the questions on which two models "
        "differ, how many each has right. McNemar's exact test, corrected for all lines (Holm); 95 % intervals of "
        "differences after Tango.</p><table class=fold><thead><tr><th><th><th class=n>difference<th class=n>only one "
        f"right<th class=n>p, corrected</tr></thead><tbody>{rows}</tbody></table>"
    )


def _named(found: Diagnosis) -> str:
    return f"{_facts(found)}<h2>What is named</h2>{sections.findings(found)}"


def _model(found: Diagnosis, number: int, several: bool) -> str:
    """A model's part; where there is one alone, what is named stands before all else."""
    head = f'<h2 class="model" id="model-{number}">{escape(found.model)}</h2>{_named(found)}' if several else ""
    parts = [
        head, worst(found), sections.curves(found), sections.groups(found), sections.biases(found),
        sections.mistakes(found), sections.factors(found), sections.tasks(found),
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _method(models: Sequence[Diagnosis]) -> str:
    looks = ", ".join(f"{len(one.looks):,}" for one in models)
    return (
        "<h2>How to read this</h2><ul class=plain>"
        f"<li>{looks} looks were taken: tasks, biases, mistakes, variables of scenes. Chances are corrected "
        f"for all of them, and what is named is below {ALPHA:.0%}: of models without any such weakness, 95 % of "
        "reports name none. What is not named is not excluded: see the intervals.</li>"
        "<li>Of pictures that belong together (twins, several questions about one) one is counted in tests, since "
        "their answers hang together. Shares are of all.</li>"
        "<li>A variable is named only when it matters without the answers that a named mistake explains, and at equal "
        "values of what is named before it. It need not be the cause: what goes along with it and is no variable here "
        "would look the same.</li>"
        "<li>Replies without an answer count as wrong, and in no bias and no mistake.</li>"
        "<li>All numbers are in report.json; findings.csv, tasks.csv and factors.csv are tables.</li></ul>"
    )
