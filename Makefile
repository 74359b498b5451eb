# make demo | test | lint | docs | clean. Needs Python 3.11 or later with venv, and make; nothing else.
#
# Targets are relative paths, so that the checkout may stand in a folder whose name has spaces.

VENV ?= .venv
DEMO_OUT ?= out/demo
# The first Python that is new enough; say `make PYTHON=/path/to/python3 …` for another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist loadfile

run := $(VENV)/bin/python -m
# Python compiles a module when it is first imported; compiling all of them takes longer than the demo.
install := $(run) pip install --quiet --disable-pip-version-check --no-input --no-compile

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint lint-page page docs clean

help:
	@echo 'make demo    install into $(VENV) and run the whole way on the bundled papers'
	@echo 'make test    install the tests and run all of them: style, types, floors, tests, notebooks'
	@echo 'make lint    style, types and floors alone; lint-page: types of the page'"'"'s script, where npm is'
	@echo 'make page    put graphbuild/view/page.js together from its modules'
	@echo 'make bench   measure beside other ways to do the same (benchmarks/README.md); bench-quick: small'
	@echo 'make quality how well references are read and papers joined, where the shared data is present'
	@echo 'make bench-neo4j  measure loading into a real Neo4j, beside other ways to do it'
	@echo 'make docs    write docs/cli.md anew from the commands'
	@echo 'make clean   remove $(VENV), caches and what was built'

demo: $(VENV)/installed
	@$(VENV)/bin/graphbuild demo --out "$(DEMO_OUT)"

test: lint lint-page
	$(run) pytest $(PYTEST_ARGS)

lint: $(VENV)/installed-dev
	$(run) ruff check .
	$(run) ruff format --check .
	$(run) mypy
	$(VENV)/bin/lint-imports

# The page's script from its modules; and their types, where there is npm.
page: $(VENV)/installed-dev
	$(VENV)/bin/python tools/bundle_page.py

lint-page: $(VENV)/installed-dev
	$(VENV)/bin/python tools/bundle_page.py --check
	@if ! command -v npm >/dev/null; then \
		echo "skipped: TypeScript checks the types of the page's script, and there is no npm"; \
	elif ! npm ci --silent --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000 --prefix tools/page; then \
		echo "skipped: npm cannot install the TypeScript that checks the types of the page's script"; \
	else tools/page/node_modules/.bin/tsc --project tools/page; fi

docs: $(VENV)/installed-dev
	$(VENV)/bin/python tools/make_cli_reference.py

clean:
	rm -rf .venv out dist build .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make an installation run once, and again only when pyproject.toml has changed. The
# package itself is installed in editable form, so that its code is always the checkout's.
$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo 'Installing graphbuild into $(VENV) (once; a minute or so)'
	@$(install) --editable .
	@touch "$@"

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo 'Installing graphbuild and its tests into $(VENV) (once; a minute or two)'
	@$(install) --editable '.[dev]'
	@touch "$(VENV)/installed" "$@"

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo 'graphbuild needs Python 3.11 or later, and none was found:' \
		'install one, or name it with make PYTHON=/path/to/python3.' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(PYTHON) is' \
		"$$('$(PYTHON)' --version 2>&1), and graphbuild needs Python 3.11 or later: install one," \
		'or name it with make PYTHON=/path/to/python3.' >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) cannot make virtual' \
		'environments: install its venv module (on Debian and Ubuntu: apt install python3-venv).' \
		>&2; exit 1; }
	@'$(PYTHON)' -m venv '$(VENV)'

include benchmarks/bench.mk
include tools/quality.mk
