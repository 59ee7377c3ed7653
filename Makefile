# Everything a person or a machine does with Stride starts here. `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that fits; stride/bootstrap.py says so in one sentence when none does.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; \
	done; true)
BOOTSTRAP = $(or $(PYTHON),python3) stride/bootstrap.py
# In a container the packages lie in the image's own Python.
IN = $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
PORT ?= 8000
export PORT
# Some containers forbid Python to keep what it has compiled: each start of a process with PyTorch then takes 1.3 s more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run class test check bench guards content numbers audit pins setup prepare-test python prepare web train-worker infer-worker sweeper clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

run: python ## open Stride on this machine: http://127.0.0.1:8000 (another port: PORT=8001)
	@$(BOOTSTRAP) worker
	@exec .venv/bin/python -m stride.house embedded

class: python ## open Stride to a class in the same network (its address: ADDRESS=192.168.1.5)
	@$(BOOTSTRAP) worker
	@exec .venv/bin/python -m stride.house class

test: python ## install what is missing and run every test
	@$(or $(PYTHON),python3) -m stride.browser
	@$(BOOTSTRAP) dev
	@PYTHONPATH=. .venv/bin/python .ci/test.py $(TESTS)

check: python ## style, types, contracts, templates, migrations, deploy settings, content
	@$(BOOTSTRAP) dev
	@PYTHONPATH=. .venv/bin/python .ci/check.py

bench: python ## measure: first point, chunk to frame, images per second
	@$(or $(PYTHON),python3) -m stride.browser
	@$(BOOTSTRAP) dev
	@exec .venv/bin/python -m benchmarks.all

guards: python ## break each guard of a run, one at a time, and see its test fail
	@$(BOOTSTRAP) dev
	@exec .venv/bin/python -m tests.guards

content: python ## run every cell of the lessons and write their results
	@$(BOOTSTRAP) worker
	@exec .venv/bin/python manage.py content

numbers: python ## list every number of every lesson with its source: computed, cited or decided
	@$(BOOTSTRAP) dev
	@exec .venv/bin/python manage.py numbers

audit: python ## look for known holes in what is pinned
	@$(BOOTSTRAP) dev
	@PYTHONPATH=. exec .venv/bin/python .ci/audit.py

pins: python ## choose and pin the packages anew (KEEP=1: add what is new, move nothing)
	@$(BOOTSTRAP) dev
	@PYTHONPATH=. exec .venv/bin/python .ci/pins.py

prepare-test: python ## install what `make test` needs, without running it
	@$(or $(PYTHON),python3) -m stride.browser
	@$(BOOTSTRAP) dev

setup: python ## install what `make run` needs, without running it
	@$(BOOTSTRAP) worker

python:
	@command -v $(or $(PYTHON),python3) >/dev/null || { \
		echo "stride: Stride needs Python 3.11, 3.12 or 3.13: install one (sudo apt install python3 python3-venv)." >&2; \
		exit 1; }

# What `make run` supervises, one by one: the entry commands of docker/.
prepare: ## migrate, collect static files and publish the course, alone
	@exec $(IN) -m stride.preparation

web: ## the web process alone (STRIDE_BIND, PORT)
	@exec $(IN) -m stride.services web

train-worker: ## a worker that trains, alone
	@exec $(IN) -m stride.services train-worker

infer-worker: ## a worker that answers questions to networks, alone
	@exec $(IN) -m stride.services infer-worker

sweeper: ## the process that finds what was lost, alone
	@exec $(IN) -m stride.services sweeper

clean: ## remove what can be made again: .venv, node_modules, caches (not var/)
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
