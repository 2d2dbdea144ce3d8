#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A test of something that sends mail, in the shell: the receiver is `mimesend sink`, the sender here is the command.
set -eu
work=$(mktemp -d)
sink=
trap 'stop_sink; rm -r "$work"' EXIT
trap 'exit 1' HUP INT TERM # a test that is stopped leaves no sink behind

stop_sink () {
  [ -n "$sink" ] || return 0
  kill "$sink" || :
  wait "$sink" || :
  sink= # from here on the number may be another process's
}

# start_sink OPTION...: a sink on a free port; $server is where it listens. After a minute it ends, and with it the lines that
# are waited for and the connections: whatever goes wrong, the test fails instead of waiting for ever.
start_sink () {
  stop_sink
  rm -f "$work/lines"
  mkfifo "$work/lines"
  timeout 60 mimesend sink --eml "$work/arrived" "$@" > "$work/lines" &
  sink=$!
  exec 3< "$work/lines"
  read -r _ _ server <&3 # "listening on 127.0.0.1:40123": comes once it listens, so there is nothing to sleep for
}

# next WORD: the next line that begins with it, in $line; refused commands and closed connections have lines of their own.
next () {
  while read -r line <&3; do
    case $line in "$1 "*) return ;; esac
  done
  echo "the sink ended without a line that begins with \"$1\""
  exit 1
}

# send RECIPIENT...: $status is the exit code.
send () {
  status=0
  printf 'Subject: test\n\ntext\n' |
    mimesend -S "$server" -f joe@example.com --message - "$@" > "$work/out" 2>&1 || status=$?
}

expect () { [ "$1" = "$2" ] || { printf 'got %s, not %s\n' "$1" "$2"; cat "$work/out"; exit 1; }; }

# The second recipient is refused: the first has the message, the exit code says that one has not.
start_sink --script 'RCPT#2 reply 550 5.1.1 no such user'
send a@example.org b@example.org
expect "$status" 67
next message # "message ID from <joe@example.com> to <a@example.org>, 24 octets, …"
expect "${line#* to }" "<a@example.org>, ${line#* to <a@example.org>, }"
id=${line#message }
grep -q '^Subject: test' "$work/arrived/${id%% *}.eml"

# 350 ms a reply: slow, but it arrives.
start_sink --script '* delay 350ms'
send a@example.org
expect "$status" 0

# The connection is dropped after the dot: the outcome is unknown, and the exit code says so.
start_sink --script 'DOT drop' --hide CHUNKING
send a@example.org
expect "$status" 74
