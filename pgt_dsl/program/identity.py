"""The hash that names a program (see ``serial``)."""

from pgt_dsl.program.serial import program_hash

__all__ = ["program_hash"]
