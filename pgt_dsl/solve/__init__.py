"""From a program to accepted scenes: counter-based random numbers, laws, strata, and batched rejection."""

from pgt_dsl.solve.reject import Sampler, SceneBatch
from pgt_dsl.solve.report import Exhausted, YieldReport, YieldRow

__all__ = ["Exhausted", "Sampler", "SceneBatch", "YieldReport", "YieldRow"]
