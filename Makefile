# SPDX-License-Identifier: GPL-2.0-or-later
#
# make              the extension, $(BUILD)/memcg_dangling.so, and the stand-alone program,
#                   $(BUILD)/dangling
# make demo         opens the committed dump in crash and prints the report
# make install      the extension into $(EXTDIR), the program into $(PREFIX)/bin, with its manual page
#                   and bash completion (DESTDIR=, PREFIX=); make uninstall removes them
# make check        every test: check-unit, lint, check-demo, check-dumps, check-standalone and
#                   check-matrix MATRIX=ci one after the other
# make check-unit   the unit tests, with sanitizers
# make check-demo   a real crash on the committed dump and on damaged copies of it
# make check-dumps  a real crash on dumps of Debian's kernels, which it makes first
# make check-standalone  the stand-alone program on all of these dumps, beside crash
# make check-matrix real kernels x front ends, other versions of crash among them: prints a table
# make check-oracle dangling -p -f beside what drgn of Debian sid counts; no part of make check
# make lint         formatting, warnings, analyzers, layering, documents
# make bench        what the command costs beside the start of crash and of drgn, and the ledger beside
#                   reading as much memory; makes two dumps of large guests first
# make deps         installs what building and testing need (apt); the targets above do so too
# make clean        removes $(BUILD)
#
# CRASH=DIR         build against the defs.h of another crash: its source tree, with the binary built,
#                   or any directory that holds defs.h, and CRASH_BIN=FILE for the binary, which
#                   tells the version to accept
# MATRIX=…          what of the matrix: all (default), ci, or names of dumps
# DUMPS=…           of check-oracle: names of dumps (default: all)
# BUILD=DIR         where everything is built (default: build)
# V=1               shows the commands
# MCD_NO_INSTALL=1  installs nothing, only says what is missing

BUILD     ?= build
PREFIX    ?= /usr
CRASH     ?= /usr/include/crash
CRASH_BIN ?= $(if $(filter /usr/include/crash,$(CRASH)),crash,$(CRASH)/crash)
EXTDIR    ?= $(PREFIX)/lib/crash/extensions
DATADIR   ?= $(PREFIX)/share
MANDIR    ?= $(DATADIR)/man

CC       ?= cc
CSTD     := -std=gnu11
WARNINGS := -Wall -Wextra -Wshadow -Wformat=2 -Wvla -Wmissing-prototypes -Wstrict-prototypes \
            -Wimplicit-fallthrough $(if $(WERROR),-Werror)
CFLAGS   ?= -O2 -g
CPPFLAGS += -Iinclude -D_GNU_SOURCE
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2
PIC      := -fPIC -fvisibility=hidden
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

ifneq ($(words $(BUILD)),1)
$(error BUILD=$(BUILD): make does not get along with blanks in names)
endif

CORE := $(sort $(wildcard src/*/*.c src/*/*/*.c))
CORE_LIBS := -ljansson
UNIT := $(sort $(wildcard tests/unit/test_*.c))
UNIT_COMMON := $(filter-out $(UNIT),$(sort $(wildcard tests/unit/*.c)))

CORE_OBJ := $(CORE:%.c=$(BUILD)/obj/%.o)
SAN_OBJ  := $(CORE:%.c=$(BUILD)/san/%.o) $(UNIT_COMMON:%.c=$(BUILD)/san/%.o)
UNIT_BIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
SO       := $(BUILD)/memcg_dangling.so

STANDALONE     := $(sort $(wildcard standalone/*.c standalone/*/*.c))
STANDALONE_OBJ := $(STANDALONE:%.c=$(BUILD)/obj/%.o)
STANDALONE_LIBS := -lkdumpfile -laddrxlat -ldw -lelf -lbpf -lreadline
PROGRAM        := $(BUILD)/dangling
SAN_PROGRAM    := $(BUILD)/san/dangling
RAW_READ       := $(BUILD)/raw-read
RAW_READ_SO    := $(BUILD)/raw_read.so

# Made by a chain of rules, but kept: the sanitized objects serve many programs.
.SECONDARY: $(SAN_OBJ) $(UNIT:%.c=$(BUILD)/san/%.o)

# Short lines instead of commands, and none at all under -s.
IS_SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
QUIET = $(if $(V),,@$(if $(IS_SILENT),:,printf '  %-4s %s\n' $(1) $@);)

.DELETE_ON_ERROR:
.PHONY: all deps demo check check-unit check-demo check-dumps check-standalone check-matrix check-oracle lint bench install uninstall clean help

all: $(SO) $(PROGRAM)

help:
	@sed -n '/^# make/,/^$$/p' Makefile | sed 's/^# \{0,1\}//'

# ---- the extension ----

CRASH_VERSION = $(shell $(CRASH_BIN) --version 2>/dev/null | sed -n '1,/^crash /s/^crash //p')

# What the objects depend on beside their sources: they are built anew when one of these changes.
define SETTINGS
$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) WERROR=$(WERROR)
endef
define CRASH_SETTINGS
$(CRASH) $(CRASH_VERSION) $(shell cksum $(CRASH)/defs.h 2>/dev/null)
endef

$(BUILD)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' > $@

$(BUILD)/crash-settings: FORCE
	@mkdir -p $(@D)
	@test -r "$(CRASH)/defs.h" || { echo "CRASH=$(CRASH): there is no defs.h in it" >&2; exit 1; }
	@test -n "$(CRASH_VERSION)" || { echo "CRASH_BIN=$(CRASH_BIN): cannot be run, or does not tell" \
		"its version" >&2; exit 1; }
	@echo '$(CRASH_SETTINGS)' | cmp -s - $@ || echo '$(CRASH_SETTINGS)' > $@
FORCE:

