# Each target sets up what it needs in $(VENV) first; the second time that takes no time.
# PYTHON=… chooses the interpreter, VENV=… the environment's folder.

VENV ?= .venv
export PYTHON
bin := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test simulate bench chaos check format lint types imports generated documents lock clean setup setup-dev

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		awk -F '\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: setup ## Upload 24 photographs to a sandbox wiki (KEEP=1 leaves it running)
	@$(bin)/curator demo $(if $(filter-out 0 no,$(KEEP)),--keep)

demo-stop: setup ## Stop what KEEP=1 left running
	@$(bin)/curator demo --stop

# A process for each core; ARGS="-n 0 …" runs all in one, where a debugger can be used.
test: setup-dev ## Run the tests (ARGS=… for pytest)
	@$(bin)/pytest -n auto --dist worksteal $(ARGS)

simulate: setup-dev ## Run seeded bad days (RUNS=1000; SEED=… again; PLANT=… a bug to find)
	@$(bin)/python -m tests.simulation $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(PLANT),--plant $(PLANT)) $(if $(PROCESSES),--processes $(PROCESSES)) \
		$(if $(filter undefined,$(origin KEEP)),,--keep '$(KEEP)') \
		$(if $(SCHEDULE),--schedule $(SCHEDULE))

bench: setup-dev ## Measure the numbers to reach (ARGS=… for one row: memory, resume, …)
	@$(bin)/python -m tests.benchmarks $(ARGS)

chaos: setup-dev ## Strike real processes for minutes, then judge (ARGS=… e.g. --database sqlite)
	@$(bin)/python -m tests.chaos $(ARGS)

check: format lint types imports generated ## Run every check except the tests

format: setup-dev
	@$(bin)/ruff format --check

lint: setup-dev
	@$(bin)/ruff check

types: setup-dev
	@$(bin)/mypy

imports: setup-dev
	@$(bin)/lint-imports --no-logo

# Files generated from the code are compared with the committed ones here.
generated: setup-dev
	@$(bin)/python -m curator_web.documents --check

documents: setup-dev ## Write docs/openapi.json and docs/asyncapi.json anew from the code
	@$(bin)/python -m curator_web.documents

lock: ## Pin the packages anew from pyproject.toml (UPGRADE=1 takes the newest versions)
	@UPGRADE=$(UPGRADE) .ci/lock

clean: ## Remove the environments and all caches
	rm -rf .venv .venv-* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@.ci/setup $(VENV) runtime

setup-dev:
	@.ci/setup $(VENV) dev
