# Everything a person does here. `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin

# A simulated county, unless a folder of extracts is given.
LANDING ?=
AUTHORITY ?=
AS_AT ?=

export OUTCOMES_PSEUDONYM_KEY_FILE ?= data/pseudonym.key
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where a machine forbids Python to keep what it has compiled, every process compiles all its
# libraries again: half of the start of each, and a night starts five.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test slow spark check browser bench benchmark lint dev sources catalogue samples lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

run: $(VENV)/installed ## measure a simulated county, or LANDING=<folder> [AUTHORITY=<code>] [AS_AT=<yyyy-mm-dd>]
ifeq ($(LANDING),)
	@$(BIN)/outcomes county $(if $(AS_AT),--as-at $(AS_AT))
else
	@test -n "$$OUTCOMES_PSEUDONYM_KEY" || test -f "$(OUTCOMES_PSEUDONYM_KEY_FILE)" \
		|| $(BIN)/outcomes make-key "$(OUTCOMES_PSEUDONYM_KEY_FILE)"
	@$(BIN)/outcomes run --landing "$(LANDING)" $(if $(AS_AT),--as-at $(AS_AT)) \
		$(if $(AUTHORITY),--authority $(AUTHORITY))
endif

test: check ## run everything that CI runs: format, lint, types, SQL style, tests

check: $(VENV)/installed-dev
	@$(BIN)/outcomes develop check

slow: $(VENV)/installed-dev ## run the tests that are marked slow: other nights, simulated worlds
	@$(BIN)/outcomes develop slow

spark: $(VENV)/installed-spark ## build the last night's models on a Spark cluster of this machine and compare (needs Java 17)
	@$(BIN)/outcomes spark

lint: $(VENV)/installed-dev
	@$(BIN)/outcomes develop lint

bench: $(VENV)/installed-dev ## what whole nights cost as authorities are added: BENCH="--authorities 1 3 6" (long)
	@$(BIN)/outcomes develop bench $(BENCH)

benchmark: $(VENV)/installed-dev ## load large invented files, beside a plain reading of each (some minutes)
	@$(BIN)/outcomes develop benchmark

browser: $(VENV)/installed ## look at the report site in a real browser (needs node): SITE=<folder>, PAGES=all
	@$(BIN)/outcomes develop browser $(if $(SITE),--site "$(SITE)") $(if $(PAGES),--every-page)

dev: $(VENV)/installed ## open Dagster's page on this machine (needs one `make run` first)
	@$(if $(LANDING),OUTCOMES_LANDING="$(LANDING)") $(BIN)/outcomes dev

sources: $(VENV)/installed ## write dbt's list of raw tables from the contracts
	$(BIN)/outcomes sources

catalogue: $(VENV)/installed ## write docs/catalogue.md and docs/requirements.md from the seeds of the frameworks
	$(BIN)/outcomes catalogue

samples: $(VENV)/installed-dev ## make the invented sample extracts again
	@$(BIN)/outcomes develop samples

lock: $(VENV)/installed ## resolve the lock files again (needs uv)
	@$(BIN)/outcomes develop lock

clean: ## remove the simulated county, the warehouse, the published files and the logs; keep keys and landed files
	rm -rf data/county data/warehouse data/published data/dagster data/dbt data/spark data/last_run.log

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
