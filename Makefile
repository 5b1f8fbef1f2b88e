# The two commands of a newcomer are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := build/demo
export OPENBLAS_NUM_THREADS := 1

.PHONY: help setup demo test lint types lab bench verify clean

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/ready  ## create the environment if it is missing

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev --editable .
	touch $@

demo: setup  ## grade a sample class end to end
	@rm -rf $(SAMPLE) && mkdir -p $(SAMPLE)
	@cp -R nbgrader_config.py source solutions $(SAMPLE)
	@echo "A sample course in $(SAMPLE):"
	@$(BIN)/autograder --course $(SAMPLE) build
	@$(BIN)/autograder --course $(SAMPLE) sample
	@$(BIN)/autograder --course $(SAMPLE) grade
	@echo
	@echo "gradebook            $(SAMPLE)/gradebook.db"
	@echo "graded notebooks     $(SAMPLE)/autograded/STUDENT/SECTION/"
	@echo "one in detail        $(BIN)/autograder --course $(SAMPLE) score $(SAMPLE)/submitted/krylov/05_svd_compression/05_svd_compression.ipynb"
	@echo "grade by hand        cd $(SAMPLE) && ../../$(BIN)/jupyter lab    (menu Nbgrader, Formgrader)"
	@echo "scores as CSV        cd $(SAMPLE) && ../../$(BIN)/nbgrader export"

test: setup lint  ## everything that CI proves
	$(BIN)/autograder build --check
	$(BIN)/autograder verify
	$(BIN)/python -m pytest

lint: setup  ## style, types, layers, spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/repo-review .

lab: setup  ## JupyterLab on the release
	$(BIN)/jupyter lab --notebook-dir=release

bench: setup  ## seconds a submission: ours, nbgrader's, bare
	@$(BIN)/python -m benchmarks.grading

clean:  ## remove what was generated, but not the environment
	rm -rf build .pytest_cache .mypy_cache .ruff_cache source/*/*.ipynb
