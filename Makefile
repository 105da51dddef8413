# `make` alone lists the targets. Every recipe runs in the project's own .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
ARGS ?=
STORM_JOBS ?= 40

.PHONY: help setup demo test lint bench storm audit lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Create .venv with everything developers need (also done by test and lint)
	@bash .ci/setup test

demo: ## Load the sample year, render its reports and serve http://127.0.0.1:8000 (PORT=, PORTAL_DATA_DIR=)
	@bash .ci/setup demo
	@LOG_LEVEL=$${LOG_LEVEL:-WARNING} exec $(BIN)/python manage.py demo $(ARGS)

test: ## Run the whole test suite (ARGS="-x tests/ci" chooses)
	@bash .ci/setup test
	@bash .ci/test $(ARGS)

lint: ## Run every check of form: ruff, mypy, layers, templates, migrations, settings, limits
	@bash .ci/setup test
	@bash .ci/lint

bench: ## Measure PDF, tables, hand-over and the last day as ratios in one run (ARGS=drafts: one of them)
	@bash .ci/setup test
	@$(BIN)/python -m bench $(ARGS)

storm: ## Run the bigger fault storms (STORM_JOBS=40)
	@bash .ci/setup test
	@STORM_JOBS=$(STORM_JOBS) $(BIN)/python -m pytest -m storm $(ARGS)

audit: ## Compare the lock with the published list of known holes (needs the network)
	@bash .ci/setup test
	@$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip

lock: ## Write both lock files anew from pyproject.toml
	@bash .ci/setup test
	@$(BIN)/uv pip compile $(ARGS) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile $(ARGS) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean: ## Remove caches, collected static files and .venv (var/ with its data stays)
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
