# Each recipe prepares what it needs; nothing has to be installed by hand.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not the script: in a copied checkout it would install into the original.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help run test check fmt bench bench-full demo-story services stop lock messages clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: $(VENV)/ready-run ## set up and run everything on this machine (PORT=8000); Ctrl-C stops it
	@exec $(BIN)/python -m local.run

test: $(VENV)/ready-dev ## set up and run every test, browser tests included (ARGS="-k ceb" narrows)
	@exec $(BIN)/python -m local.test $(ARGS)

check: $(VENV)/ready-dev ## formatting, types, imports, templates, migrations, API schema, translations
	@exec $(BIN)/python -m local.check

fmt: $(VENV)/ready-dev ## format code and templates
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . && $(BIN)/djlint --reformat --quiet templates ; true

bench: $(VENV)/ready-dev ## measure a whole portal of its own, one JSON object a line (ARGS="--seconds 30 --no-peers")
	@exec $(BIN)/python -m bench $(ARGS)

bench-full: $(VENV)/ready-dev ## the same with millions of lists in the tables, people waiting and a storm
	@exec $(BIN)/python -m bench --full $(ARGS)

demo-story: $(VENV)/ready-run ## play the exporter's autumn on the running portal, each figure beside the story's
	@exec $(BIN)/python manage.py demo_story

services: $(VENV)/ready-dev ## start database and broker alone, to stay
	@exec $(BIN)/python -m local.services start

stop: ## stop database and broker
	@[ ! -x $(BIN)/python ] || exec $(BIN)/python -m local.services stop

messages: $(VENV)/ready-dev ## collect the sentences to translate into locale/
	@exec $(BIN)/python -m local.messages

lock: $(VENV)/ready-dev ## resolve the dependencies anew
	@exec $(BIN)/python -m local.lock

clean: ## remove everything that was built here, data included
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m local.services remove
	rm -rf $(VENV) node_modules var static/vendor

# The environment. A Debian Python without ensurepip gets python3-venv through apt, or says what to type.
# `make run` and `make test` of a fresh checkout may begin together: the recipes take turns, and look again.
TURN := exec 9<Makefile; flock 9 2>/dev/null || :;

$(VENV)/made:
	@$(TURN) [ -e $@ ] || $(MAKE) --no-print-directory environment

.PHONY: environment
environment:
	@command -v $(PYTHON) >/dev/null || { echo "Missing on this machine: python3. Run:"; echo "  sudo apt-get update && sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3.11 make …)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; \
	  else echo "Missing on this machine: python3-venv. Run:"; echo "  sudo apt-get update && sudo apt-get install -y python3-venv"; exit 1; fi; }
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) && touch $(VENV)/made

$(VENV)/ready-run: $(VENV)/made requirements.lock
	@$(TURN) [ $@ -nt requirements.lock ] || { echo "Installing what the portal needs …"; \
	  $(PIP) -r requirements.lock && touch $@; }

$(VENV)/ready-dev: $(VENV)/made requirements-dev.lock
	@$(TURN) [ $@ -nt requirements-dev.lock ] || { echo "Installing what the tests and checks need …"; \
	  $(PIP) -r requirements-dev.lock && touch $@ $(VENV)/ready-run; }
