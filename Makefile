# Needs python3 (3.11 or later) with venv, and make. Everything else goes into .venv/.
#
#   make demo    set up, plan the bundled case, print where the report is
#   make test    set up with the tools of development, and check everything
#   make clean   remove what these made
#
# Set-up reaches a package index; after it nothing here needs a network connection.

PYTHON ?= python3
CASE ?= gaza-2023
OUT ?= demo
WORKERS ?= 2

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check

.PHONY: demo test lint types layers compiled tests clean
.DELETE_ON_ERROR:

demo: .venv/.ready
	$(BIN)/letup plan $(CASE) --out $(OUT)
	@echo
	@echo "To use letup in this shell: . .venv/bin/activate"
	@echo "The report opens in any browser, without a network connection:"
	@$(BIN)/python -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1], "report.html").resolve(strict=True))' $(OUT)

# Compiling takes one core for most of a minute; the other one has the rest to check meanwhile.
test: .venv/.ready-dev
	@$(MAKE) --no-print-directory -j $(WORKERS) compiled lint types layers
	@$(MAKE) --no-print-directory tests

lint: .venv/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready-dev
	$(BIN)/mypy

layers: .venv/.ready-dev
	$(BIN)/lint-imports

# Once, beforehand: each worker would compile the same.
compiled: .venv/.ready-dev
	$(BIN)/python scripts/compile.py

tests: .venv/.ready-dev compiled
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "letup needs Python 3.11 or later, $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	       echo "Name another one: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Setting up .venv (once, about a minute)"
	@$(PYTHON) -m venv .venv

.venv/.ready: pyproject.toml | .venv/bin/python
	@echo "Installing letup and what it needs into .venv"
	@$(PIP) --editable .
	@touch $@

.venv/.ready-dev: pyproject.toml | .venv/bin/python
	@echo "Installing letup and the tools of development into .venv"
	@$(PIP) --editable '.[dev]'
	@touch .venv/.ready $@

clean:
	rm -rf .venv $(OUT) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
