"""Resolving names, constants, predicates and file rules across a whole snapshot."""
