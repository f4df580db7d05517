"""Asking models: the questions of a data set go to a model, and every reply is kept in a journal."""
