# Every target is described by `make help`. Nothing outside this folder is needed but python3 (3.11 or
# later); `make test` also wants the programs that tools/system_packages.sh names.

PORT ?= 8000
PYTHON ?= python3
TESTS ?= tests
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# With the extras written out, pip before 23.3 cannot mistake name[extra] for a requirement without a pin.
UV := $(BIN)/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --no-strip-extras

# What is compiled once is kept, whatever the environment says: the tests start some hundred processes.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help demo demo-data demo-reset test other-python run lint format translate migrate migration crowd bench bench-flows bench-compare lock sbom licences audit secrets screenshots pictures commands attack fuzz kill-test fault-test restore-drill install-test journeys soak wall-test wave-test

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "make %-13s %s\n", $$1, $$2}'

demo: .venv/.runs ## Build the demo campaign if needed and serve it on 127.0.0.1 (PORT=8000) until Ctrl-C
	$(BIN)/surveyapp demo serve --port $(PORT)

demo-data: .venv/.runs ## Build the demo campaign without serving it
	$(BIN)/surveyapp demo prepare --port $(PORT)

demo-reset: .venv/.runs ## Throw the demo's data away, so that the next `make demo` starts over
	$(BIN)/surveyapp demo reset

test: .venv/.tests lint ## Everything: lint, types, all tests in three processes (TESTS=tests/web for some)
	@sh tools/system_packages.sh
	$(BIN)/pytest -n 3 --dist worksteal $(TESTS)

other-python: .venv/.tests ## Install both locks for another Python, apart, and run tests there (OTHER=3.13 TESTS=tests/exports)
	$(BIN)/uv venv --quiet --clear --python $(or $(OTHER),3.13) .venv-other
	$(BIN)/uv pip install --quiet --python .venv-other/bin/python --require-hashes -r requirements.lock -r requirements-dev.lock
	$(BIN)/uv pip install --quiet --python .venv-other/bin/python --no-deps -e .
	.venv-other/bin/python -m pytest -n 2 --dist worksteal $(TESTS)

run: .venv/.runs ## Serve this installation with gunicorn, settings from the environment
	$(BIN)/surveyapp run

lint: .venv/.tests ## Style and types: ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.tests ## Put the code in the house format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

translate: .venv/.tests ## Add new messages to the English catalogues and name those without English
	$(BIN)/python -m tools.translate

migrate: .venv/.runs ## Bring the database to the newest revision
	$(BIN)/surveyapp migrate

migration: .venv/.tests ## Write the next migration from the models (MESSAGE="…")
	$(BIN)/python -m tools.migration "$(MESSAGE)"

crowd: .venv/.tests ## Read 100,000 rows with names as frequent as in life: nobody may be lost
	.venv/bin/python -m tests.files.crowds 100000

attack: .venv/.tests ## Every attack on the promise, on a naive twin and on the survey, as a table (ATTACK=--short)
	$(BIN)/python -W ignore -m tests.attacks $(ATTACK)

fuzz: .venv/.tests ## Fuzz whatever reads bytes of strangers, its coverage as guide, and the API (FUZZ="--seconds 600 workbook")
	$(BIN)/python -W ignore -m tests.fuzz $(FUZZ)

kill-test: .venv/.tests ## Kill workers and PostgreSQL under submissions, 2,000 and 20 times, and count what is there (KILLS="--kills 200")
	$(BIN)/python -W ignore -m tests.kills $(KILLS)

wall-test: .venv/.tests ## Every page's tests as the roles of the second wall (WALL=tests/web/test_respond.py, WALL_BY=pooler)
	SURVEY_TEST_WALL=$(or $(WALL_BY),yes) $(BIN)/pytest -n 2 --dist worksteal $(or $(WALL),tests/web)

fault-test: .venv/.tests ## Break an installation in fourteen ways under load, on both engines: what people saw, as a table (FAULTS=--short)
	$(BIN)/python -W ignore -m tests.site.faults $(FAULTS)

restore-drill: .venv/.tests ## Load, backup, more load, everything destroyed, restored: is every acknowledged submission there?
	$(BIN)/python -W ignore -m tests.site.restore_drill $(DRILL)

install-test: .venv/.tests ## Install on a Debian just made, by the page's commands: as root, with debootstrap and the network
	$(BIN)/python -W ignore -m tests.site.bare_debian

journeys: .venv/.tests ## Scripted people in Chromium, Firefox and WebKit, on a quick server and on a slow one (JOURNEYS="-k firefox")
	@sh tools/system_packages.sh
	$(BIN)/pytest tests/browser/all_journeys.py $(JOURNEYS)
	SURVEY_TEST_SLOW=0.3 $(BIN)/pytest tests/browser/all_journeys.py $(JOURNEYS)

wave-test: .venv/.tests ## Remind 30,000 people before providers that fail, on a clock of its own (WAVE="30000 --postgres")
	$(BIN)/python -W ignore -m tests.delivery.whole_wave $(WAVE)

soak: .venv/.tests ## Two nodes and two workers under load: does anything grow? (SOAK="--minutes 30")
	$(BIN)/python -W ignore -m tests.site.soak $(SOAK)

bench: .venv/.tests ## Measure the promised times on this machine
	@for file in benchmarks/[a-z]*.py; do \
	echo "== $$file"; $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; done

bench-flows: .venv/.tests ## Measure whole flows under load beside the ceiling; writes benchmarks/RESULTS.md (FLOWS="--only pages …")
	$(BIN)/python -m benchmarks.flows $(FLOWS)

bench-compare: .venv/.tests ## Measure flows of two commits in alternating pairs: BASE=commit (COMPARE="--only saves --pairs 7")
	$(BIN)/python -m benchmarks.flows.compare $(BASE) $(COMPARE)

lock: .venv/.tests ## Resolve the pinned requirements into the two hashed locks
	$(UV) requirements.txt -o requirements.lock
	$(UV) requirements-dev.txt -c requirements.lock -o requirements-dev.lock

sbom: .venv/.tests ## Write sbom.cdx.json: every library installed, its version and licence (CycloneDX)
	$(BIN)/python -m cyclonedx_py environment $(BIN)/python --output-reproducible -o sbom.cdx.json

licences: .venv/.tests ## List the licence of every library
	$(BIN)/python -m piplicenses --format=csv

audit: .venv/.tests ## Ask for known vulnerabilities of what the locks pin; needs the network
	$(BIN)/python -m pip_audit -r requirements.lock --require-hashes --disable-pip

secrets: .venv/.tests ## What looks like a secret in the repository and nobody has looked at yet
	$(BIN)/python -m tools.secret_scan $(SECRETS)

screenshots: .venv/.tests ## Photograph every page at phone and desktop width into screenshots/
	$(BIN)/python -m tests.browser.screenshots

pictures: .venv/.tests ## Build a demo, look up what its overview answers at once, photograph it into docs/images (PICTURES="--instance instance")
	$(BIN)/python -m tests.browser.demo_pictures $(PICTURES)

commands: .venv/.tests ## Write docs/commands.md from the commands' own help
	$(BIN)/python -m tools.commands

# ---- the environment: stamps, so that a repeat costs nothing

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or later is needed: make … PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv \
	|| { rm -rf .venv; echo "python3 cannot make environments here. On Debian: apt-get install python3-venv"; exit 1; }

.venv/.runs: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the server's libraries into .venv …"
	@$(PIP) install --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps -e .
	@touch $@

.venv/.tests: requirements-dev.lock .venv/.runs
	@echo "Installing the test tools into .venv …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
