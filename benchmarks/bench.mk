# make bench | bench-quick: graphbuild beside its peers (see benchmarks/README.md).
#
# `make bench BENCH_SIZES="10000 100000" BENCH_REPEATS="5 3" BENCH_FLAGS="--stages-at 0"`

BENCH_SIZES ?= 10000 100000 1000000
BENCH_REPEATS ?= 5 3 1
BENCH_CONTENDERS ?= graphbuild expert plain orjson_loop
BENCH_JSON ?= out/benchmarks.json
BENCH_FLAGS ?=

.PHONY: bench bench-quick

bench: $(VENV)/installed-dev
	$(run) benchmarks.run --sizes $(BENCH_SIZES) --repeats $(BENCH_REPEATS) \
		--contenders $(BENCH_CONTENDERS) --json "$(BENCH_JSON)" $(BENCH_FLAGS)

# No assertion about time: only that everything runs and that the answers agree.
bench-quick: $(VENV)/installed-dev
	$(run) benchmarks.run --sizes 2000 --repeats 1 --stages-at 2000 --stage-repeats 1 \
		--json "$(BENCH_JSON)" $(BENCH_FLAGS)

# Maps: made, opened in a Chromium, moved; beside pyvis as it comes.
BENCH_VIEW_FLAGS ?=

.PHONY: bench-view
bench-view: $(VENV)/installed-dev
	$(run) benchmarks.view --json out/benchmarks-view.json $(BENCH_VIEW_FLAGS)

# Loading into Neo4j, from its Maven jars: needs Java 17 and Maven, and takes some minutes.
BENCH_NEO4J_FLAGS ?=

.PHONY: bench-neo4j
bench-neo4j: $(VENV)/installed-dev
	$(run) benchmarks.neo4j --json out/benchmarks-neo4j.json $(BENCH_NEO4J_FLAGS)
