# Everything a fresh checkout needs; nothing outside this folder is changed.
# `make demo` and `make test` set themselves up first, and start at once when nothing changed since the last run.

SHELL = /bin/sh
BIN = .venv/bin
ARGS =
BENCHMARKS = widgets first_frame bytes_over_ssh summary thousand_models detector detector_views lint_playbooks action_cost

.PHONY: help demo test test-spark test-mlflow test-cluster lint check-types pytest soak scenarios benchmarks services services-for-tests services-for-spark generated picture record-metrics record-evidently lock install clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo 'make demo        set everything up and open the demo   (ARGS="--scenario NAME")'
	@echo 'make test        set everything up and run every check and test'
	@echo 'make test-spark  the same questions to Spark, with a Java runtime and a Spark of its own'
	@echo 'make test-mlflow what actions ask of MLflow, asked of a real one in an environment of its own'
	@echo 'make test-cluster  the contract of the Kubernetes actions, against a real control plane   (KUBECONFIG=FILE CONTEXT=NAME)'
	@echo 'make pytest      run some tests                        (ARGS="tests/domain -k label")'
	@echo 'make lint        format, lint, strict types and import contracts only'
	@echo 'make soak        2,000 races for a lock, 500 killed consoles, 1,000 evenings of random keys, ten minutes of refreshes at speed   (ARGS=900: seconds)'
	@echo 'make scenarios   200 labelled incidents, and how often they are told right   (ARGS="--only surge --misses")'
	@echo 'make benchmarks  measure the budgets'
	@echo 'make services    fetch Prometheus and Alertmanager into .services/; services-for-tests: VictoriaMetrics, too'
	@echo 'make generated   write schemas, the manual, the reference of commands, and what start-up reads, anew'
	@echo 'make picture     take the picture of the fleet screen anew'
	@echo 'make record-metrics  record the /metrics of real serving systems, for tests   (ARGS=mlserver)'
	@echo 'make record-evidently  let real releases of Evidently write reports, for tests   (ARGS=0.7.23)'
	@echo 'make lock        solve the pins and hashes of requirements*.txt   (ARGS=--upgrade)'
	@echo 'make clean       remove all that these targets made'

demo: install services
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/incident-console demo $(ARGS)

# Three workers keep two cores busy, as many tests wait for servers; each takes whole files, so that what is set up for
# a file is set up once.
test: lint services-for-tests
	$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# What all engines of prediction stores are asked, asked of Spark, which leaves closing its sockets to the collector.
test-spark: install services-for-spark .venv/.spark
	$(BIN)/pytest --engines spark -p no:unraisableexception -W ignore::ResourceWarning $(ARGS)

# What the fake MLflow is asked by other tests, asked of the real one.
test-mlflow: install .venv-mlflow/.installed
	$(BIN)/pytest --real-mlflow tests/actions/mlflow/test_move_alias.py tests/actions/mlflow/test_contract.py $(ARGS)

# What the simulated cluster is asked by the contract of actions, asked of a real control plane, which needs no machines.
test-cluster: install
	$(BIN)/pytest tests/real_cluster/contract.py $(ARGS)

pytest: install services-for-tests
	$(BIN)/pytest $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: install services-for-tests
	@$(BIN)/python -m tests.journal.racing
	@$(BIN)/python -m tests.engine.killing 500
	@$(BIN)/python -m tests.tui.random_keys 1000
	@$(BIN)/python -m tests.faults.soak $(ARGS)

scenarios: install services
	@$(BIN)/python -m tests.scenarios.run $(ARGS)

benchmarks: install services
	@for name in $(BENCHMARKS); do $(BIN)/python "benchmarks/$$name.py" || exit; done

services: $(BIN)/python
	@$(BIN)/python tools/fetch_services.py

services-for-tests: $(BIN)/python
	@$(BIN)/python tools/fetch_services.py --for-tests

services-for-spark: $(BIN)/python
	@$(BIN)/python tools/fetch_services.py --for-spark

generated: install
	$(BIN)/python tools/write_generated.py

picture: install services
	$(BIN)/python tools/picture.py

record-metrics: install
	@$(BIN)/python -m tools.recording.record $(ARGS)

record-evidently: install
	@$(BIN)/python -m tools.evidently.record $(ARGS)

install: .venv/.installed

.venv/.installed: .venv/.requirements pyproject.toml console/__init__.py
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q console
	@touch $@

.venv/.requirements: requirements-dev.txt $(BIN)/python
	@echo 'Installing the pinned requirements into .venv' >&2
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# Spark joins what is there already: its pins are those of requirements-dev.txt and two more.
.venv/.spark: requirements-spark.txt .venv/.requirements
	@echo 'Installing Spark into .venv' >&2
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-spark.txt
	@touch $@

# A server that nothing here imports: its packages stay away from those of the console.
.venv-mlflow/.installed: requirements-mlflow.txt
	@echo 'Installing MLflow into .venv-mlflow' >&2
	@test -x .venv-mlflow/bin/python || { python=$$(sh tools/find_python.sh) && "$$python" -m venv .venv-mlflow; }
	@.venv-mlflow/bin/python -m pip install --quiet --require-hashes --requirement requirements-mlflow.txt
	@touch $@

# Order-only use of the finder: the interpreter is older than the venv or it is not, that never means a new venv.
$(BIN)/python:
	@python=$$(sh tools/find_python.sh) && "$$python" -m venv .venv

# uv solves for Linux and macOS at once, which pip cannot; it is needed nowhere else and so has a venv of its own.
lock: .cache/lock/bin/uv
	@sh tools/lock.sh .cache/lock/bin/uv $(ARGS)

.cache/lock/bin/uv:
	@python=$$(sh tools/find_python.sh) && "$$python" -m venv .cache/lock
	@.cache/lock/bin/python -m pip install --quiet uv

clean:
	rm -rf .venv .venv-mlflow .services .cache build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
