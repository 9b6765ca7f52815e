# Every target sets up what it needs. `make help` lists them.
PYTHON ?= $(shell ./.ci/python)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV_VERSION := 0.13.9

SEEDS ?= 100
STATE ?= both

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox screenshots bench scale chaos test mutants check-infra lint audit sbom format lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY) ## make the virtual environment with the pinned, hashed packages

$(READY): requirements.txt requirements-dev.txt
	@echo "Setting up $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -p $(BIN)/python -r requirements.txt -r requirements-dev.txt
	@touch $@

demo: setup ## the main job on realistic data over real HTTP, shown, and ended
	@$(BIN)/python -m infra.sandbox.demo

sandbox: setup ## the whole product in a browser, on one machine; ends with Ctrl-C
	@$(BIN)/python -m infra.sandbox

screenshots: setup ## renew the pictures in docs/pictures
	@tests/browser/setup
	@$(BIN)/python -m infra.sandbox.screenshots

scale: setup ## play a night of ten thousand WISPs and renew docs/scale.md; takes minutes
	@$(BIN)/python -m infra.lab.scale

bench: setup ## what runs cost, beside their floors and other ways; QUICK=1: in a minute
	@infra/lab/bench/peers/setup
	@$(BIN)/python -m infra.lab.bench $(if $(QUICK),--quick)

chaos: setup ## crashes, faults, users and rivals: SEEDS=n [SEED=s] [STATE=sqlite|firestore|both] [BROKEN=build]
	@PYTHONHASHSEED=0 $(BIN)/python -m infra.lab.chaos --seeds $(SEEDS) --state $(STATE) $(if $(SEED),--seed $(SEED)) $(if $(BROKEN),--broken $(BROKEN))

test: setup ## every test
	@tests/parsers/setup
	@tests/browser/setup
	@infra/check/setup
	@$(BIN)/python -m pytest

mutants: setup ## change plan, guard and lease in hundreds of small ways, and list what no test notices; takes minutes
	@tests/mutants/run

check-infra: setup ## infra/gcp, cloudbuild.yaml and the source archive; part of test
	@infra/check/setup
	@$(BIN)/python -m pytest tests/infra

lint: setup ## format, ruff, mypy and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: setup ## known vulnerabilities of what is deployed, where they can be asked for; and its licences
	@$(BIN)/python -m infra.packages audit
	@$(BIN)/python -m infra.packages licences

sbom: setup ## a bill of materials (CycloneDX) in .local/sbom.cdx.json
	@$(BIN)/python -m infra.packages sbom

format: setup ## rewrite the code as ruff would have it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## compile requirements*.txt anew from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev -c requirements.txt -o requirements-dev.txt
	@for list in checkov provider; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group $$list -o infra/check/requirements/$$list.txt; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group peers -o infra/lab/bench/peers/requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-deps --group bindings -o infra/check/requirements/bindings.txt

clean: ## remove what make made
	@rm -rf $(VENV) .local .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
