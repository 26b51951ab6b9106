"""Use cases: plain arguments in, result objects out; no click, no printing."""
