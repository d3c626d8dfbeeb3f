# Everything that is done to this repository by hand or by a machine. `make` alone lists it.
#
# Variables: PYTHON=/path/to/python3 (3.11 or newer), T="tests/unit -k shard" (what pytest runs).

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV
export PYTHON

BIN := .venv/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
T ?= tests
DEFAULT := not s3 and not browser and not slow and not cluster and not e2e
PYTEST := $(BIN)/python -m pytest

# What `make verify` makes again and compares with what is committed.
GENERATED := docs/reference docs/degradations.md charts/sigh-batch/values.schema.json k8s

##@ Use

.PHONY: help demo
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/.run ## make 300 screenshots in ./demo, verify them, print the page to look at
	@$(BIN)/sigh demo $$($(BIN)/python -c 'import skia' 2>/dev/null || echo --set generate.painter=pillow)

##@ Check

.PHONY: test lint types test-s3 test-browser test-chart test-cluster test-scale test-tune test-slow verify
test: .venv/.test ## the default suite: no network, no GPU, no cluster
	@$(PYTEST) -n $(JOBS) --maxprocesses 8 --dist worksteal -m "$(DEFAULT)" $(T)

lint: .venv/.test ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/.test ## mypy, strict
	@$(BIN)/mypy

test-s3: .venv/.test ## the store on a real S3 server (needs Go, to build the server once)
	@server=$$(scripts/program versitygw) && SIGH_REQUIRE_S3=1 SIGH_S3_SERVER=$$server $(PYTEST) -m s3 $(T)

test-browser: .venv/.test ## the pages in a real Chromium
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && \
	  $(BIN)/playwright --version >/dev/null 2>&1 || scripts/setup packages chromium libatomic1
	@$(PYTEST) -m browser $(T)

