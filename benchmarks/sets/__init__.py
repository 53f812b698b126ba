"""Readers of public data sets, by format."""
