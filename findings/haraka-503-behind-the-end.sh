#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Haraka offers PIPELINING, and since 3.3.4 answers 503 to each command that came in one packet with the final dot.
#
# Versions   Haraka 3.3.4 and, for comparison, 3.3.3 (npm).
# Seen       One write of the end of a message and, behind it, RSET, MAIL, RCPT (RFC 2920, 3.1: all three may stand anywhere in
#            a group, and a client may begin the next one behind the end of a message). 3.3.4: "250" for the message, then
#            three times "503 Bad sequence of commands - pipelined after end of DATA"; the same lines, sent when the 250 has
#            been read, are taken. 3.3.3 takes them both ways. EHLO offers PIPELINING in both.
# The guess  A server that takes MAIL, RCPT and DATA in one packet takes MAIL in the packet of the final dot; a patch release
#            does not change what PIPELINING means; and 503 to MAIL is a fault of the client's, so it is permanent.
# Matters    A client that sends many messages over one connection loses every second one: 5yz is "refused for good", and it
#            is to a message that was not looked at. It depends on how the network cuts the packets, so it comes and goes.
set -euo pipefail
export LC_ALL=C.UTF-8
folder=$(mktemp -d)
server=
trap 'kill $server 2> /dev/null || :; rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p site/config site/plugins
printf 'tell\n' > site/config/plugins
printf 'mail.example.test\n' > site/config/me
cat > site/plugins/tell.js <<'END'
exports.hook_rcpt = (next) => next(OK)
exports.hook_queue = (next) => next(OK, '2.0.0 kept')
END
cat > ask.py <<'END'
import socket
import sys


def read(lines, count):
    """So many replies: their last lines."""
    found = []
    while len(found) < count:
        line = lines.readline().decode().strip()
        if line[3:4] == " ":
            found.append(line)
    return found


def ask(together):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as client:
        lines = client.makefile("rb")
        read(lines, 1)
        client.sendall(b"EHLO client.example.test\r\n")
        read(lines, 1)
        first = b"MAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\n"
        client.sendall(first + b"DATA\r\n")
        read(lines, 3)
        end, behind = b"Subject: x\r\n\r\nx\r\n.\r\n", b"RSET\r\n" + first
        if together:
            client.sendall(end + behind)
            return read(lines, 4)
        client.sendall(end)
        replies = read(lines, 1)
        client.sendall(behind)
        return replies + read(lines, 3)


for together in (True, False):
    replies = ask(together)
    print("  in one packet:" if together else "  in two:", *replies, sep="\n    ")
    print("codes", *(reply[:3] for reply in replies))
END

try () {  # VERSION: prints the replies; the last word of each "codes" line is what is compared
  mkdir "$1"
  npm install --prefix "$1" --ignore-scripts --omit=optional --no-audit --no-fund "Haraka@$1" > npm.log 2>&1 || { cat npm.log; exit 1; }
  cp "$1/node_modules/Haraka/config/connection.ini" site/config
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  printf 'listen=127.0.0.1:%s\nnodes=0\n' "$port" > site/config/smtp.ini
  node "$1/node_modules/Haraka/bin/haraka" -c site > "$1.log" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    (: > "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break
    kill -0 $server || { cat "$1.log"; exit 1; }
    sleep 0.1
  done
  echo "Haraka $1"
  timeout 40 python3 ask.py "$port" | tee "$1.out"
  kill $server
  wait $server || :
}

try 3.3.3
try 3.3.4
grep -q '^codes 250 250 250 250$' 3.3.3.out
[ "$(grep ^codes 3.3.3.out | uniq | wc -l)" = 1 ]
[ "$(grep ^codes 3.3.4.out | tr '\n' ,)" = "codes 250 503 503 503,codes 250 250 250 250," ]
