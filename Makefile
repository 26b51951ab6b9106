# Everything sets itself up: Python >= 3.10, git and make are all that is needed.
PYTHON  ?= python3
RELEASE ?= transformers==5.23.0

VENV  := .venv
BIN   := $(VENV)/bin
GRAPH := output/$(subst ==,-,$(RELEASE))
PIP   := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint types robust bench schemas docs clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-9s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed ## Mine a real release and show what came out (RELEASE=name==version for another)
	$(BIN)/miner extract --repo $(RELEASE) --output $(GRAPH)
	@echo
	$(BIN)/python examples/tour.py $(GRAPH)

test: lint types $(VENV)/.developed ## Run every check of a change: style, types, import contracts, tests
	$(BIN)/python -m pytest -m "not robust"

lint: $(VENV)/.developed ## Check style, format and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.developed ## Check types
	$(BIN)/mypy

robust: $(VENV)/.developed ## Run the slow robustness checks (up to an hour)
	$(BIN)/python -m pytest -m robust

bench: $(VENV)/.developed ## Measure against a bare parse, ast-grep and griffe in one run (RELEASE=name==version)
	$(BIN)/python -m bench $(RELEASE)

schemas: $(VENV)/.installed ## Write the JSON Schemas from the records
	$(BIN)/python -m miner.app.schema --write schemas/v1

docs: $(VENV)/.installed ## Write the reference pages of the commands and the detectors
	$(BIN)/python -m miner.cli.reference --write docs

clean: ## Remove the environment and all caches, but nothing in output/
	rm -rf $(VENV) .make .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
	find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v git >/dev/null || { echo "miner: git is needed and was not found" >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { \
	  echo "miner: $(PYTHON) was not found; name a Python >= 3.10: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "miner: Python >= 3.10 is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.12 ..." >&2; \
	  exit 1; }
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "miner: $(PYTHON) cannot make a virtual environment (on Debian: apt install python3-venv)" >&2; \
	  rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@test -e $(VENV)/.developed || { echo "installing miner"; $(PIP) --editable .; }
	@touch $@

$(VENV)/.developed: pyproject.toml | $(BIN)/python
	@echo "installing miner and its development tools"
	@$(PIP) --editable '.[dev]'
	@touch $@
