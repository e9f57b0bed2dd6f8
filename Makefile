# Everything installs into .venv and node_modules beside this file; nothing is installed by hand.
SHELL := /bin/sh
PYTHON ?= python3.11
BIN := .venv/bin
STAMPS := .stamps
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null) vite.config.ts package.json
PYTEST := $(BIN)/python -m pytest
PYTHON_SOURCES := $(shell find src extension -type f -not -name '*.pyc' -not -path '*/static/dist/*' 2>/dev/null)
# Whole platforms with kills and clocks, and those with browsers: they do not share the machine with the many others,
# which run three at once on two processors: a third of the time each of them waits.
ALONE := tests/run tests/deploy tests/faults tests/contract
JOURNEYS := tests/journeys
BUILT := src/sundial/server/ui/static/dist/manifest.json

export SUNDIAL_MODE ?= demo

# Real clocks, sockets and browsers on a crowded machine: what failed is asked once more, alone and by name, and what
# fails again has failed. Anything but failed tests (a crash, an interruption) ends the run at once.
define asked
$(PYTEST) $(1) $(2) || { test $$? -eq 1 && echo "Asked once more, alone:" && \
  $(PYTEST) --last-failed --last-failed-no-failures none -v $(2); }
endef

.PHONY: help run test check soak bench sundial install wheel web lock pictures clean

help: ## Show what can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMPS)/python $(BUILT) $(STAMPS)/wheel ## Start the whole platform with demo data and 25 simulated agents
	@exec $(BIN)/sundial serve --demo

test: $(STAMPS)/python-dev $(STAMPS)/system $(BUILT) ## Run all tests, browser journeys included
	$(BIN)/python -m tools.check
	npm run --silent check
	npm test --silent
	$(call asked,--numprocesses 3 --dist loadfile,$(addprefix --ignore=,$(ALONE) $(JOURNEYS)))
	$(call asked,--numprocesses 2 --dist loadfile,$(ALONE))
	$(call asked,,$(JOURNEYS))

check: $(STAMPS)/python-dev $(BUILT) ## Format, lint, types, import rules, quick tests
	$(BIN)/python -m tools.check
	npm run --silent check
	npm test --silent
	$(PYTEST) --quiet --numprocesses 2 --dist loadfile tests/protocol tests/agent tests/bus tests/architecture/test_[fis]*.py \
	  tests/server/lib tests/server/companies tests/server/tracking tests/server/ui

soak: $(STAMPS)/python-dev $(STAMPS)/system $(BUILT) ## The long fault and endurance runs, about 30 minutes
	$(PYTEST) -m soak --timeout 2400

bench: $(STAMPS)/python-dev $(STAMPS)/bench ## Side-by-side measurements: ours, a peer, the physical limit
	$(BIN)/python -m bench

sundial: $(STAMPS)/python ## Run a command: make sundial ARGS="owner create you@example.org"
	@$(BIN)/sundial $(ARGS)

pictures: $(STAMPS)/python-dev $(STAMPS)/system $(BUILT) ## Make pictures of every page into var/pictures, and those of the README
	$(BIN)/python -m tools.pictures --docs docs/pictures
	$(BIN)/python -m tools.agent_pictures

install: $(STAMPS)/python $(BUILT) $(STAMPS)/wheel ## Install what running needs

wheel: $(STAMPS)/wheel ## Build the file that /download/ hands out, into dist/

web: $(BUILT) ## Build the front end

lock: .venv/bin/python ## Resolve dependencies anew: hashes, no addresses
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --extra server --extra agent --extra build -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --extra dev --extra build -o requirements-dev.lock

clean: ## Remove what was installed and built, but never the data in var/
	rm -rf .venv node_modules $(STAMPS) dist src/sundial/server/ui/static/dist

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Sundial needs Python 3.11 ($(PYTHON) was not found)"; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMPS):
	@mkdir -p $@

$(STAMPS)/python: requirements.lock pyproject.toml | $(STAMPS) .venv/bin/python
	@test -f $(STAMPS)/python-dev && test $(STAMPS)/python-dev -nt requirements.lock || \
	  { echo "Installing Python packages…"; $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/python-dev: requirements-dev.lock pyproject.toml | $(STAMPS) .venv/bin/python
	@echo "Installing Python packages for development…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(STAMPS)/python

$(STAMPS)/wheel: $(PYTHON_SOURCES) pyproject.toml | $(STAMPS)/python
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@touch $@

$(STAMPS)/system: tools/system_packages.sh | $(STAMPS)
	@sh tools/system_packages.sh test
	@touch $@

$(STAMPS)/bench: tools/system_packages.sh | $(STAMPS)
	@sh tools/system_packages.sh bench
	@touch $@

node_modules/.package-lock.json: package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "Sundial needs Node 20 with npm"; exit 1; }
	@echo "Installing front-end packages…"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(BUILT): node_modules/.package-lock.json $(WEB_SOURCES)
	@echo "Building the front end…"
	@npm run --silent build
	@touch $@
