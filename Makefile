# Everything a person runs here. GNU make and a POSIX shell; Python 3.11 or newer is found or asked for.
# Each target makes what it needs: .venv, then the packages of the lock, and does neither twice.

.DEFAULT_GOAL := help
.PHONY: help serve site offline previews test lint lock clean
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# make serve ADDR=127.0.0.1:8001     make test PYTEST_ARGS="-x tests/test_card.py"
# make lock UPGRADE=1                make PYTHON=/path/to/python3.13 site
ADDR ?=
PYTEST_ARGS ?= -n auto --dist loadfile
UPGRADE ?=
PYTHON ?=

# Material prints a notice about its own future at each build: docs/dev/decisions.md says why we know.
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PY := .venv/bin/python
CODE := hooks scripts benchmarks tests
INSTALL := $(PY) -m pip install -qq --require-hashes
UV_VERSION := 0.13.8
UV := .venv-lock/bin/uv
COMPILE = $(UV) pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11 \
	--python .venv-lock/bin/python --no-python-downloads --generate-hashes --no-annotate \
	--fork-strategy fewest --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Makes the venv $(1) with the first Python that will do.
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python)
define make_venv
for python in $(PYTHONS); do \
  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
    echo "Making $(1) with $$("$$python" --version) ..."; \
    exec "$$python" -m venv --clear $(1); \
  fi; \
done; \
echo "Cardwright needs Python 3.11 or newer with venv (Debian: python3-venv). Tried: $(PYTHONS)" >&2; exit 1
endef

help: ## show this list
	@echo "Cardwright. Commands:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

serve: .venv/.site-ready ## serve the site with live reload (ADDR=127.0.0.1:8001 for another address)
	@echo "Building. The address follows; Ctrl-C ends it."
	@$(PY) -m mkdocs serve --livereload $(if $(ADDR),--dev-addr $(ADDR))

site: .venv/.site-ready ## build the site into site/, with every warning an error
	@$(PY) -m mkdocs build --strict
	@echo "The site is in site/"

offline: .venv/.site-ready ## build the site into site-offline/, to be read without a server
	@OFFLINE=true $(PY) -m mkdocs build --strict --site-dir site-offline
	@echo "Open site-offline/index.html in a browser"

previews: .venv/.site-ready ## build previews of pull requests (PULLS=folder of them, PREVIEWS=folder to write)
	@$(PY) -m scripts.previews.build "$(PULLS)" "$(PREVIEWS)"

test: lint ## run lint, types and all tests
	@echo "Tests"
	@$(PY) -m pytest $(PYTEST_ARGS)

lint: .venv/.dev-ready ## run ruff and mypy
	@echo "Lint"
	@$(PY) -m ruff check --quiet $(CODE)
	@$(PY) -m ruff format --quiet --check $(CODE) || { echo "Not formatted: $(PY) -m ruff format"; exit 1; }
	@echo "Types"
	@$(PY) -m mypy $(CODE)

lock: .venv-lock/.uv-$(UV_VERSION) ## pin pyproject.toml's dependencies again (UPGRADE=1 for the newest)
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@echo "requirements.txt and requirements-dev.txt are up to date with pyproject.toml"

clean: ## remove all that make made
	rm -rf .venv .venv-lock site site-offline dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a file is newer than what it was made from, or it is made again. The development lock
# holds the runtime lock, so it stands for both.
$(shell test -e .venv/bin/python || rm -rf .venv) # its Python is gone, so all of it is made again
.venv/bin/python:
	@$(call make_venv,.venv)

.venv/.site-ready: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.dev-ready: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch .venv/.site-ready $@

.venv-lock/.uv-$(UV_VERSION):
	@$(call make_venv,.venv-lock)
	@.venv-lock/bin/python -m pip install -qq uv==$(UV_VERSION)
	@touch $@
