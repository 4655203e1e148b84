# Everything a checkout can do, with nothing but Python 3.11 (or later) and make.
# pip is asked as it is set up here: its proxies, indices and certificates stand.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough; `make PYTHON=… test` chooses another.
PYTHON ?= $(shell for python in python3 python python3.14 python3.13 python3.12 python3.11; do \
    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    && echo "$$python" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests on as many cores as there are, four at most: each worker has a database server.
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest --quiet
PARALLEL := --numprocesses $(WORKERS) --maxprocesses 4

.DEFAULT_GOAL := help
.PHONY: help demo test check lint bench soak lock clean

help:  ## what can be asked for
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/app.stamp  ## the whole service on invented leavers, in under a minute
	@$(BIN)/followup demo

test: $(VENV)/dev.stamp  ## every test, PostgreSQL included
	@$(PYTEST) $(PARALLEL) -m "not soak"

check: lint test  ## what CI runs: style, types, imports, gates, then the tests

lint: $(VENV)/dev.stamp  ## the checks that run nothing: style, types, imports, gates
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.gates

bench: $(VENV)/dev.stamp  ## the benchmarks, as ratios
	@$(BIN)/python -m benchmarks

soak: $(VENV)/dev.stamp  ## the long run: many more examples, and the tests that take minutes
	@HYPOTHESIS_PROFILE=soak $(PYTEST) $(PARALLEL) --maxschedchunk 1 -m "soak or not soak"

# Hashes, no addresses: where packages come from is the business of whoever installs.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --group build pyproject.toml

lock: $(VENV)/dev.stamp  ## write the locks again from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(PIP) install "uv>=0.8,<1"
	@$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group dev --constraint requirements.lock \
	    --output-file requirements-dev.lock

clean:  ## forget what was installed and cached; databases stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/app.stamp
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(VENV)/app.stamp: requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is needed, and none was found." >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once; it takes about a minute) ..."
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
