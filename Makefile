# `make help` lists what there is.

PORT ?= 8042
DICOM_PORT ?= 4242
STORAGE ?= .orthanc
SAMPLES ?= 1
TESTS ?= tests
PYTHON = .venv/bin/python

.PHONY: help run test contact-sheet bench format setup setup-dev clean

help:
	@echo 'make run      install what is missing and start Orthanc with the WADO-URI plugin; Ctrl-C stops it'
	@echo 'make test     install what is missing, check the style and the types, and run the tests'
	@echo 'make contact-sheet  show every sample image in every variant, and every feature of presentation states, as pages'
	@echo 'make bench    measure how fast answers are, beside others, into docs/performance.md; FULL=1 takes an hour'
	@echo 'make format   lay out the Python code and mend what can be mended without thought'
	@echo 'make clean    remove what was fetched and the caches; the archive stays'
	@echo
	@echo 'Variables:'
	@echo '  PORT=8042         HTTP port'
	@echo '  DICOM_PORT=4242   DICOM port'
	@echo '  STORAGE=.orthanc  folder of the archive'
	@echo '  SAMPLES=1         store sample files in an archive that is empty; 0: do not'
	@echo '  TESTS=tests       the tests to run'
	@echo '  ORTHANC           command that starts another Orthanc; the configuration file is added to it'
	@echo '  ORTHANC_PLUGINS   folder with the plugins of that other Orthanc'
	@echo
	@echo 'Example: make run PORT=8043 DICOM_PORT=4243 STORAGE=/tmp/archive'

# The script becomes Orthanc, so that a signal to it, or its end, is Orthanc's own.
run: export PORT := $(PORT)
run: export DICOM_PORT := $(DICOM_PORT)
run: export STORAGE := $(STORAGE)
run: export SAMPLES := $(SAMPLES)
run: export ORTHANC := $(ORTHANC)
run: export ORTHANC_PLUGINS := $(ORTHANC_PLUGINS)
run: setup
	@exec /usr/bin/python3 scripts/run.py

test: setup-dev
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	MYPYPATH=scripts $(PYTHON) -m mypy plugin scripts docker tests
	$(PYTHON) -m pytest --numprocesses 2 --dist loadgroup $(TESTS)

contact-sheet: setup-dev
	PYTHONPATH=plugin $(PYTHON) -m tests.contact_sheet

bench: setup-dev
	PYTHONPATH=plugin $(PYTHON) -m tests.benchmark

format: setup-dev
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

setup:
	@scripts/setup.sh

setup-dev:
	@scripts/setup.sh dev

clean:
	rm -rf .venv build node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
