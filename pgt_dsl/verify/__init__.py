"""Verifying a finished data set from its folder alone: replay, oracle, pictures, texts, counts; and a report."""
