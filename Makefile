# Everything a newcomer needs: `make run` and `make test`. The rest: `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# A start reads what an earlier one compiled: without that it takes a second longer.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough; `make PYTHON=/path/to/python3.12 ...` chooses another.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
# One more than there are processors, for some wait for a browser; `PYTEST_WORKERS=0` is one after the other.
PYTEST_WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
FUZZ_SECONDS ?= 300

.PHONY: help run chat setup test lint check bench bench-lanes fuzz fix clean faults

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.ready-to-run ## the whole thing on this machine: pretend phone, web chat, staff console
	@exec $(BIN)/python -m tests.simulators.demo

chat: $(VENV)/.ready-to-run ## the same conversation, here in the terminal
	@exec $(BIN)/helo chat

setup: $(VENV)/.ready-to-test ## only the set-up of `make test`

test: $(VENV)/.ready-to-test lint check ## lint, types, house rules, content, then every test
	$(BIN)/pytest -n $(PYTEST_WORKERS) $(PYTEST_ARGUMENTS)

lint: $(VENV)/.ready-to-test ## style, types, layers and a security lint; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r bot

faults: $(VENV)/.ready-to-test ## kill -9 two hundred times, 10,000 fights over a time, full disks: the long form (about half an hour)
	HELO_TEST_KILLS=$${HELO_TEST_KILLS:-200} HELO_TEST_ATTEMPTS=$${HELO_TEST_ATTEMPTS:-10000} $(BIN)/pytest -n $(PYTEST_WORKERS) --timeout 7200 -rP -q tests/faults

check: $(VENV)/.ready-to-run ## flows, words, lexicon, helplines: every fault with its file and line
	$(BIN)/helo check

bench: $(VENV)/.ready-to-test ## how fast, beside a reference measured in the same run
	$(BIN)/python -m tests.benchmarks

fuzz: $(VENV)/.ready-to-test ## look for a text that breaks screening, for FUZZ_SECONDS (300)
	$(BIN)/python -m tests.fuzz.screening -max_total_time=$(FUZZ_SECONDS)

bench-lanes: $(VENV)/.ready-to-test ## how long an alert takes behind 50,000 reminders
	$(BIN)/python -m tests.benchmarks.lanes

fix: $(VENV)/.ready-to-test ## put style right where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## forget the virtual environment and the caches; keeps var/ and its data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info bot/content/__pycache__

# --- set-up: done once, and again only when what is asked for changes ---

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Helo needs Python 3.11 or newer. Install it, or name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 2; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Helo needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -V 2>&1)." >&2; exit 2; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.ready-to-run: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.'
	@touch $@

$(VENV)/.ready-to-test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[postgres,test]'
	@touch $@ $(VENV)/.ready-to-run
