"""The ``Program`` and its readings: what a task means, as values, margins and the scalar oracle."""
