# Needs python3 (3.11, 3.12 or 3.13) with venv, and make. Everything else goes into .venv/, from releases that are locked.
#
#   make demo      set up, plan the bundled case, print where the report is
#   make test      set up with the tools of development, and check everything
#   make bundle    gather what `make demo` installs into bundle/: a copy of this folder with it sets up without a network
#   make pages     write the pages and the schema that are made from declarations
#   make lock      bring the locks up to date with pyproject.toml; UPGRADE=1 takes the newest releases
#   make test-newest, make test-oldest
#                  run the tests with the newest and the oldest releases that pyproject.toml allows
#   make clean     remove what these made, but for the bundle
#
# Set-up reaches a package index, or the bundle where there is one; after it nothing here needs a network connection.

PYTHON ?= python3
OLDEST_PYTHON ?= python3.11
CASE ?= gaza-2023
OUT ?= demo
WORKERS ?= 2

# What `make bundle` gathers, and for what: FOR=dev has the tools of development, too.
BUNDLE ?= bundle
FOR ?= run
PLATFORM ?=
PYTHON_VERSION ?=

# Bytecode is kept also where the shell says not to: hundreds of commands that are tried would each read all sources anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# What is never imported need not be turned into bytecode, which takes as long as unpacking does.
PIP_INSTALL := -m pip install --no-compile --quiet --no-input --disable-pip-version-check
LOCKED := --require-hashes $(if $(wildcard $(BUNDLE)/*.whl),--no-index --find-links $(BUNDLE))
# letup itself, with the build tool that the locks name; nothing is looked up.
ITSELF := --no-index --no-deps --no-build-isolation --editable .
UV := uv==0.13.9

.PHONY: demo test lint types layers compiled tests bundle pages lock test-newest test-oldest clean
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
	@$(MAKE) --no-print-directory --old-file=compiled tests

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

# An environment is made again where the Python that it was made with is gone, as in a copy on another machine.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "letup needs Python 3.11, 3.12 or 3.13, $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	       echo "Name another one: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Setting up .venv (once, about a minute)"
	@$(PYTHON) -m venv --clear .venv

.venv/.ready: pyproject.toml requirements/run.txt | .venv/bin/python
	@echo "Installing letup and what it needs into .venv$(if $(findstring --no-index,$(LOCKED)), from $(BUNDLE))"
	@$(BIN)/python $(PIP_INSTALL) $(LOCKED) --requirement requirements/run.txt
	@$(BIN)/python $(PIP_INSTALL) $(ITSELF)
	@touch $@

.venv/.ready-dev: pyproject.toml requirements/dev.txt | .venv/bin/python
	@echo "Installing letup and the tools of development into .venv$(if $(findstring --no-index,$(LOCKED)), from $(BUNDLE))"
	@$(BIN)/python $(PIP_INSTALL) $(LOCKED) --requirement requirements/dev.txt
	@$(BIN)/python $(PIP_INSTALL) $(ITSELF)
	@touch .venv/.ready $@

bundle: .venv/.ready
	$(BIN)/python scripts/bundle.py requirements/$(FOR).txt $(BUNDLE) \
	  $(if $(PLATFORM),--platform $(PLATFORM)) $(if $(PYTHON_VERSION),--python-version $(PYTHON_VERSION))

pages: .venv/.ready
	$(BIN)/python scripts/pages.py

# One release of each package for all systems and all Pythons. Hashes are of all files of a release; no index is named.
COMPILE = .venv-lock/bin/uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
  --fork-strategy fewest --generate-hashes --quiet --no-emit-index-url --custom-compile-command "make lock"

# A release that is locked stays, unless it is out of range now. At the lower end of the ranges nothing that is locked
# may stay.
lock: .venv-lock/bin/uv
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements/dev.txt
	$(COMPILE) --upgrade --constraint requirements/dev.txt --output-file requirements/run.txt
	$(COMPILE) --upgrade --extra dev --resolution lowest-direct --output-file requirements/oldest.txt

.venv-lock/bin/uv:
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python $(PIP_INSTALL) $(UV)

# Both have what they compile in a folder of their own, and begin anew: numba does not see there that sources changed.
# Warnings are shown there, and fail in `make test` alone: what a release deprecates inside itself is not ours to change.
ENDS = NUMBA_CACHE_DIR=$(CURDIR)/.venv-$(1)/numba PATH="$(CURDIR)/.venv-$(1)/bin:$$PATH"

test-newest:
	@test -x .venv-newest/bin/python || $(PYTHON) -m venv .venv-newest
	.venv-newest/bin/python $(PIP_INSTALL) --upgrade --upgrade-strategy eager --editable '.[dev]'
	rm -rf .venv-newest/numba
	$(call ENDS,newest) .venv-newest/bin/python scripts/compile.py
	$(call ENDS,newest) .venv-newest/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -W default

test-oldest:
	@test -x .venv-oldest/bin/python || $(OLDEST_PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python $(PIP_INSTALL) --require-hashes --requirement requirements/oldest.txt
	.venv-oldest/bin/python $(PIP_INSTALL) $(ITSELF)
	rm -rf .venv-oldest/numba
	$(call ENDS,oldest) .venv-oldest/bin/python scripts/compile.py
	$(call ENDS,oldest) .venv-oldest/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -W default

clean:
	rm -rf .venv .venv-newest .venv-oldest .venv-lock $(OUT) dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