# defs.h is not ours to warn about: it is a system header here.
$(BUILD)/obj/extensions/%.o: extensions/%.c $(BUILD)/settings $(BUILD)/crash-settings
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(WARNINGS) $(PIC) -isystem $(CRASH) \
		-DMCD_CRASH_VERSION='"$(CRASH_VERSION)"' -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(WARNINGS) $(PIC) -MMD -MP -c -o $@ $<

$(SO): $(BUILD)/obj/extensions/memcg_dangling.o $(CORE_OBJ) extensions/memcg_dangling.map
	$(call QUIET,LD)$(CC) -shared $(LDFLAGS) -Wl,--version-script=extensions/memcg_dangling.map -Wl,-z,now \
		-o $@ $(filter %.o,$^) $(CORE_LIBS)

# ---- the stand-alone program ----

$(BUILD)/obj/standalone/%.o: CPPFLAGS += -I.

$(PROGRAM): $(STANDALONE_OBJ) $(CORE_OBJ)
	$(call QUIET,LD)$(CC) $(LDFLAGS) -Wl,-z,now -o $@ $^ $(STANDALONE_LIBS) $(CORE_LIBS)

# What is installed: mode, source, destination.
define INSTALLED
0644 $(SO) $(EXTDIR)/memcg_dangling.so
0755 $(PROGRAM) $(PREFIX)/bin/dangling
0644 docs/dangling.1 $(MANDIR)/man1/dangling.1
0644 standalone/dangling.bash-completion $(DATADIR)/bash-completion/completions/dangling
0644 docs/report.schema.json $(DATADIR)/memcg-dangling/report.schema.json
endef
export INSTALLED

install: $(SO) $(PROGRAM)
	@echo "$$INSTALLED" | while read -r mode from to; do \
		echo "  INSTALL $(DESTDIR)$$to"; install -D -m "$$mode" "$$from" "$(DESTDIR)$$to" || exit; \
	done

uninstall:
	@echo "$$INSTALLED" | while read -r mode from to; do rm -f "$(DESTDIR)$$to"; done

# ---- tests ----

$(BUILD)/san/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(CSTD) $(CPPFLAGS) -Itests/unit $(SANITIZE) $(WARNINGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/standalone/%.o: CPPFLAGS += -I.

$(SAN_PROGRAM): $(STANDALONE:%.c=$(BUILD)/san/%.o) $(CORE:%.c=$(BUILD)/san/%.o)
	$(call QUIET,LD)$(CC) $(SANITIZE) -o $@ $^ $(STANDALONE_LIBS) $(CORE_LIBS)

# What benchmarks compare with: memory read, and nothing done with it.
$(RAW_READ): tests/raw-read/program.c $(BUILD)/settings
	$(call QUIET,CC)$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -o $@ $< -lkdumpfile

$(RAW_READ_SO): tests/raw-read/extension.c $(BUILD)/settings $(BUILD)/crash-settings
	$(call QUIET,CC)$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(PIC) -shared -isystem $(CRASH) -o $@ $<

# Of the program, a unit test has what it tests.
$(BUILD)/san/tests/unit/test_line.o: CPPFLAGS += -I.
$(BUILD)/unit/test_line: $(BUILD)/san/standalone/shell/line.o $(BUILD)/san/standalone/shell/complete.o \
	$(BUILD)/san/standalone/shell/names.o

$(BUILD)/unit/%: $(BUILD)/san/tests/unit/%.o $(SAN_OBJ)
	@mkdir -p $(@D)
	$(call QUIET,LD)$(CC) $(SANITIZE) -o $@ $^ -lcmocka $(CORE_LIBS)

# Set-up first, then a make that can rely on it: also under -j, whose job server "+" hands on, and
# on a bare machine.
SUBMAKE = +@$(MAKE) --no-print-directory

check-unit: deps
	$(SUBMAKE) $(UNIT_BIN)
	tests/run-unit $(UNIT_BIN)

check-demo: deps
	$(SUBMAKE) $(SO)
	BUILD=$(BUILD) bats tests/crash/demo.bats tests/crash/json.bats tests/crash/damage.bats tests/crash/session.bats

check-dumps: deps
	$(SUBMAKE) $(SO)
	BUILD=$(BUILD) bats tests/crash/dumps.bats

check-standalone: deps
	$(SUBMAKE) all $(SAN_PROGRAM) $(RAW_READ)
	BUILD=$(BUILD) bats tests/standalone
	BUILD=$(BUILD) tests/bench-start --check
	BUILD=$(BUILD) tests/bench-ledger --check

MATRIX ?= all
check-matrix: deps
	$(SUBMAKE) all
	BUILD=$(BUILD) tests/matrix $(MATRIX)

check-oracle: deps
	$(SUBMAKE) all
	BUILD=$(BUILD) tests/oracle/check $(DUMPS)

check: deps
	$(SUBMAKE) check-unit WERROR=1
	$(SUBMAKE) lint WERROR=1
	$(SUBMAKE) check-demo WERROR=1
	$(SUBMAKE) check-dumps WERROR=1
	$(SUBMAKE) check-standalone WERROR=1
	$(SUBMAKE) check-matrix MATRIX=ci WERROR=1

lint: deps
	$(SUBMAKE) all
	tests/lint $(BUILD)

bench: deps
	$(SUBMAKE) all $(RAW_READ) $(RAW_READ_SO)
	BUILD=$(BUILD) tests/bench
	BUILD=$(BUILD) tests/bench-start
	BUILD=$(BUILD) tests/bench-ledger

demo:
	@scripts/install-deps build
	$(SUBMAKE) $(SO)
	@BUILD=$(BUILD) scripts/demo

# What building and testing need; does nothing where it is installed.
deps:
	@scripts/install-deps

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
