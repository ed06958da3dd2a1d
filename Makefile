# make audit: judge the fast tier here and write the report.   make test: run the suite's own tests.
# make bench: measure the speed on one core against the machine's limits and a plain script.
# make faults: try what may go wrong outside of the audit: kills, full disks, damaged inputs; it takes minutes.
# make mutants GROUPS="store contracts": list the changes of the code that no test notices; says how long it takes.
# Each first installs what it needs, which is fast if nothing changed.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: venv audit test bench lint faults mutants

venv: .venv/.installed

.venv/.installed: pyproject.toml ci/constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint ci/constraints.txt --editable ".[dev]"
	@touch $@

audit: venv
	$(BIN)/pytest claims -m fast -n auto

test: venv
	$(BIN)/pytest tests -n auto --benchmark-disable

bench: venv
	$(BIN)/pytest tests/benchmarks/bench_*.py --dist no --benchmark-autosave --benchmark-columns=median,iqr,rounds

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

faults: venv
	$(BIN)/python -m tests.faults

mutants: venv
	$(BIN)/python -m tests.mutants $(GROUPS)
