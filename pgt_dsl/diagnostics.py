"""What is wrong with a text: diagnostics as values, and the collector that gathers several of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pgt_dsl.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A span with a few words under its caret line (``text`` may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a code with a page (``pgt explain CODE``), a message, where, and what to do."""

    code: str
    message: str
    label: Label | None
    severity: Severity = "error"
    others: tuple[Label, ...] = ()
    help: tuple[str, ...] = ()


class PgtError(Exception):
    """Base class of every error that pgt-dsl raises on purpose."""


class SpecError(PgtError):
    """A spec is wrong. ``diagnostics`` holds every error and warning found, in source order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__()

    def __str__(self) -> str:
        from pgt_dsl.report import render_text  # the report needs this module's classes

        return "\n\n".join(render_text(d) for d in self.diagnostics)


class Collector:
    """Gathers diagnostics; ``raise_errors`` turns gathered errors into one ``SpecError``."""

    def __init__(self, limit: int = 50) -> None:
        self.found: list[Diagnostic] = []
        self.limit = limit

    def _add(self, diagnostic: Diagnostic) -> None:
        if diagnostic not in self.found and len(self.found) < self.limit:
            self.found.append(diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        others: Iterable[tuple[Span, str]] = (),
        help: str | Iterable[str] = (),
        severity: Severity = "error",
    ) -> None:
        """Record a finding; ``others`` are further labelled spans, ``help`` one or more lines of advice."""
        helps = (help,) if isinstance(help, str) else tuple(help)
        self._add(
            Diagnostic(
                code,
                message,
                Label(span, label) if span else None,
                severity,
                tuple(Label(s, t) for s, t in others),
                helps,
            )
        )

    def warning(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        others: Iterable[tuple[Span, str]] = (),
        help: str | Iterable[str] = (),
    ) -> None:
        """Record a warning; the arguments are those of ``error``."""
        self.error(code, message, span, label, others=others, help=help, severity="warning")

    @property
    def has_errors(self) -> bool:
        """Whether an error (not only warnings) has been recorded."""
        return any(d.severity == "error" for d in self.found)

    def raise_errors(self) -> None:
        """Raise ``SpecError`` with all findings if there is an error among them."""
        if self.has_errors:
            raise SpecError(self.found)
