"""Pages made of parts: the common style, the frame of a page that needs no other file, and templates that escape."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=1)
def base_style() -> str:
    """The style sheet that all pages begin with."""
    return (files("pgt_dsl.html") / "base.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def theme_button() -> str:
    """The script with ``themeButton``, which those of pages with a button for light and dark begin with."""
    return (files("pgt_dsl.html") / "theme_button.js").read_text(encoding="utf-8")


def document(title: str, body: str, style: str = "") -> str:
    """A page that needs no other file. title: plain text; body: HTML; style: what comes after the common style."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{base_style()}{style}</style></head>\n<body>{body}</body></html>\n"
    )


def environment(package: str) -> Environment:
    """Templates of the folder ``templates`` of a package. Every value is escaped that is not HTML by its type, and a
    name that is not there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
