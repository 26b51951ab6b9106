"""Records only: frozen structures that the other packages exchange; no input or output."""
