# make grade FILE=my_solution.py   grade a file (without FILE, a shipped example)
# make test                        run the tests
# Both create a virtual environment in the project, and update it when pyproject.toml changes.
# You need nothing but Python 3.11 or newer.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

FILE ?= exercises/nn_vmap_shared/mistakes/one_copy_per_example.py
ARGS ?=
PARALLEL ?= --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
VENV ?= .venv
LATEST_VENV ?= .venv-latest

BIN = $(VENV)/bin
works = $(shell $(1) -c 'import sys; sys.exit(sys.version_info < ($(2)))' >/dev/null 2>&1 && echo $(1))
find_python = $(firstword $(foreach each,$(2),$(call works,$(each),$(1))))
PYTHON ?= $(call find_python,3$(comma)11,python3 python3.11 python3.12 python3.13 python3.14 python)
LATEST_PYTHON ?= $(call find_python,3$(comma)13,python3.13 python3.14 python3 \
	$(lastword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python)))
comma = ,

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | column -t -s '|'

# ------------------------------------------------------------------------------- environments

define install
	@test -n "$(2)" || { echo "make: no Python $(3) or newer was found; set $(4)=..." >&2; exit 2; }
	@test -x $(1)/bin/python || $(2) -m venv $(1)
	@echo "installing into $(1) ..." >&2
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable $(5)
	@touch $@
endef

$(VENV)/installed: pyproject.toml
	$(call install,$(VENV),$(PYTHON),3.11,PYTHON,.)

$(VENV)/installed-dev: pyproject.toml
	$(call install,$(VENV),$(PYTHON),3.11,PYTHON,'.[dev]')
	@touch $(VENV)/installed

$(LATEST_VENV)/installed-dev: pyproject.toml
	$(call install,$(LATEST_VENV),$(LATEST_PYTHON),3.13,LATEST_PYTHON,'.[dev]')

# ------------------------------------------------------------------------------------- use it

.PHONY: grade
grade: export FILE := $(FILE)
grade: $(VENV)/installed ## grade FILE (ARGS for more options)
	@if [ -e "$$FILE" ]; then set -- "$$FILE"; else set -- $$FILE; fi; $(BIN)/grade $(ARGS) -- "$$@"

# Tests start Python often: let it keep what it compiles, whatever the environment says.
test test-slow test-latest: export PYTHONDONTWRITEBYTECODE =

.PHONY: test
test: $(VENV)/installed-dev ## run the tests, but for the slow ones
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow" $(ARGS)

.PHONY: test-slow
test-slow: $(VENV)/installed-dev ## run the slow tests, which CI runs too
	@$(BIN)/python -m pytest $(PARALLEL) -m slow $(ARGS)

.PHONY: test-latest
test-latest: $(LATEST_VENV)/installed-dev ## run the tests on Python 3.13 with the newest jax
	@$(LATEST_VENV)/bin/python -m pytest $(PARALLEL) $(ARGS)

# ----------------------------------------------------------------------------------- check it

.PHONY: lint
lint: $(VENV)/installed-dev ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/installed-dev ## mypy, strict
	@$(BIN)/mypy

PURE_TESTS = tests/recordings tests/rules tests/judge tests/render tests/test_submission.py \
	tests/test_kinds.py tests/test_idle_code.py --ignore=tests/render/test_real_reports.py

.PHONY: docs
docs: $(VENV)/installed-dev ## build the website, and check its links
	@$(BIN)/python -m website

.PHONY: bench
bench: $(VENV)/installed-dev ## time a grading against running the file once
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: coverage
coverage: $(VENV)/installed-dev ## which branches of the pure parts their quick tests run
	@$(BIN)/python -m pytest $(PARALLEL) $(PURE_TESTS) --cov --cov-report= $(ARGS)
	@$(BIN)/python -m tests.layers

.PHONY: mutate
mutate: $(VENV)/installed-dev ## mutate the judge and see whether its tests notice
	@$(BIN)/python -m tests.mutation $(ARGS)

.PHONY: mutants
mutants: $(VENV)/installed-dev ## mutate the solutions and grade each mutant
	@$(BIN)/python -m tests.mutants $(ARGS)

.PHONY: record
record: $(VENV)/installed-dev ## record the labelled submissions that changed (ARGS=--again: all)
	@$(BIN)/python -m tests.recordings $(ARGS)

.PHONY: record-programs
record-programs: $(VENV)/installed-dev ## record the programs in the tests of rules (ARGS=--again: all)
	@$(BIN)/python -m tests.recordings.programs $(ARGS)

.PHONY: record-latest
record-latest: $(LATEST_VENV)/installed-dev ## record where the newest jax behaves differently
	@$(LATEST_VENV)/bin/python -m tests.recordings $(ARGS)

.PHONY: verify
verify: $(VENV)/installed ## check every exercise (ARGS for slugs)
	@$(BIN)/grade verify $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/installed-dev ## grade damaged submissions and frames
	@$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: clean
clean: ## delete the environments and caches
	@rm -rf $(VENV) $(LATEST_VENV) build dist .pytest_cache .mypy_cache .ruff_cache
