#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# demo.sh BUILD: sends two messages to a receiver on this machine, and shows what arrived.
set -euo pipefail
build=$1
here=$(dirname "$(readlink -f "$0")")
data=$(readlink -f "$here/../../data")
mimesend=$build/tools/mimesend
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/arrived"

show () { printf "\n\$"; printf " %q" "$@"; printf "\n"; "$@"; }

printf '== A receiver on a free port of the loopback, until two messages have come\n'
exec {sink}< <(exec "$mimesend" sink --listen 127.0.0.1:0 --eml "$folder/arrived" --count 2 2>&1)
receiver=$!
trap 'kill "$receiver" 2> /dev/null || true; rm -rf "$folder"' EXIT
read -r -t 20 line <&"$sink"
port=$(grep -oE ':[0-9]+' <<< "$line" | tail -n 1 | tr -d :)
printf '%s\n' "$line"

printf '\n== From C: construct a part, open it as a stream, send the stream (%s)\n' construct-then-stream.c
# From the build as it lies there; with an installed library pkg-config says it all.
PKG_CONFIG_PATH=$build/meson-uninstalled pkg-config --cflags --libs libmimesend-1 > "$folder/flags"
xargs -a "$folder/flags" cc -I "$here/../.." -I "$build" -o "$folder/construct-then-stream" "$here/construct-then-stream.c"
LD_LIBRARY_PATH=$build/libmimesend show "$folder/construct-then-stream" "127.0.0.1:$port" joe@example.com jimmy@example.org

printf '\n== From the command: a letter with text, HTML and two attachments\n'
show "$mimesend" -S "smtp://127.0.0.1:$port" --from 'Jo Müller <joe@example.com>' -t 'Jimmy <jimmy@example.org>' \
  --bcc hidden@example.org -s 'Grüße, with two attachments' --text "$data/letter.txt" --html "$data/letter.html" \
  -a "$data/figure.png" -a "$data/paper.pdf"

wait "$receiver" || true
trap 'rm -rf "$folder"' EXIT # the number may be another process's by now
printf '\n== What arrived\n'
arrived=("$folder/arrived"/*.eml)
[ "${#arrived[@]}" -eq 2 ]
show "$mimesend" show "${arrived[@]}" | tee "$folder/shown"
for original in "$data/figure.png" "$data/paper.pdf"; do
  sum=$(sha256sum < "$original")
  sum=${sum%% *}
  grep -qF "sha256 $sum" "$folder/shown" || { printf '%s: DIFFERENT or missing\n' "${original##*/}"; exit 1; }
  printf '%s: sent sha256 %s, arrived equal\n' "${original##*/}" "$sum"
done
