"""A spec as coloured HTML."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter

    from pgt_dsl.syntax.highlight import PgtLexer


def spec_html(text: str) -> Markup:
    """The text as spans with the classes of Pygments after ``t-``. All that is not markup of ours is escaped."""
    from markupsafe import Markup
    from pygments import highlight

    shown = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    lexer, formatter = _tools()
    return Markup(highlight(shown.rstrip() + "\n", lexer, formatter))


@lru_cache(maxsize=1)
def _tools() -> tuple[PgtLexer, HtmlFormatter[str]]:
    from pygments.formatters import HtmlFormatter

    from pgt_dsl.syntax.highlight import PgtLexer

    return PgtLexer(stripnl=False), HtmlFormatter(nowrap=True, classprefix="t-")
