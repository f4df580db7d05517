"""Plural forms by the rules of the Unicode CLDR, as Babel has them: which of its forms a language uses for a number."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pgt_dsl.diagnostics import PgtError

ORDER = ("zero", "one", "two", "few", "many", "other")


def babel() -> Any:
    """The package. Raises ``PgtError`` where it is not installed."""
    try:
        import babel as found
    except ImportError:
        raise PgtError("languages beside English need the package Babel: pip install 'pgt-dsl[languages]'") from None
    return found


@lru_cache(maxsize=16)
def _rule(code: str) -> Any:
    return babel().Locale.parse(code).plural_form


@lru_cache(maxsize=16)
def categories(code: str) -> tuple[str, ...]:
    """The plural forms that whole numbers take, in the order of the CLDR, as ``("one", "other")``."""
    used = {category(code, n) for n in (*range(1002), 10**6)}
    return tuple(name for name in ORDER if name in used)


@lru_cache(maxsize=4096)
def category(code: str, n: int) -> str:
    """The form that a whole number takes."""
    return str(_rule(code)(abs(n)))


def examples(code: str) -> str:
    """The forms with some of their numbers: ``one (1), other (0, 2, 3)``."""
    numbers: dict[str, list[str]] = {name: [] for name in categories(code)}
    for n in range(102):
        mine = numbers[category(code, n)]
        if len(mine) < 3:
            mine.append(str(n))
    return ", ".join(f"{name} ({', '.join(some)})" for name, some in numbers.items())
