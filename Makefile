# Everything that is written goes to .venv/ and .sir/; deleting both is the factory reset.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PYTHONPYCACHEPREFIX := $(CURDIR)/.sir/cache/pycache
export MYPY_CACHE_DIR := $(CURDIR)/.sir/cache/mypy
export RUFF_CACHE_DIR := $(CURDIR)/.sir/cache/ruff
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.sir/cache/hypothesis
export XDG_CACHE_HOME := $(CURDIR)/.sir/cache/xdg
PYTHON := .venv/bin/python
READY := .venv/.installed
SERVICES := intake deadlines notification feedback statistics
DRAWN := intake feedback
# The longest of the tests that kill: so that make test stays below thirteen minutes, they run with make torture alone.
LONG := tests/integration/test_starting_the_local_stack.py tests/integration/telling/test_carrying_the_feed_through_a_crash.py \
  tests/integration/deadlines/test_dying_as_a_process.py tests/system/test_an_import_goes_on_through_kills.py \
  tests/system/test_an_erased_person_still_counts.py
FAULTS := $(LONG) tests/integration/test_keeping_every_fact_once.py tests/integration/test_rebuilding_beside_the_live.py \
  tests/integration/test_setting_a_case_aside.py tests/integration/test_delivering_in_any_way.py \
  tests/integration/test_finding_what_was_tampered_with.py tests/system/test_a_notification_reaches_government.py
MINUTES ?= 2
SEED ?= 0

.PHONY: help check test demo run import template token bench torture rebuild verify clean lock contracts

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(READY): requirements/dev.lock
	@echo "setting up .venv (once) ..." >&2
	@for python in python3.11 python3 ""; do "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null && break; done; \
	  test -n "$$python" || { echo "Python 3.11 is needed: the packages are locked for it" >&2; exit 1; }; \
	  "$$python" -m venv .venv >&2
	@.venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/dev.lock >&2
	@mkdir -p .sir/cache && touch $@

check: $(READY) ## format, lint, types, who may import whom, the rules of the house, committed files that are made: seconds
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache > .sir/cache/imports.txt || { cat .sir/cache/imports.txt; exit 1; }
	@$(PYTHON) -m contracts.generate --check
	@$(PYTHON) -m deploy.console template contracts/register --check
	@for service in $(DRAWN); do $(PYTHON) -m services.$$service diagram --check || exit 1; done
	@$(PYTHON) -m tests.contract.describe --check
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@.venv/bin/compose-lint docker-compose.yml > .sir/cache/compose.txt || { cat .sir/cache/compose.txt; exit 1; }
	@.venv/bin/hadolint deploy/Dockerfile
	@$(PYTHON) -m pytest -p no:cacheprovider -q tests/architecture > .sir/cache/architecture.txt || { cat .sir/cache/architecture.txt; exit 1; }
	@echo "make check: all good; the chassis has $$(cat services/chassis/*.py | wc -l) lines in $$(ls services/chassis/*.py | wc -l) files"

test: $(READY) ## every test but the longest that kill (make torture), with real Kafka and PostgreSQL
	@$(PYTHON) -m pytest -p no:cacheprovider $(addprefix --ignore=,$(LONG))

run: $(READY) ## the stack in the foreground, until Ctrl-C
	@$(PYTHON) -m deploy.local up

demo: $(READY) ## the 2015 report's notifications and reviews through the whole system, beside what was published (KEEP=1 leaves it running)
	@$(PYTHON) -m deploy.console demo

import: $(READY) ## import a register: make import FILE=register.ods [ONLY_VALID=1] (CSV, XLSX, ODS)
	@$(PYTHON) -m deploy.console import "$(FILE)"

template: $(READY) ## an empty register to fill in, as CSV, XLSX and ODS: make template [FOLDER=...]
	@$(PYTHON) -m deploy.console template $(FOLDER)

token: $(READY) ## one token of the development issuer: make token ROLE=council COUNCIL=S12000036
	@$(PYTHON) -m deploy.console token "$(ROLE)" "$(COUNCIL)"

rebuild: $(READY) ## build every read model anew beside the live ones and swap
	@for service in $(SERVICES); do eval "$$($(PYTHON) -m deploy.local environment $$service)" && $(PYTHON) -m services.$$service rebuild || exit 1; done

verify: $(READY) ## recompute every hash chain
	@for service in $(SERVICES); do eval "$$($(PYTHON) -m deploy.local environment $$service)" && $(PYTHON) -m services.$$service verify || exit 1; done

bench: $(READY) ## measured comparisons, written to docs/benchmarks.md
	@$(PYTHON) -m tests.bench

torture: $(READY) ## every test that kills or damages something, then random lives under faults: [MINUTES=2] [SEED=n] [PLANTED=1: the bugs too]
	@$(PYTHON) -m pytest -p no:cacheprovider $(FAULTS)
	@$(PYTHON) -m tests.torture live --minutes $(MINUTES) --seed $(SEED)
	@if [ -n "$(PLANTED)" ]; then $(PYTHON) -m tests.torture planted; fi

contracts: $(READY) ## write the committed files that are made from the code
	@$(PYTHON) -m contracts.generate
	@$(PYTHON) -m deploy.console template contracts/register
	@for service in $(DRAWN); do $(PYTHON) -m services.$$service diagram || exit 1; done
	@$(PYTHON) -m tests.contract.describe

lock: $(READY) ## compile the lock files anew
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-header pyproject.toml -o requirements/runtime.lock
	@.venv/bin/uv pip compile --quiet --generate-hashes --no-header --extra dev pyproject.toml -o requirements/dev.lock

clean: ## remove the stack's data and caches
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m deploy.local clean; else rm -rf .sir; fi
