# Two commands do all their own set-up: `make demo` and `make test`.
# Everything is installed into .venv, the course cache is built inside it, results go to build/.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO := build/demo
FUZZED := $(wildcard tests/test_*_fuzz.py)
RUNS ?= 1000000
# As root, pip warns about itself; in a home that is not there, about its cache. Neither matters here.
export PIP_ROOT_USER_ACTION := ignore
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: attacks cluster soak fuzz demo test lint verify prove vm bench install clean

demo: $(INSTALLED)
	@rm -rf $(DEMO)
	@$(BIN)/grader synth -n 12 --seed 7 -o $(DEMO)/class
	@$(BIN)/grader grade $(DEMO)/class -o $(DEMO)/out

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/grader verify --seed proof --mutants --seeds 1 --sample 1

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

verify: $(INSTALLED)
	$(BIN)/grader verify

# All that `make test` proves by a sample: every independent submission, every place of every hostile
# text, fifty times as many hostile bytes, every mutant, and every right solution under 20 seeds.
prove: $(INSTALLED)
	GRADER_ALL=1 $(BIN)/python -m pytest tests/e2e/test_verdicts.py tests/test_hostile_outputs.py $(FUZZED)
	$(BIN)/grader verify --seed proof --mutants --seeds 20

# Every attack and honest program under every configuration, as a table: docs/attacks.md.
attacks: $(INSTALLED)
	$(BIN)/python tests/attacks/table.py docs/attacks.md

# A cluster whose processes end in every way, ten times over.
cluster: $(INSTALLED)
	GRADER_ALL=1 $(BIN)/python -m pytest tests/cluster

soak: $(INSTALLED)
	$(BIN)/python tests/attacks/soak.py -n 10000

# Coverage-guided: a million frames, messages of a child and packs each, half an hour in all. It
# begins where the last run ended, in build/fuzz, and stops at the first thing that does not hold.
fuzz: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m fuzz.decoder frame -runs=$(RUNS)
	$(BIN)/python -m fuzz.decoder ledger -runs=$(RUNS)
	$(BIN)/python -m fuzz.decoder pack -runs=$(RUNS)

# The containment on kernels that this machine does not have, in virtual machines (Debian,
# qemu-system-x86 and qemu-system-arm): docs/containment.md.
vm: $(INSTALLED)
	$(BIN)/python tests/vm/run.py --page docs/containment.md

# Installs otter-grader, nbgrader and pytest beside it, below build/peers (4 GB, once), and takes
# half an hour. Sections of docs/benchmarks.md are written anew.
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.spawn
	$(BIN)/python -m benchmarks.warm_vs_cold
	$(BIN)/python -m benchmarks.store
	$(BIN)/python -m benchmarks.rendering
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.cost
	$(BIN)/python -m benchmarks.overhead
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.thousands

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Python 3.11 is needed: make PYTHON=/path/to/python3.11")'
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[course,dev]'
	$(BIN)/python -m grader.course
	@touch $@

clean:
	rm -rf build .venv
