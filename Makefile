# Everything runs from .venv, made on first use from the locked versions; `make demo` is the place to start.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DATA ?= ../shared/data

.PHONY: demo test check bench train score lock clean
.DELETE_ON_ERROR:

demo: $(READY)
	$(BIN)/screener demo

# Python keeps what it has compiled, whatever the shell says: the tests start it many times.
test: export PYTHONDONTWRITEBYTECODE =
test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/screener rules test
	$(BIN)/screener feeds test
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

bench: $(READY)
	$(BIN)/python -m tests.bench

# The encoder needs torch, which is no part of the locked versions: it gets a place of its own.
TRAINING := build/training
SETS := --items $(DATA)/wires/full_releases.jsonl.gz --items $(TRAINING)/filings.jsonl --second $(DATA)/wires/labels_2026_second.jsonl \
  --more $(DATA)/wires/labels_2026.jsonl --more $(DATA)/edgar/main_documents/labels.jsonl --more data/labels/read_2026.jsonl \
  --more data/labels/types_biotech.jsonl --more data/labels/types_relay.jsonl --invented data/labels/invented.jsonl

train: $(TRAINING)/filings.jsonl
	$(TRAINING)/bin/python -m screener.classify.train $(DATA)/wires/labels.jsonl $(DATA)/wires/releases.jsonl.gz $(SETS) \
	  --encoder --out data/model

# The locked set, once for each model: figures into the card, no errors.
score: $(TRAINING)/filings.jsonl
	$(TRAINING)/bin/python -m screener.classify.score $(DATA)/wires/releases.jsonl.gz $(DATA)/wires/full_releases.jsonl.gz \
	  $(TRAINING)/filings.jsonl --model data/model

$(TRAINING)/filings.jsonl: pyproject.toml
	$(PYTHON) -m venv $(TRAINING)
	$(TRAINING)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	$(TRAINING)/bin/python -m tests.bench.filing_items $(DATA) $@

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
