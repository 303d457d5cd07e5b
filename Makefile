# Every target makes what it needs; a second call starts at once. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
CODE := $(wildcard bot console handlers rules scheduler screens storage benchmarks)
CATALOGUE := screens/locale/zh_CN/LC_MESSAGES/zhibu.po
TEMPLATE := build/zhibu.pot
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra build --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" $(UPGRADE)
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: run install test check fix bench faults rulebooks locale lock clean help
.DELETE_ON_ERROR:

run: .venv/.run  ## start the demo and print its address; ARGS="--port 8001 --now 2026-01-20T09:00"
	@$(BIN)/zhibu demo $(ARGS)

install: .venv/.run  ## install into .venv and end; docs/installing.md goes on from there
	@echo "Installed: .venv/bin/zhibu"

test: .venv/.dev  ## run all tests, on all cores; ARGS="tests/rules -k cap" runs some, on one; the closing lines name what was skipped
	@$(BIN)/python -m pytest $(if $(ARGS),,--numprocesses auto --dist loadfile) $(ARGS)

check: .venv/.dev  ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE) tests
	$(BIN)/lint-imports

fix: .venv/.dev  ## repair what the linter and the formatter can repair alone
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: .venv/.run  ## measure speed and size; ONLY=name measures that figure alone at full size
	@$(BIN)/python -m benchmarks bench $(ONLY)

faults: .venv/.dev  ## break the running bot and count what is lost; ONLY=name for one figure at full size
	@$(BIN)/python -m benchmarks faults $(ONLY)

rulebooks: .venv/.run  ## count which provisions of published rulebooks run as files
	@$(BIN)/python -m benchmarks.rulebooks

locale: .venv/.dev  ## gather the sentences of the code into the catalogue and compile it
	@mkdir -p build $(dir $(CATALOGUE))
	$(BIN)/python -m babel.messages.frontend --quiet extract --mapping-file pyproject.toml --no-default-keywords --keyword say --add-location file \
		--sort-by-file --width 120 --project zhibu --output-file $(TEMPLATE) .
	@test -e $(CATALOGUE) || $(BIN)/pybabel --quiet init --domain zhibu --locale zh_CN --input-file $(TEMPLATE) --output-dir screens/locale
	$(BIN)/pybabel --quiet update --domain zhibu --locale zh_CN --input-file $(TEMPLATE) --output-dir screens/locale \
		--width 120 --no-fuzzy-matching --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --domain zhibu --directory screens/locale

lock: .venv/.dev  ## pin the dependencies anew; UPGRADE=--upgrade takes the newest
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt

clean:  ## remove .venv and everything that was built
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

# Each file below is touched when its step has succeeded, so the step is not repeated.
.venv/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Zhibu needs Python 3.11 or newer, and there is no $(PYTHON) on this machine."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Zhibu needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1); try: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python could not make .venv; on Debian install python3-venv."; exit 1; }
	@touch $@

.venv/.run: requirements/run.txt pyproject.toml | .venv/.python
	@echo "Installing what Zhibu needs into .venv (once, it takes a minute or two) ..."
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing what the tests need into .venv ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