test-chart: .venv/.test ## the chart by Helm's own linter and unit tests (needs Go, to build both once)
	@helm=$$(scripts/program helm) && unittest=$$(scripts/program helm-unittest) && \
	  for values in charts/sigh-batch/ci/*.yaml; do $$helm lint --strict charts/sigh-batch -f $$values || exit 1; done && \
	  $$unittest charts/sigh-batch && $(PYTEST) tests/integration/test_chart.py

test-cluster: .venv/.test ## manifests and commands before a real Kubernetes API server (needs Go, to build it once)
	@for program in etcd kube-apiserver helm; do scripts/program $$program >/dev/null || exit 1; done
	@$(PYTEST) -m cluster $(T)

test-scale: .venv/.test ## commands about a run of 1,000 pods on nodes that kwok plays (SIGH_PODS=5000; needs Go, to build once)
	@for program in etcd kube-apiserver kube-controller-manager kube-scheduler kwok; do \
	  scripts/program $$program >/dev/null || exit 1; done
	@SIGH_PODS=$${SIGH_PODS:-1000} $(PYTEST) -m cluster -o faulthandler_timeout=0 -s -k played tests/integration/test_scale.py

test-tune: .venv/.test ## studies: twenty kills of each kind of process, and trials by a real Ray
	@SIGH_KILLS=20 $(PYTEST) -o faulthandler_timeout=0 -m "slow or not slow" tests/unit/tuning tests/integration/test_tune*.py

test-slow: .venv/.test ## what takes minutes: kills, big runs, long loops
	@$(PYTEST) -n 2 --dist worksteal -m slow $(T)

verify: docs manifests ## make every generated file again; fails when one differs from what is committed
	@git diff --exit-code -- $(GENERATED) && test -z "$$(git status --porcelain -- $(GENERATED))"

##@ A cluster on this machine

.PHONY: kind-up kind-load kind-test kind-down test-image e2e e2e-short e2e-kueue e2e-rayjob e2e-chaos
kind-up: ## start two nodes in Docker (GPUS=2: with so many pretended GPUs; REGISTRY=5001: with a registry there)
	@scripts/kind up

kind-load: ## build the thin image and put it on the nodes, with an S3 server (BASE=...: the Debian image to build on)
	@scripts/kind load

kind-test: ## install the chart there with its S3 server, and let it test itself
	@scripts/kind test

kind-down: ## remove the cluster, and what is stored in it
	@scripts/kind down

e2e: .venv/.test kind-up kind-load ## every way to run, to fail and to be killed ten times, on that cluster
	@$(PYTEST) -m e2e -o faulthandler_timeout=0 --durations=25 --durations-min=5 tests/e2e

e2e-short: .venv/.test kind-up kind-load ## that without the commands of docs/kubernetes.md one after the other
	@$(PYTEST) -m e2e -o faulthandler_timeout=0 --durations=25 --durations-min=5 --ignore tests/e2e/test_tutorial.py tests/e2e

test-image: .venv/.test ## build the image with torch, and run every kind of run in it (BUILD="--build-arg TORCH_BACKEND=")
	@docker=$$(scripts/docker) && base=$${BASE:-$$(scripts/debian)} && image=$$(sed -n 's/.*__version__ = "\(.*\)"/sigh-batch:\1/p' sigh_batch/__init__.py) && \
	  DOCKER_BUILDKIT=1 $$docker build -q --build-arg BASE=$$base $(BUILD) -f Dockerfile.cpu -t $$image . && \
	  IMAGE=$$image $(PYTEST) -m e2e -o faulthandler_timeout=0 -s tests/e2e/test_image.py

e2e-kueue: .venv/.test kind-up kind-load ## runs in queues of Kueue (KUEUE_IMAGE=NAME:TAG in this Docker, KUEUE_CHART=folder)
	@if [ -z "$(KUEUE_IMAGE)" ] || [ -z "$(KUEUE_CHART)" ]; then \
	  echo "not run: name an image of Kueue and its chart by KUEUE_IMAGE and KUEUE_CHART"; else \
	  scripts/kind take $(KUEUE_IMAGE) && KUEUE_IMAGE=$(KUEUE_IMAGE) KUEUE_CHART=$(KUEUE_CHART) \
	  $(PYTEST) -m e2e -o faulthandler_timeout=0 tests/e2e/test_kueue.py; fi

e2e-rayjob: .venv/.test kind-up kind-load ## a study that KubeRay looks after (KUBERAY_IMAGE=NAME:TAG in this Docker, KUBERAY_CHART=folder)
	@if [ -z "$(KUBERAY_IMAGE)" ] || [ -z "$(KUBERAY_CHART)" ]; then \
	  echo "not run: name an image of KubeRay's operator and its chart by KUBERAY_IMAGE and KUBERAY_CHART"; else \
	  scripts/kind take $(KUBERAY_IMAGE) && KUBERAY_IMAGE=$(KUBERAY_IMAGE) KUBERAY_CHART=$(KUBERAY_CHART) \
	  $(PYTEST) -m e2e -o faulthandler_timeout=0 tests/e2e/test_rayjob.py; fi

e2e-chaos: .venv/.test kind-up kind-load ## a hundred kills on that cluster (SIGH_KILLS=N)
	@SIGH_KILLS=$${SIGH_KILLS:-100} $(PYTEST) -m e2e -o faulthandler_timeout=0 -s tests/e2e/test_chaos.py

##@ Measure and make

.PHONY: images bench docs manifests golden constraints format clean
images: ## build the images (needs Docker; BUILD="--build-arg BASE=..." goes to every build)
	@for build in "cpu --target thin -t sigh-batch:0.1.0-thin" "cpu -t sigh-batch:0.1.0" "gpu -t sigh-batch:0.1.0-gpu"; do \
	  DOCKER_BUILDKIT=1 docker build $(BUILD) -f Dockerfile.$$build . || exit 1; done

bench: .venv/.test ## measure side by side with peers; writes docs/benchmarks
	@$(BIN)/python -m bench

docs: .venv/.run ## make docs/reference and docs/degradations.md from the code
	@$(BIN)/python scripts/reference.py
	@$(BIN)/python scripts/degradations.py

manifests: .venv/.test ## make k8s/ and the schema of the chart's values from the code (needs Go, to build Helm once)
	@helm=$$(scripts/program helm) && $(BIN)/python -m scripts.manifests $$helm

golden: .venv/.test ## make the expected bytes of generate and the manifests again, after a change that is meant
	@$(BIN)/python -m tests.golden.generate
	@$(BIN)/python -m tests.golden.manifests

constraints: ## pin the newest versions of everything again, the same for every Python
	@uv=$$(scripts/setup uv) && $$uv pip compile pyproject.toml --group test --group setup --group fonts --all-extras \
	  --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links -q -o constraints.txt

format: .venv/.test ## rewrite the code as ruff wants it
	@$(BIN)/ruff check --fix-only -q . ; $(BIN)/ruff format .

clean: ## remove what was made here: .venv, ./demo, caches
	@rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.run .venv/.test: .venv/.%: pyproject.toml constraints.txt scripts/setup
	@scripts/setup $*
