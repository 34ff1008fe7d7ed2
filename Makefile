# SPDX-License-Identifier: Apache-2.0
# Each recipe is a script that installs what it needs from Debian and says what it does.

.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench deb reproducible boot-test clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## Show the main job on real overlay mounts, in a private mount namespace
	@scripts/demo

test: ## Install what the tests need and run all of them (root, private namespaces)
	@scripts/test

check: ## Format, lint, imports, the oneshot's closure, unit tests: quick, no root
	@scripts/check

fmt: ## Format every source file
	@scripts/fmt

bench: ## Measure against the bare system calls (root)
	@scripts/bench

deb: ## Build the Debian package, into .build-deb/
	@scripts/deb

boot-test: ## Install the package on real Debian systems, cut their power, look (root)
	@scripts/boot-test

reproducible: ## Build the package twice and compare, bit for bit
	@scripts/reproducible

clean: ## Remove what builds left
	@rm -rf .build .build-release .build-deb .build-reproducible .build-boot
