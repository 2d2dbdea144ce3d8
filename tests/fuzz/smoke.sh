#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# smoke.sh BUILD [TALLY]: a few seconds of each fuzzer that was built there (-Dfuzzers=true with clang), in TAP. Its own
# corpus, the mails and the dialogues of the other tests are where it begins. What it finds new is not kept; what breaks it is
# left in BUILD/fuzz-faults. A line of TALLY for each, as tests/tally.py reads them.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
[ $# -ge 1 ] || { printf 'usage: %s BUILD [TALLY]\n' "$0" >&2; exit 64; }
build=$1 tally=${2:-/dev/null} seconds=${FUZZ_SECONDS:-5} number=0 status=0
export UBSAN_OPTIONS=print_stacktrace=1 G_SLICE=always-malloc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$build/fuzz-faults" "$work/seeds"

# What the servers say, and behind it choices for the caller: none, and how the session is set up.
for dialogue in tests/dialogues/*.dialogue; do
  {
    sed -n 's/^S: \(.*\)/\1\r/p' "$dialogue"
    head -c 48 /dev/zero
    case $(grep '^setup:' "$dialogue") in
      *lmtp*) printf '\1\0\1' ;;
      *login*) printf '\0\0\10' ;;
      *starttls=required*) printf '\0\0\4' ;;
      *) printf '\1\45\0' ;;
    esac
  } > "$work/seeds/$(basename "$dialogue" .dialogue)"
done

# run NAME FOLDER...
run () {
  local name=$1
  shift
  mkdir "$work/$name" &&
    timeout -k 5 60 "$build/tests/fuzz/fuzz-$name" -seed=1 -runs=20000 -max_total_time="$seconds" -rss_limit_mb=512 -timeout=10 -max_len=8192 \
      -print_final_stats=1 -artifact_prefix="$build/fuzz-faults/$name-" "$work/$name" "$@" > "$work/$name.log" 2>&1 < /dev/null
}

printf '1..%d\n' "$(find tests/fuzz -name 'fuzz-*.c' | wc -l)"
for source in tests/fuzz/fuzz-*.c; do
  name=$(basename "$source" .c)
  name=${name#fuzz-}
  folders=("tests/fuzz/corpus/$name")
  case $name in
    core) folders+=("$work/seeds") ;;
    walk) folders+=(tests/data/mail) ;;
  esac
  number=$((number + 1))
  if run "$name" "${folders[@]}"; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
    printf 'ok %d - fuzz/%s # %s runs\n' "$number" "$name" "$runs"
    printf 'fuzz-%s 1 0\n' "$name" >> "$tally"
  else
    status=1
    printf 'not ok %d - fuzz/%s\n' "$number" "$name"
    printf 'fuzz-%s 0 1\n' "$name" >> "$tally"
    tail -n 40 "$work/$name.log" | sed 's/^/# /'
  fi
done
exit $status
