#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A test of something that sends mail, in the shell: the receiver is `mimesend sink`, the sender here is the command.
set -eu
work=$(mktemp -d)
sink=
trap 'kill $sink 2> /dev/null; rm -r "$work"' EXIT

# start_sink OPTION...: a sink on a free port; $server is where it listens.
start_sink () {
  [ -z "$sink" ] || { kill $sink; wait $sink || :; rm "$work/lines"; }
  mkfifo "$work/lines"
  mimesend sink --eml "$work/arrived" "$@" > "$work/lines" &
  sink=$!
  exec 3< "$work/lines"
  read -r _ _ server <&3 # "listening on 127.0.0.1:40123": comes once it listens, so there is nothing to sleep for
}

# send RECIPIENT...: $status is the exit code.
send () {
  status=0
  printf 'Subject: test\n\ntext\n' |
    mimesend -S "$server" -f joe@example.com --message - "$@" > "$work/out" 2>&1 || status=$?
}

expect () { [ "$1" = "$2" ] || { printf 'got %s, not %s\n' "$1" "$2"; cat "$work/out"; exit 1; }; }

# The second recipient is refused: the first has the message, the exit code says that somebody has not.
start_sink --script 'RCPT#2 reply 550 5.1.1 no such user'
send a@example.org b@example.org
expect "$status" 67
read -r _ id _ _ _ to _ <&3 # "message ID from <joe@example.com> to <a@example.org>, 24 octets, …"
expect "$to" '<a@example.org>,'
grep -q '^Subject: test' "$work/arrived/$id.eml"

# 350 ms a reply: slow, but it arrives.
start_sink --script '* delay 350ms'
send a@example.org
expect "$status" 0

# The connection is dropped after the dot: nobody can know, and the exit code says so.
start_sink --script 'DOT drop' --hide CHUNKING
send a@example.org
expect "$status" 74
