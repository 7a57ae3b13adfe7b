# Everything runs from .venv, made on first use from the locked versions; `make demo` is the place to start.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DATA ?= ../shared/data

.PHONY: demo test check bench train lock clean
.DELETE_ON_ERROR:

demo: $(READY)
	$(BIN)/screener demo

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/screener rules test
	$(BIN)/screener feeds test
	$(BIN)/python -m pytest

bench: $(READY)
	$(BIN)/python -m tests.bench

train: $(READY)
	$(BIN)/python -m screener.classify.train $(DATA)/wires/labels.jsonl $(DATA)/wires/releases.jsonl.gz \
	  --more data/labels/types_biotech.jsonl --more data/labels/types_relay.jsonl --out data/model

# Makes requirements.lock anew from pyproject.toml: hashes, and no address of any index.
lock: $(READY)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --no-header --no-annotate --allow-unsafe --strip-extras --extra archive --extra distributed --extra dev \
	  --output-file requirements.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=python3.x")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
