"""Tree to model: names bound, kinds and modules expanded, types and units inferred for every expression."""
