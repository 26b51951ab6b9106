"""Getting a snapshot of a library: the only package that runs git or talks to an index."""
