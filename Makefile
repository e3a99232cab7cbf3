# Everything a person does here. `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin

# A simulated county, unless a folder of extracts is given.
LANDING ?=
AUTHORITY ?=
AS_AT ?=
COUNTY := data/county
COUNTY_AS_AT := 2026-03-31

export OUTCOMES_PSEUDONYM_KEY_FILE ?= data/pseudonym.key
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where a machine forbids Python to keep what it has compiled, every process compiles all its
# libraries again: half of the start of each, and a night starts five.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test slow check browser benchmark lint dev sources catalogue samples lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

run: $(VENV)/installed $(if $(LANDING),,$(COUNTY)/made) ## measure a simulated county, or LANDING=<folder> [AUTHORITY=<code>] [AS_AT=<yyyy-mm-dd>]
	@test -n "$$OUTCOMES_PSEUDONYM_KEY" || test -f "$(OUTCOMES_PSEUDONYM_KEY_FILE)" \
		|| $(BIN)/outcomes make-key "$(OUTCOMES_PSEUDONYM_KEY_FILE)"
	@$(BIN)/outcomes run \
		$(if $(LANDING),--landing "$(LANDING)",--landing $(COUNTY)/landing) \
		$(if $(AS_AT),--as-at $(AS_AT),$(if $(LANDING),,--as-at $(COUNTY_AS_AT))) \
		$(if $(AUTHORITY),--authority $(AUTHORITY))

test: check ## run everything that CI runs: format, lint, types, SQL style, tests

slow: $(VENV)/installed-dev ## run the tests that are marked slow: other nights, simulated worlds
	$(BIN)/python -m pytest -m slow

check: lint
	$(BIN)/python -m pytest

benchmark: $(VENV)/installed-dev ## load large invented files, beside a plain reading of each (some minutes)
	$(BIN)/python -m tests.benchmark

spark: $(VENV)/installed-spark ## build the last night's models on a Spark cluster of this machine and compare (needs Java 17)
	@$(BIN)/outcomes spark

browser: tests/browser/node_modules ## look at the report site in a real browser (needs node): SITE=<folder>, PAGES=all
	node tests/browser/look.mjs $(or $(SITE),data/published/site)

tests/browser/node_modules: tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund && touch node_modules

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check orchestration tests
	$(BIN)/ruff check orchestration tests
	@mkdir -p data/lint
# Types use one processor and leave the other idle: both at once, and both have to pass.
	$(BIN)/mypy & types=$$!; \
	WAREHOUSE_PATH="$(CURDIR)/data/lint/lint.duckdb" DBT_TARGET_PATH="$(CURDIR)/data/lint" \
		DBT_LOG_PATH="$(CURDIR)/data/lint" $(BIN)/sqlfluff lint --processes 2 \
		--disable-progress-bar models dbt_project/tests; sql=$$?; \
	wait $$types && exit $$sql

# Marked when it is whole: one that was broken off is made anew.
$(COUNTY)/made: | $(VENV)/installed
	@rm -rf $(COUNTY)
	@$(BIN)/outcomes simulate $(COUNTY) --preset county --as-at $(COUNTY_AS_AT)
	@touch $@

dev: $(VENV)/installed ## open Dagster's page on this machine (needs one `make run` first)
	@$(if $(LANDING),OUTCOMES_LANDING="$(LANDING)") $(BIN)/outcomes dev

sources: $(VENV)/installed ## write dbt's list of raw tables from the contracts
	$(BIN)/outcomes sources

catalogue: $(VENV)/installed ## write docs/catalogue.md and docs/requirements.md from the seeds of the frameworks
	$(BIN)/outcomes catalogue

samples: $(VENV)/installed-dev ## make the invented sample extracts again
	$(BIN)/python tests/sample_maker.py

lock: ## resolve the lock files again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-header --quiet --output-file .ci/requirements-dev.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--quiet --constraints .ci/requirements-dev.lock --output-file .ci/requirements.lock
	uv pip compile pyproject.toml --extra spark --universal --python-version 3.11 --generate-hashes \
		--no-header --quiet --constraints .ci/requirements-dev.lock \
		--output-file .ci/requirements-spark.lock

clean: ## remove the simulated county, the warehouse, the published files and the logs; keep keys and landed files
	rm -rf data/county data/warehouse data/published data/dagster data/dbt data/last_run.log

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Python compiles what it imports; all that is never imported would take a minute more.
$(VENV)/installed: .ci/requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing (one to three minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r .ci/requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: .ci/requirements-dev.lock $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r .ci/requirements-dev.lock
	@touch $@

$(VENV)/installed-spark: .ci/requirements-spark.lock $(VENV)/installed
	@echo "Installing Spark (half a gigabyte) ..."
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r .ci/requirements-spark.lock
	@touch $@
