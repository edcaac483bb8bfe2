# Two commands from nothing: `make demo` and `make test`. They need Python 3.11 or newer, make, and no more.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
CHECK  := $(VENV)/.check
ARGS   ?=

# The versions in constraints.txt hold for the build backend too (newer pips read the second name).
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Nothing but .venv and this folder is used.
unexport PYTHONPATH
unexport PYTHONHOME
# The tests start hundreds of Pythons: each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONNOUSERSITE := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check check-all docs gallery kernels release format clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    train LeNet-5 on real handwritten digits, here and offline'
	@echo 'make test    run the quick tests (ARGS="-k lenet" runs some of them)'
	@echo 'make check   run all tests, the slow ones too, and ruff and mypy'
	@echo 'make check-all  make check, and every network exported (PART=1/8: some of them)'
	@echo 'make docs    build the documentation into build/docs, to be opened from disk'
	@echo 'make gallery renew the pictures of docs/gallery.md (Chromium; ARGS="look-cam" renews one)'
	@echo 'make kernels compile the kernels that pages run networks with (clang and wasm-ld 14)'
	@echo 'make release build the wheel, and try it where nothing else is (ARGS=--pinned: quickly)'
	@echo 'make format  format the code as make check wants it'
	@echo 'make clean   remove .venv, build/ and the caches; runs/ stays'
	@echo 'PYTHON=python3.12 chooses the Python of .venv'

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "error: '$(PYTHON)' was not found. Papernets needs Python 3.11 or newer."; \
	  echo "Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; } >&2
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1). Papernets needs Python 3.11 or newer."; \
	  echo "Name another one: make PYTHON=python3.12"; exit 1; } >&2
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "error: '$(PYTHON)' cannot make a virtual environment: its venv or ensurepip module is missing."; \
	  echo "On Debian and Ubuntu: apt install python3-venv. Or name another: make PYTHON=python3.12"; \
	  exit 1; } >&2
	@echo "== Installing Papernets and what constraints.txt pins into $(VENV)/ (a few minutes the first time)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@$(BIN)/python -m pip check
	@touch $@

# A free folder each time: an earlier demo stays. 60 passes over so small a set take well under a minute.
demo: $(STAMP)
	@echo "== Demo: training LeNet-5 (1998) on the handwritten digits that ship with scikit-learn"
	@n=1; while [ -e "runs/demo-$$n" ]; do n=$$((n + 1)); done; out="runs/demo-$$n"; \
	$(BIN)/python -m papernets train lenet5 --data digits --out "$$out" $(ARGS) && { \
	  echo; echo "Pictures: $$out/curves.png and $$out/confusion.png"; \
	  echo "Try next:"; \
	  echo "  $(BIN)/papernets explain lenet5      every number of its paper, recomputed"; \
	  echo "  $(BIN)/papernets list                the other networks"; \
	  echo "  make test                         the tests"; }

# A worker takes files as they lie, so that what a file's tests share is made once; who is done takes some of another's.
test: $(STAMP)
	@echo "== Quick tests, one worker a core (the slow ones are left out: make check)"
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)
	@echo "Try next: make demo trains LeNet-5; make check runs the slow tests, ruff and mypy too."

# Keras and the tools that count are asked for their numbers, nbconvert runs the lessons' notebooks.
$(CHECK): $(STAMP)
	@echo "== Installing what the slow tests compare with (Keras, fvcore, ...) into $(VENV)/"
	@$(BIN)/python -m pip install --quiet --editable '.[check]'
	@$(BIN)/python -m pip check
	@touch $@

check: $(CHECK)
	@echo "== Style: ruff"
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@echo "== Types: mypy"
	@$(BIN)/python -m mypy
	@echo "== All tests, the slow ones too"
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not every" $(ARGS)
	@echo "Try next: make demo trains LeNet-5; CONTRIBUTING.md says how to add a network."

# Every network exported and compared: hours on few cores. PART=2/8 runs the second eighth of the names.
PART ?= 1/1
check-all: check
	@echo "== Every network in every format, part $(PART)"
	@PAPERNETS_PART=$(PART) $(BIN)/python -m pytest -q -n auto --dist worksteal -m every $(ARGS)

docs: $(STAMP)
	@echo "== Documentation: pages of all networks, warnings are errors, links are followed"
	@$(BIN)/python docs/website/build.py $(ARGS)

gallery: $(CHECK)
	@echo "== Running every command of docs/gallery.md, and photographing the pages that they write"
	@$(BIN)/python docs/gallery.py $(ARGS)

# The compiled file is kept, so that nobody needs a compiler; the same clang makes the same bytes.
CLANG   ?= clang-14
ENGINE  := papernets/explore/engine
KERNELS ?= $(ENGINE)/kernels.wasm
kernels:
	@echo "== Compiling $(ENGINE)/kernels.c with $(CLANG) for WebAssembly with 128-bit vectors"
	@$(CLANG) --target=wasm32 -std=c11 -O3 -msimd128 -nostdlib -ffreestanding -fno-builtin \
	  -Wall -Wextra -Werror -Wl,--no-entry -Wl,--import-memory -Wl,--initial-memory=131072 \
	  -Wl,--stack-first -Wl,-z,stack-size=65536 -Wl,--strip-all -o $(KERNELS) $(ENGINE)/kernels.c
	@chmod 644 $(KERNELS)

release: $(CHECK)
	@$(BIN)/python release/release.py $(ARGS)

format: $(STAMP)
	@$(BIN)/python -m ruff format --quiet .
	@$(BIN)/python -m ruff check --fix-only --quiet .
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check .

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
