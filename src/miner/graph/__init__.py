"""From linked facts to published nodes and edges."""
