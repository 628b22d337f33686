# Reprise. `make help` lists all targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
SERVE ?= 1
WORKERS ?= 2

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: setup
setup: ## Install what the program needs; leaves .venv/bin/reprise
	@scripts/setup run

.PHONY: setup-dev
setup-dev: ## Install what the tests need as well
	@scripts/setup dev

.PHONY: demo
demo: setup ## Read sample_scans/ and open the review page (SERVE=0 ends after the summary)
	@$(BIN)/reprise demo $(if $(filter 0,$(SERVE)),--no-serve,)

.PHONY: test
test: setup-dev ## Run all tests
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

.PHONY: check
check: setup-dev ## Formatting, lint, types, import contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

.PHONY: format
format: setup-dev ## Put the code into the house's format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: hook
hook: ## Run `make check` before every commit
	@printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

.PHONY: lock
lock: ## Pin the dependencies anew
	@scripts/lock

.PHONY: bench
bench: setup ## CPU seconds a page by stage, peak memory, share of Prefect
	@$(BIN)/python scripts/bench.py

.PHONY: clean
clean: ## Remove the demonstration's data
	@rm -rf demo-data
