# Everything happens in one virtual environment, .venv; it is made when it is missing or pyproject.toml changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

# Other environments, for tests that need other packages. `make test` needs none of them.
DOWNSTREAM := .venv-downstream
PANDAS2 := .venv-pandas2
BENCH := .venv-bench
OLDEST := pandas==2.2.0 numpy==1.26.0 pyarrow==15.0.0

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test setup notebook docs generate check lint types unit test-downstream test-pandas2 clean help \
	bench bench-quick bench-compare bench-scale bench-extraction bench-instructions bench-page

help: ## Show what there is to make
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

demo: $(if $(wildcard $(STAMP)),setup,$(VENV)/installed-for-demo) ## Check the client, compare two API versions, then a tour of offline CAVE on this machine, with pictures
	@$(BIN)/python docs/examples/demo.py

test: setup lint check types unit ## Everything that must pass

setup: $(STAMP) ## Make the virtual environment (once)

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (first time, or pyproject.toml changed) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(STAMP)

# The demo needs a few packages only: who looks at the project for the first time need not wait for all.
$(VENV)/installed-for-demo: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the demo needs into $(VENV) (first time, or pyproject.toml changed) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[codegen,offline]' 'matplotlib>=3.8'
	@touch $@

notebook: setup ## Write docs/examples/tour.ipynb from tour.py, with its outputs
	@$(BIN)/python docs/examples/make_notebook.py

docs: setup ## Build the site of docs/ into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet -f docs/mkdocs/mkdocs.yml
	@echo "Open site/index.html (for its search: $(BIN)/python -m http.server --bind 127.0.0.1 -d site)"

generate: setup ## Write caveclient_gen/_generated/ and the generated pages from spec/
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

test-downstream: $(DOWNSTREAM)/installed ## nglui and pcg-skel at work on this package, beside the real caveclient
	@CAVECLIENT_FOLDER=$(abspath $(DOWNSTREAM))/caveclient $(DOWNSTREAM)/bin/python -m pytest -n 2 -q -m downstream tests/downstream

$(DOWNSTREAM)/installed: pyproject.toml tests/downstream/requirements.txt
	@test -x $(DOWNSTREAM)/bin/python || $(PYTHON) -m venv $(DOWNSTREAM)
	@echo "Installing the pinned packages of tests/downstream into $(DOWNSTREAM) ..."
	@$(DOWNSTREAM)/bin/python -m pip install --quiet --no-deps -r tests/downstream/requirements.txt
	@$(DOWNSTREAM)/bin/python -m pip install --quiet --no-deps --editable .
	@$(DOWNSTREAM)/bin/python -m pip install --quiet --no-deps --upgrade --target $(DOWNSTREAM)/caveclient caveclient==8.2.1
	@touch $@

test-pandas2: $(PANDAS2)/installed ## All tests with pandas 2.2 and the oldest numpy and pyarrow that are supported
	@$(PANDAS2)/bin/python -m pytest -n 2 -q

$(PANDAS2)/installed: pyproject.toml Makefile
	@test -x $(PANDAS2)/bin/python || $(PYTHON) -m venv $(PANDAS2)
	@echo "Installing $(OLDEST) into $(PANDAS2) ..."
	@$(PANDAS2)/bin/python -m pip install --quiet --editable '.[codegen,docs,offline,skeletons,testing]' $(OLDEST) \
		distributed hypothesis ipykernel jsonschema jupytext markdown-it-py matplotlib mypy nbclient nbformat \
		openapi-schema-validator openapi-spec-validator polars \
		pytest pytest-xdist referencing schemathesis 'setuptools<81' types-networkx types-requests
	@touch $@

# ROWS="word word" measures the rows whose names hold one of the words, the slow ones among them.
bench: $(BENCH)/installed ## Ours, caveclient 8.2.1 and the floor in turns: table, JSON and picture in build/bench/
	@$(BENCH)/bin/python tests/bench run $(ROWS)

bench-quick: $(BENCH)/installed ## Most rows of it with few rounds, in under two minutes
	@$(BENCH)/bin/python tests/bench run --quick $(ROWS)

bench-compare: $(BENCH)/installed ## The working tree against a git revision: make bench-compare REV=main~10
	@$(BENCH)/bin/python tests/bench compare $(or $(REV),$(error Say which revision: make bench-compare REV=main~10)) $(ROWS)

bench-scale: $(BENCH)/installed ## How cost grows with rows, ids, cells, tables and descriptors
	@$(BENCH)/bin/python tests/bench scale $(ROWS)

bench-extraction: $(BENCH)/installed ## How time and memory grow of an extraction, up to 20 million synapses
	@$(BENCH)/bin/python tests/bench extraction

bench-instructions: $(BENCH)/installed ## Instructions of hot paths, by callgrind; with REV=, of a revision too
	@$(BENCH)/bin/python tests/bench instructions $(REV)

bench-page: $(BENCH)/installed ## Put what was measured last into docs/performance.md
	@$(BENCH)/bin/python tests/bench page

$(BENCH)/installed: pyproject.toml tests/bench/requirements.txt
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	@echo "Installing caveclient 8.2.1 and the other pinned packages of tests/bench into $(BENCH) ..."
	@$(BENCH)/bin/python -m pip install --quiet --no-deps -r tests/bench/requirements.txt
	@$(BENCH)/bin/python -m pip install --quiet --no-deps --editable .
	@touch $@

clean: ## Remove the virtual environments and caches
	rm -rf $(VENV) $(DOWNSTREAM) $(PANDAS2) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis
