"""``verify.html``: the report as one page that needs nothing else, for people. All numbers are in ``verify.json``."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pgt_dsl.html.document import document
from pgt_dsl.html.figures import share_bar, stacked_bar
from pgt_dsl.verify.faults import CHECKS, Fault
from pgt_dsl.verify.page_style import STYLE
from pgt_dsl.verify.reference import Comparison
from pgt_dsl.verify.report import OTHERS, Drifting, Report, TaskReport, Twice

SHOWN = 100  # faults on the page
ROWS = 24  # of the tables of drift and places
LANES = {"x": "across", "y": "down", "nearest": "to the nearest"}


def page(report: Report) -> str:
    """The text of ``verify.html``."""
    parts = [
        f"<h1>{escape(report.name)}</h1>",
        "<p class=soft>A data set of pgt-dsl, made again from its own metadata and judged.</p>",
        _verdict(report),
        _facts(report),
        _checks(report),
        _faults(report.faults),
        _tasks(report.tasks),
        _twice(report.twice),
        _drift(report.tasks),
        _places(report.comparisons),
        "<h2>What this report does not say</h2><ul>"
        + "".join(f"<li>{escape(text)}</li>" for text in report.limits)
        + "</ul>",
        _foot(report),
    ]
    body = "<main>\n" + "\n".join(part for part in parts if part) + "\n</main>"
    return document(f"pgt verify: {report.name}", body, STYLE)


def _verdict(report: Report) -> str:
    kind, sign = ("good", "✓") if report.ok else ("bad", "✗")
    return f'<p class="verdict {kind}">{sign} {escape(report.summary)}.</p>'


def _facts(report: Report) -> str:
    data = report.data_set
    judged = f"{report.judged:,}" if report.judged == report.rows else f"{report.judged:,} of {report.rows:,}"
    facts = {
        "Samples planned": f"{report.planned:,}",
        "Rows found": f"{report.rows:,}",
        **({"Records of others": f"{report.woven:,}"} if report.woven else {}),
        "Samples judged": judged,
        "Tasks": f"{len(report.tasks):,}",
        "Format": f"{data['format']}, {data['image']}",
        "Short side, seed": f"{data['size']} px, {data['seed']}",
        "Made by": f"pgt-dsl {data['pgt_version']}, painter {data['renderer']}",
        "Judged by": f"pgt-dsl {report.verifier['pgt_version']}, painter {report.verifier['renderer']}",
    }
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    return f"<dl class=facts>{items}</dl>"


def _checks(report: Report) -> str:
    counts = report.by_check()
    rows = "".join(
        f"<tr><td>{escape(text[0].upper() + text[1:])}</td>" + _mark(counts[name], name in report.skipped) + "</tr>"
        for name, text in CHECKS.items()
    )
    return f"<h2>What was checked</h2><table><tbody>{rows}</tbody></table>"


def _mark(count: int, skipped: bool) -> str:
    if count:
        return f"<td class='n bad'>{count:,} ✗</td>"
    return "<td class='n soft'>not, or not of all</td>" if skipped else "<td class='n good'>✓</td>"


def _faults(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    shown = "".join(map(_fault, faults[:SHOWN]))
    more = f"<p class=soft>{len(faults) - SHOWN:,} more are in verify.json.</p>" if len(faults) > SHOWN else ""
    return f"<h2>Faults</h2>{shown}{more}"


def _fault(fault: Fault) -> str:
    row = "" if fault.row is None else f", row {fault.row}"
    where = [part for part in (f"{fault.file}{row}" if fault.file else "", fault.sample or fault.task) if part]
    pairs = [("expected", fault.expected), ("found", fault.found)] if fault.expected or fault.found else []
    told = "".join(f"<dt>{name}</dt><dd><code>{escape(text) or '(nothing)'}</code></dd>" for name, text in pairs)
    return (
        f"<div class=fault><b>{escape(fault.check)}</b> "
        + " · ".join(f"<code>{escape(part)}</code>" for part in where)
        + f"<br>{escape(fault.message)}"
        + (f"<dl>{told}</dl>" if told else "")
        + "</div>"
    )


def _tasks(tasks: Sequence[TaskReport]) -> str:
    rows = "".join(map(_task, tasks))
    return (
        "<h2>Tasks</h2><p class=soft>The bar has the shares of the first answers. “Quotas” are shares that the spec "
        "fixes; their deviation has to be none. “Accepted”: the share of proposed scenes that met all requirements.</p>"
        "<table class=fold><thead><tr><th>task<th>answers<th class=n>samples<th class=n>quotas<th class=n>accepted"
        f"<th class=n>faults</tr></thead><tbody>{rows}</tbody></table>"
    )


def _task(task: TaskReport) -> str:
    ranked = sorted(task.answers.items(), key=lambda item: (item[0] == OTHERS, -item[1]))
    words = ", ".join(f"{text} {count / max(task.judged, 1):.0%}" for text, count in ranked[:4])
    if len(ranked) > 4:
        words += ", …"
    count = f"{task.samples:,}" if task.judged == task.samples else f"{task.judged:,} of {task.samples:,}"
    exact = "NOT exact" if task.quota_faults else "exact" if task.quotas_compared else "not compared"
    quotas = f"{task.quotas}, {exact}" if task.quotas else ""
    accepted = "" if task.accepted is None else f"{task.accepted:.1%}"
    chained = f"<br><small>{task.chained:,} of chains</small>" if task.chained else ""
    faults = f"<span class=bad>{task.faults:,}</span>" if task.faults else "0"
    cells = [("samples", count), ("quotas", quotas), ("accepted", accepted)]
    return (
        f"<tr><td><code>{escape(task.name)}</code>{chained}</td>"
        f"<td class=bars>{stacked_bar([count for _, count in ranked])}<small>{escape(words)}</small></td>"
        + "".join(f'<td class=n data-h="{name}">{escape(text)}</td>' for name, text in cells)
        + f'<td class=n data-h="faults">{faults}</td></tr>'
    )


def _twice(found: Sequence[Twice]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.what[0].upper() + one.what[1:])}"
        + (f"<br><small>such as <code>{escape(one.examples[0][0])}</code>, <code>{escape(one.examples[0][1])}</code>"
           "</small>" if one.examples else "")
        + f'</td><td class=n data-h="samples that are there again">{one.samples:,}</td>'
        f'<td class=n data-h="pairs within a task">{one.pairs:,}</td><td class=n data-h="pairs that chance expects">'
        + ("not known" if one.expected is None else f"{one.expected:,.1f}")
        + "</td></tr>"
        for one in found
    )  # fmt: skip
    return (
        "<h2>The same again</h2><table class=fold><thead><tr><th><th class=n>again<th class=n>pairs within a task"
        f"<th class=n>expected by chance</tr></thead><tbody>{rows}</tbody></table><p class=soft>What chance expects is "
        "counted between the data set and another sample of each task. Of the same pixels it cannot be known without "
        "painting them. A picture with two answers to one question would be a fault.</p>"
    )


def _drift(tasks: Sequence[TaskReport]) -> str:
    bent: list[tuple[TaskReport, Drifting]] = sorted(
        ((task, one) for task in tasks for one in task.drift if one.notable), key=lambda pair: -pair[1].effect
    )
    total = sum(len(task.drift) for task in tasks)
    if not total:
        return ""
    head = (
        f"<h2>Drift of draws</h2><p class=soft>Of {total:,} drawn values {len(bent):,} come out notably otherwise than "
        "their declared law, since scenes that miss a requirement are drawn again. An effect of 0.2: one sample in "
        "five has another value than the law would give it. Drift is no fault.</p>"
    )
    rows = "".join(
        f"<tr><td><code>{escape(task.name)}</code> <code>{escape(one.name)}</code><br><small>{escape(one.declared)}"
        f'</small></td><td class=bars>{share_bar(one.effect)}</td><td class=n data-h="effect">{one.effect:.2f}</td>'
        f'<td class=n data-h="scenes">{one.n:,}</td></tr>'
        for task, one in bent[:ROWS]
    )
    return head + _table(("drawn", "", "effect", "scenes"), rows) if rows else head


def _places(found: Sequence[Comparison]) -> str:
    if not found:
        return ""
    notable = [c for c in found if c.notable]
    head = (
        "<h2>Places of shapes</h2><p class=soft>Where each declared shape stands, and how far its nearest neighbour "
        f"is, against another sample with another seed: {len(found):,} comparisons, of which {len(notable):,} show "
        "more than chance. The bar is the largest difference of the two distribution functions, the mark the least "
        "that would have been told.</p>"
    )
    ranked = sorted(found, key=lambda c: -c.effect / max(c.seen, 1e-9))[:ROWS]
    rows = "".join(
        f"<tr><td><code>{escape(c.task)}</code> <code>{escape(c.shape)}</code> <small>{LANES[c.what]}"
        f"{', longer chains' if c.longer_chains else ''}</small></td><td class=bars>{share_bar(c.effect, c.seen)}</td>"
        f'<td class="n{" bad" if c.notable else ""}" data-h="difference">{c.effect:.3f}</td>'
        f'<td class=n data-h="told from">{c.seen:.3f}</td><td class=n data-h="scenes">{c.n:,} / {c.m:,}</td></tr>'
        for c in ranked
    )
    return head + _table(("shape", "", "difference", "told from", "scenes"), rows)


def _table(heads: Sequence[str], rows: str) -> str:
    cells = "".join(f"<th{' class=n' if k > 1 else ''}>{head}" for k, head in enumerate(heads))
    return f"<table class=fold><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>"


def _foot(report: Report) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(report.verifier["versions"].items()))
    return (
        f"<p class=soft><small>Manifest sha256 <code>{escape(report.data_set['manifest_sha256'])}</code>. Judged with "
        f"{escape(versions)} in {report.seconds:,.0f} s.</small></p>"
    )
