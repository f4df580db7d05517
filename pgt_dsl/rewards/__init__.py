"""Rewards for trainers, one file a trainer, all of them ``pgt_dsl.score`` behind that trainer's signature."""
