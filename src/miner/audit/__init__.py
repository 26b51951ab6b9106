"""Checking a mined graph against the bytes it cites."""
