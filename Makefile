# SPDX-License-Identifier: GPL-2.0-or-later
#
# make              the extension, build/memcg_dangling.so
# make demo         opens the committed dump in crash and prints the report
# make check        every test; make check-unit, check-demo, check-dumps, lint are its parts
# make help         all targets
#
# CRASH=DIR         build against the defs.h of another crash (its source tree, or a directory that
#                   holds defs.h); CRASH_BIN names its binary, which tells the version to accept
# BUILD=DIR         where everything is built (default: build)

BUILD     ?= build
PREFIX    ?= /usr
CRASH     ?= /usr/include/crash
CRASH_BIN ?= $(firstword $(wildcard $(CRASH)/crash) crash)
EXTDIR    ?= $(PREFIX)/lib/crash/extensions

CC       ?= cc
CSTD     := -std=gnu11
WARNINGS := -Wall -Wextra -Wshadow -Wformat=2 -Wvla -Wmissing-prototypes -Wstrict-prototypes \
            -Wimplicit-fallthrough $(if $(WERROR),-Werror)
CFLAGS   ?= -O2 -g
CPPFLAGS += -Iinclude -D_GNU_SOURCE
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2
PIC      := -fPIC -fvisibility=hidden
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

CORE := $(sort $(wildcard src/*/*.c))
UNIT := $(sort $(wildcard tests/unit/test_*.c))
UNIT_COMMON := $(filter-out $(UNIT),$(sort $(wildcard tests/unit/*.c)))

CORE_OBJ := $(CORE:%.c=$(BUILD)/obj/%.o)
SAN_OBJ  := $(CORE:%.c=$(BUILD)/san/%.o) $(UNIT_COMMON:%.c=$(BUILD)/san/%.o)
UNIT_BIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
SO       := $(BUILD)/memcg_dangling.so

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps demo check check-unit check-demo check-dumps lint bench install clean help

all: $(SO)

help:
	@sed -n '/^# make/,/^$$/p' Makefile | sed 's/^# \{0,1\}//'
	@echo 'Targets: all deps demo check check-unit check-demo check-dumps lint bench install clean'

# ---- the extension ----

# crash's version is part of the object, so that a new crash rebuilds it.
CRASH_VERSION = $(shell $(CRASH_BIN) --version 2>/dev/null | sed -n '1,/^crash /s/^crash //p')

$(BUILD)/crash-version: FORCE
	@mkdir -p $(@D)
	@test -n "$(CRASH_VERSION)" || { echo "$(CRASH_BIN): no such crash; set CRASH_BIN" >&2; exit 1; }
	@echo '$(CRASH_VERSION)' | cmp -s - $@ || echo '$(CRASH_VERSION)' > $@
FORCE:

# defs.h is not ours to warn about: it is a system header here.
$(BUILD)/obj/extensions/%.o: extensions/%.c $(BUILD)/crash-version
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(WARNINGS) $(PIC) -isystem $(CRASH) \
		-DMCD_CRASH_VERSION='"$(CRASH_VERSION)"' -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(WARNINGS) $(PIC) -MMD -MP -c -o $@ $<

$(SO): $(BUILD)/obj/extensions/memcg_dangling.o $(CORE_OBJ) extensions/memcg_dangling.map
	$(CC) -shared $(LDFLAGS) -Wl,--version-script=extensions/memcg_dangling.map -Wl,-z,now \
		-o $@ $(filter %.o,$^)

install: $(SO)
	install -D -m 0644 $(SO) $(DESTDIR)$(EXTDIR)/memcg_dangling.so

# ---- tests ----

$(BUILD)/san/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(CPPFLAGS) -Itests/unit $(SANITIZE) $(WARNINGS) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%: $(BUILD)/san/tests/unit/%.o $(SAN_OBJ)
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ -lcmocka

check-unit: deps $(UNIT_BIN)
	tests/run-unit $(UNIT_BIN)

check-demo: deps $(SO)
	BUILD=$(BUILD) bats tests/crash/demo.bats tests/crash/damage.bats tests/crash/session.bats

check-dumps: deps $(SO)
	BUILD=$(BUILD) bats tests/crash/dumps.bats

check: deps
	$(MAKE) check-unit WERROR=1
	$(MAKE) lint
	$(MAKE) check-demo WERROR=1
	$(MAKE) check-dumps WERROR=1

lint: deps
	tests/lint $(BUILD)

bench: deps $(SO)
	BUILD=$(BUILD) tests/bench

demo: deps
	@$(MAKE) --no-print-directory $(SO)
	@BUILD=$(BUILD) scripts/demo

# What building and testing need; does nothing where it is installed.
deps:
	@scripts/install-deps

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
