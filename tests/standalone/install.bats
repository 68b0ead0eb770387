#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts where, and that the manual page and the completion know every option.

setup_file() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    build=$(realpath "${BUILD:-$top/build}")
    export top build
    make -s -C "$top" install BUILD="$build" DESTDIR="$BATS_FILE_TMPDIR/root" PREFIX=/opt/mcd
    export prefix=$BATS_FILE_TMPDIR/root/opt/mcd
}

# Every long option of the three commands, as their --help has them.
long_options() {
    local use
    for use in '' shell batch; do
        # shellcheck disable=SC2086 # nothing is no argument
        "$prefix/bin/dangling" $use --help
    done | grep -oE '(^|[ ,[])--[a-z][a-z-]*' | grep -oE -- '--.*' | sort -u
}

@test "everything is installed, and what is installed runs" {
    [ -e "$prefix/lib/crash/extensions/memcg_dangling.so" ]
    [ -e "$prefix/share/man/man1/dangling.1" ]
    [ -e "$prefix/share/memcg-dangling/report.schema.json" ]
    [ "$("$prefix/bin/dangling" --version | head -1)" = "dangling $(sed -n 's/.*MCD_VERSION "\(.*\)"/\1/p' "$top/include/mcd/version.h")" ]
}

@test "the manual page is clean and has every option and the version" {
    [ -z "$(groff -man -Tutf8 -ww "$prefix/share/man/man1/dangling.1" 2>&1 > /dev/null)" ]
    man=$(sed 's/\\//g' "$prefix/share/man/man1/dangling.1")
    [ "$(long_options | wc -l)" -gt 12 ]
    for option in $(long_options); do
        grep -qF -e "$option" <<< "$man" || { echo "no $option"; return 1; }
    done
    grep -qF "memcg-dangling $(sed -n 's/.*MCD_VERSION "\(.*\)"/\1/p' "$top/include/mcd/version.h")" <<< "$man"
}

# complete WORD…: what bash offers for the last word.
complete_words() {
    bash -c '
        . /usr/share/bash-completion/bash_completion
        . "$1"
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _dangling
        printf "%s\n" "${COMPREPLY[@]}"' bash \
        "$prefix/share/bash-completion/completions/dangling" "$prefix/bin/dangling" "$@"
}

@test "the completion offers options, commands and files" {
    cd "$BATS_TEST_TMPDIR"
    touch vmcore-1
    [ "$(complete_words --li)" = $'--limit=\n--list' ]
    [ "$(complete_words batch --res)" = --resume ]
    [ "$(complete_words sh)" = shell ]
    [ "$(complete_words vmc)" = vmcore-1 ]
    [ "$(complete_words -o vmc)" = vmcore-1 ]
}

@test "make uninstall leaves no file" {
    cp -r "$BATS_FILE_TMPDIR/root" "$BATS_TEST_TMPDIR/root"
    make -s -C "$top" uninstall BUILD="$build" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/opt/mcd
    [ -z "$(find "$BATS_TEST_TMPDIR/root" -type f)" ]
}
