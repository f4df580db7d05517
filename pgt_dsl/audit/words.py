"""An audit in words: diagnostics with their lines, what could have been seen, and the same as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pgt_dsl.audit.finding import Audit, Finding, Test
from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.report import render_text
from pgt_dsl.solve.words import span_of
from pgt_dsl.source import Source

MOST = 12  # leaks that are told in full


def told(audit: Audit, source: Source | None) -> str:
    """The whole report."""
    lines = [f"{audit.task}: {audit.scenes} scenes (seed {audit.seed}), {audit.tests} tests, "
             f"a false alarm in {audit.alpha:.0%} of clean tasks", ""]  # fmt: skip
    lines += [render_text(_diagnostic(f, source)) + "\n" for f in audit.leaks[:MOST]]
    if len(audit.leaks) > MOST:
        lines.append(f"... and {len(audit.leaks) - MOST} weaker ones\n")
    lines += [render_text(_diagnostic(f, source, "warning")) + "\n" for f in audit.strong]
    lines += [f"inherent cue: {_strength(f.test)} from `{f.test.what}`, of which the answer is made"
              for f in audit.cues[:6] if f not in audit.strong]  # fmt: skip
    lines += [
        f"most frequent answer{_question(k, len(audit.majority))}: {share}" for k, share in enumerate(audit.majority)
    ]
    lines += [f"would have been seen: {s.gain:.1%} more right answers by {s.what} ({s.tests} tested, {s.n} scenes)"
              for s in audit.seen]  # fmt: skip
    lines += [f"not tested: {words}" for words in audit.untested]
    many = len(audit.leaks)
    lines.append(f"{many or 'no'} leak{'' if many == 1 else 's'} found")
    return "\n".join(lines)


def _question(k: int, many: int) -> str:
    return f", question {k + 1}" if many > 1 else ""


def _strength(test: Test) -> str:
    return f"{test.accuracy:.1%} right where chance gives {test.chance:.1%}"


def _diagnostic(found: Finding, source: Source | None, severity: str = "error") -> Diagnostic:
    test = found.test
    message = f"`{test.what}` tells the answer of question {test.ask + 1}: {_strength(test)}"
    if test.bits:
        message += f", {test.bits:.3f} bits"
    spans = [span for o in found.origins if source is not None and (span := span_of(o, source)) is not None]
    labels = [Label(span, "this leaks" if k + 1 < len(spans) else "this is answered") for k, span in enumerate(spans)]
    helps = ((test.hint,) if test.hint else ()) + found.mend
    kind = "leak" if severity == "error" else "cue"
    return Diagnostic(kind, message, labels[0] if labels else None, "error" if severity == "error" else "warning",
                      tuple(labels[1:]), helps)  # fmt: skip


def to_json(audit: Audit) -> dict[str, Any]:
    """The report as plain values."""
    return asdict(audit)
