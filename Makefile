# Everything happens in one virtual environment, .venv; it is made when it is missing or pyproject.toml changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test setup generate check lint types unit clean help

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: setup ## Regenerate, show what changed between two API versions, run the example on replayed servers
	@$(BIN)/python docs/examples/demo.py

test: setup lint check types unit ## Everything that must pass

setup: $(STAMP) ## Make the virtual environment (once)

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (first time, or pyproject.toml changed) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(STAMP)

generate: setup ## Write caveclient_gen/_generated/ from spec/
	@$(BIN)/python -m codegen generate

check: setup ## Fail if the generated files are not what spec/ says
	@$(BIN)/python -m codegen generate --check

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy --strict
	@$(BIN)/mypy

unit: setup ## pytest
	@$(BIN)/pytest -n 2 -q

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
