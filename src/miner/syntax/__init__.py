"""Reading source text: the only package that knows tree-sitter and libcst."""
