# Every target sets up what it needs: .venv from requirements.lock, anew whenever the lock or pyproject.toml changes.
# A fresh Debian or Ubuntu needs python3 (3.11 or later, with venv), make and git.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Many tests wait for a browser, a server or LibreOffice: half as many again as there are processors keep them busy.
PYTEST := $(BIN)/pytest -n $(shell echo $$(( ($$(nproc) * 3 + 1) / 2 ))) --dist worksteal
REPORTS := $(filter-out samples/README.md,$(sort $(wildcard samples/*)))
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without its compiled modules every process would take a second more to start; tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo app test check eval bench stress conformance record packages lock clean

help:
	@echo 'make demo     read the reports in samples/ and show what was found'
	@echo 'make app      open the review pages with the reports in samples/ (docs/review.md)'
	@echo 'make test     run every test'
	@echo 'make check    formatting, lint, types, import contract, tests (what CI runs)'
	@echo 'make eval     score the extractor on all gold, pass or block the change (GOLD=dir for more gold; docs/eval.md)'
	@echo 'make bench    speed, as medians and ratios'
	@echo 'make stress   what takes long: fuzzing, many generated reports, kills'
	@echo 'make conformance  the client against a real model server, built here'
	@echo 'make record   answers of the configured model, kept for replay in eval/recordings'
	@echo 'make lock     requirements.lock from pyproject.toml'
	@echo 'make clean    remove what the other targets made'

demo: $(READY)
	@$(BIN)/extractor extract $(REPORTS) --out results || test $$? -eq 1  # 1: some failed, each shown below
	@$(BIN)/extractor show results
	@echo 'Records: results/ (one JSON file a report).  One of them for reading:'
	@echo '  $(BIN)/extractor show samples/dongli_subdistrict_2023.txt'

app: export EXTRACTOR_DATABASE_URL ?= sqlite:///$(CURDIR)/results/store.db
app: $(READY)
	@mkdir -p results
	@$(BIN)/extractor import $(REPORTS) || test $$? -eq 1  # 1: some failed, each shown above
	$(BIN)/extractor serve --browser

test: $(READY) packages
	$(PYTEST)

check: $(READY) packages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST)

eval: $(READY)
	$(BIN)/python -m eval run $(foreach dir,$(GOLD),--gold $(dir)) --against base

bench: $(READY) packages
	$(BIN)/python -m bench

stress: $(READY) packages
	EXTRACTOR_TESTS=stress $(PYTEST)

conformance: $(READY)
	@bash .ci/conformance $(BIN) build/llama
	$(BIN)/python -m tests.llm.conformance build/llama/build/bin/llama-server build/llama/tiny.gguf

record: $(READY)
	$(BIN)/python -m tests.llm.record eval/recordings $(REPORTS)

# What some tests need of the system (LibreOffice, a Chinese font): installed by root, else those tests are skipped.
packages:
	@bash .ci/packages

# uv is asked for versions only, and its header names no machine: no index, no path.
lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra eval --extra ocr --extra postgres --extra cluster --extra tracing --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --upgrade --quiet -o requirements.lock

clean:
	rm -rf $(VENV) results build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): requirements.lock pyproject.toml .ci/setup
	@bash .ci/setup $(VENV)
	@touch $@
