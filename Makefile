# The two commands of a newcomer are `make demo` and `make test`; each sets up what it needs.
PYTHON ?= $(shell python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt
SAMPLE := build/demo
export OPENBLAS_NUM_THREADS := 1

.PHONY: help setup demo test lint lab bench fuzz pictures constraints clean

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/ready  ## create the environment if it is missing

$(VENV)/ready: pyproject.toml constraints.txt
	@echo "Setting up $(VENV); once, for about a minute."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with `make PYTHON=...`")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) 'pip>=25.3'
	@$(PIP) --build-constraint constraints.txt --group dev --editable .
	@touch $@

demo: setup  ## grade a sample class end to end
	@rm -rf $(SAMPLE) && mkdir -p $(SAMPLE)
	@cp -R nbgrader_config.py source solutions $(SAMPLE)
	@echo "c.Autograder.cpu_seconds = 1.0  # the sample's endless loops are not to keep you waiting" >> $(SAMPLE)/nbgrader_config.py
	@echo "A sample course in $(SAMPLE):"
	@$(BIN)/python -c 'import sys; from autograder.cli import main; \
		sys.exit(max(main(["--course", "$(SAMPLE)", verb]) for verb in ("build", "sample", "grade", "feedback", "report")))'
	@echo
	@echo "gradebook            $(SAMPLE)/gradebook.db"
	@echo "graded notebooks     $(SAMPLE)/autograded/STUDENT/SECTION/"
	@echo "what students get    $(SAMPLE)/feedback/STUDENT/SECTION/SECTION.html"
	@echo "the class            $(SAMPLE)/reports/SECTION.html"
	@echo "one in detail        $(BIN)/autograder --course $(SAMPLE) score $(SAMPLE)/submitted/krylov/05_svd_compression/05_svd_compression.ipynb"
	@echo "grade by hand        cd $(SAMPLE) && ../../$(BIN)/jupyter lab    (menu Nbgrader, Formgrader)"
	@echo "scores as CSV        cd $(SAMPLE) && ../../$(BIN)/nbgrader export"

test: setup lint  ## everything that CI proves
	$(BIN)/autograder build --check
	$(BIN)/autograder verify
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile

lint: setup  ## style, types, layers, spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/repo-review --show err .

# Started from the course's root, where formgrader finds nbgrader_config.py. Jupyter does not start
# for root unasked, which one is in most containers.
lab: setup  ## JupyterLab on the release
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/release $(if $(filter 0,$(shell id -u)),--allow-root)

bench: setup  ## what grading costs: ours, nbgrader, otter, bare; ten minutes
	@$(BIN)/python -m benchmarks.grading

# In an environment of its own: nothing else needs the fuzzer. Findings stay in build/fuzz.
FUZZ_SECONDS := 1200
fuzz:  ## look for bytes that the decoder does not survive; twenty minutes
	@$(PYTHON) -m venv build/fuzz
	@build/fuzz/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt 'atheris>=3' msgspec nh3 numpy scipy
	@cd build/fuzz && PYTHONPATH=$(CURDIR) bin/python $(CURDIR)/benchmarks/fuzz.py -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1

pictures: setup  ## the README's pictures, anew
	$(BIN)/python docs/pictures/make.py

constraints:  ## constraints.txt, anew: the newest of everything
	rm -rf build/newest
	$(PYTHON) -m venv build/newest
	build/newest/bin/python -m pip install --quiet --quiet --upgrade pip
	build/newest/bin/python -m pip install --quiet --quiet --group dev --editable . editables hatchling
	echo '# The version of everything in the environment; `make constraints` writes this file anew.' > constraints.txt
	build/newest/bin/python -m pip freeze --all --exclude-editable --exclude setuptools >> constraints.txt
	rm -rf build/newest

clean:  ## remove what was generated, but not the environment
	rm -rf build .pytest_cache .mypy_cache .ruff_cache source/*/*.ipynb
