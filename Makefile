# The two commands that matter: `make run` and `make test`. Both set up what they need, quickly the second time.

HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help run test checks lint check format soak bench doctor parts lock clean

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

run: $(READY) ## serve the course; HOST=… PORT=… to choose another address
	@$(BIN)/python -m app serve --host '$(HOST)' --port '$(PORT)'

test: checks ## every check, then every test
	@$(BIN)/python -m pytest

checks: $(READY) parts lint check

lint: $(READY) ## style, types, and who leans on whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: $(READY) ## the content: scenarios run, claims hold, links resolve, both languages agree
	$(BIN)/python -m app check

format: $(READY) ## put the source in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

soak: $(READY) ## every generator of questions with two hundred seeds
	@ACKADEMY_SEEDS=200 $(BIN)/python -m pytest -q tests/quiz/test_generators.py

bench: $(READY) ## how fast: requests, simulation, transfer, cold start
	@$(BIN)/python -m tests.bench

doctor: ## what is there and what is missing
	@bash .ci/parts doctor

parts: ## system parts of the tests (browser, CJK font, Node), where this user may install them
	@bash .ci/parts install

lock: ## requirements.lock anew, from the ranges in pyproject.toml
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet --disable-pip-version-check '.[dev]'
	sed -i '/^#/!d' requirements.lock
	.venv/lock/bin/pip freeze --exclude ackademy >> requirements.lock
	rm -rf .venv/lock

clean: ## forget the environment and all caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist

$(READY): requirements.lock
	@bash .ci/python '$(PYTHON)'
	@touch $@
