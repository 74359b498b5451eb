# make quality: how well graphbuild reads and joins, from samples that it was never fitted to.

QUALITY_DATA ?= ../shared/data

.PHONY: quality

quality: $(VENV)/installed-dev
	$(run) tools.quality --data "$(QUALITY_DATA)"
