# Every target sets up what it needs. `make help` lists them.
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

SEEDS ?= 100
STATE ?= both
# What costs seconds to know. The machine of test_system.py plays whole runs against servers.
QUICK_TESTS := tests/unit tests/property tests/docs tests/typed --ignore=tests/property/test_system.py

.DEFAULT_GOAL := help
.PHONY: demo sandbox quick test lint format help releases settings back setup bench chaos scale mutants screenshots check-infra audit sbom lock clean

##@ Every day

demo: setup ## play the main job on realistic data over real HTTP
	@$(BIN)/python -m infra.sandbox.demo

sandbox: setup ## open the whole product in a browser, on one machine, until Ctrl-C
	@$(BIN)/python -m infra.sandbox

quick: setup ## run the tests that play no whole runs and open no browser, in about a minute
	@$(BIN)/python -m pytest $(QUICK_TESTS)

test: setup ## run every test
	@tests/parsers/setup
	@tests/browser/setup
	@infra/check/setup
	@$(BIN)/python -m pytest

lint: setup ## check format, style, types, imports and dead code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/vulture

format: setup ## rewrite the code as ruff would have it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

help: ## list the targets
	@awk -F ':.*## ' '/^##@ /{printf "%s%s\n", gap, substr($$0, 5); gap = "\n"} /^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ In production; PROJECT and REGION say where

releases: ## list the last ten releases
	@python3 -m infra.releases list

settings: ## edit the settings, see what that would do, and deploy them with the code that runs
	@python3 -m infra.releases settings

back: ## deploy the code of an earlier release again: RELEASE=41
	@python3 -m infra.releases back $(RELEASE)

##@ Now and then

setup: $(READY) ## make the virtual environment with the pinned, hashed packages

# An environment whose interpreter or packages are gone is made again.
ifneq ($(shell test -x $(BIN)/python && $(BIN)/python -c "import flask, pytest; print('good')" 2>/dev/null),good)
.PHONY: $(READY)
endif

$(READY): .ci/uv.txt requirements.txt requirements-dev.txt
	@python="$${PYTHON:-$$(./.ci/python)}" && echo "Setting up $(VENV) with $$python ..." && "$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --retries 1 --disable-pip-version-check --require-hashes -r .ci/uv.txt || { echo "pip could not install the packages; is the package index reachable?" >&2; exit 1; }
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -p $(BIN)/python -r requirements.txt -r requirements-dev.txt
	@touch $@

bench: setup ## measure what runs cost, and renew docs/benchmarks.md; QUICK=1: print only, in a minute
	@infra/lab/bench/peers/setup
	@$(BIN)/python -m infra.lab.bench $(if $(QUICK),--quick)

chaos: setup ## play crashes, faults, users and rivals; SEEDS=n, SEED=s, STATE=sqlite|firestore|both, BROKEN=build
	@PYTHONHASHSEED=0 $(BIN)/python -m infra.lab.chaos --seeds $(SEEDS) --state $(STATE) $(if $(SEED),--seed $(SEED)) $(if $(BROKEN),--broken $(BROKEN))

scale: setup ## play a night of ten thousand WISPs and renew docs/scale.md; takes minutes
	@$(BIN)/python -m infra.lab.scale

mutants: setup ## change plan, guard and lease in hundreds of ways, and list what no test notices; takes minutes
	@tests/mutants/run

screenshots: setup ## renew the pictures in docs/pictures
	@tests/browser/setup
	@$(BIN)/python -m infra.sandbox.screenshots

check-infra: setup ## check infra/gcp, cloudbuild.yaml, releases and the source archive; part of test
	@infra/check/setup
	@$(BIN)/python -m pytest tests/infra tests/releases

audit: setup ## list known vulnerabilities of what is deployed, and renew docs/licences.md
	@$(BIN)/python -m infra.packages audit
	@$(BIN)/python -m infra.packages licences

sbom: setup ## write a bill of materials (CycloneDX) to .local/sbom.cdx.json
	@$(BIN)/python -m infra.packages sbom

lock: setup ## compile requirements*.txt anew from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev -c requirements.txt -o requirements-dev.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group uv -o .ci/uv.txt
	@for list in checkov provider; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group $$list -o infra/check/requirements/$$list.txt; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group peers -o infra/lab/bench/peers/requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --no-deps --group bindings -o infra/check/requirements/bindings.txt

clean: ## remove what make made
	@rm -rf $(VENV) .local .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
