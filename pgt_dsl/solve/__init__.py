"""From a program to accepted scenes: counter-based random numbers, laws, strata, and batched rejection.

Names are looked up when they are asked for: proofs (``explain``) need nothing of what draws.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pgt_dsl.solve.reject import Sampler, SceneBatch
    from pgt_dsl.solve.report import Exhausted, YieldReport, YieldRow

__all__ = ["Exhausted", "Sampler", "SceneBatch", "YieldReport", "YieldRow"]


def __getattr__(name: str) -> Any:
    if name in ("Sampler", "SceneBatch"):
        from pgt_dsl.solve import reject

        return getattr(reject, name)
    if name in __all__:
        from pgt_dsl.solve import report

        return getattr(report, name)
    raise AttributeError(name)
