"""Explaining a name: all that a graph says of an object, an option, a package, a device, a variable or a predicate."""
