"""Planted bugs: small wrong changes to the engine, each of which a check must notice. See ``__main__``."""
