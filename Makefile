# Two commands for people: `make run` and `make test`. Both do all the set-up on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS ?= 1
# Tests run in as many processes as there are cores, from 2 to 8: each needs about 1.5 GB and a database. A file stays
# in one process, so that what it trains once for its tests is trained once.
PROCESSES ?= $(shell $(PYTHON) -c "import os; print(min(8, max(2, os.cpu_count() or 1)))")
PYTEST := $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

.PHONY: run test test-all check browser messages lock

run: .venv/installed
	@exec env PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tagging.embedded

test: .venv/installed browser
	@$(BIN)/python manage.py compile_messages
	$(PYTEST) -m "not slow"

test-all: .venv/installed browser
	@$(BIN)/python manage.py compile_messages
	HYPOTHESIS_PROFILE=explore $(PYTEST)

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DATABASE_URL=postgresql:///check $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py compile_messages --check

.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

# Chromium for the browser tests: its headless shell, which starts pages in half the time, else whichever there is, else
# the system's, else Playwright's own.
have = command -v $(1) >/dev/null 2>&1
apt = (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq -y $(1) fonts-noto-cjk >/dev/null)
browser: .venv/installed
	@$(call have,chromium-headless-shell) || $(call apt,chromium-headless-shell) \
	|| $(call have,chromium) || $(call have,chromium-browser) || $(call have,google-chrome) || $(call apt,chromium) \
	|| $(BIN)/python -m playwright install chromium \
	|| echo "No Chromium to be had: the browser tests will be skipped."

# Collect new strings into the catalogues under locale/.
messages: .venv/installed
	$(BIN)/python manage.py update_messages

# Pin what pyproject.toml asks for, newest first. The lock names versions, never addresses.
lock:
	rm -rf .venv && $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade $$($(PYTHON) -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['dev'])")
	$(BIN)/python -m pip freeze --exclude-editable \
	| sed -E '/^(nvidia|cuda|triton)/ s/$$/ ; platform_system == "Linux" and platform_machine == "x86_64"/' > requirements.lock
	@touch .venv/installed
