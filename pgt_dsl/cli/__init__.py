"""The command line, ``pgt``: one module a command, each imported only when it is asked for."""
