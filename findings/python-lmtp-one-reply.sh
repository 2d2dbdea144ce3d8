#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Python's LMTP client reads one reply for all recipients, aiosmtpd's LMTP server writes one: each hides the other's fault.
#
# Versions   smtplib.LMTP of Python 3.11.2 (the same in 3.8 to 3.13), aiosmtpd.lmtp.LMTP 1.4.3 (Debian).
# Seen       Behind the end of a message to ann and bob a server answers as RFC 2033, 4.2 has it, one reply a recipient:
#            "250 <ann> saved", "452 <bob> is full". sendmail () returns {}: nobody refused. The 452 is then read as the reply
#            to QUIT; over a connection that goes on, as the reply to the next RSET or MAIL, and so on, one behind for ever.
#            aiosmtpd.lmtp.LMTP, given two recipients and a handler that returns "250 OK" (as in its manual), writes one reply.
#            The two together work.
# The guess  A class called LMTP, in the standard library and in the server that test suites use, has what LMTP is there
#            for: a reply for each recipient.
# Matters    A deferred or refused recipient is told as delivered, and no bounce is ever written; and a test of an LMTP client
#            against aiosmtpd, or of an LMTP server by smtplib, proves the contrary of what it says.
set -euo pipefail
export LC_ALL=C.UTF-8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fetch () { apt-get -q download "$@" > apt.log 2>&1 || { apt-get -q update && apt-get -q download "$@"; } > apt.log 2>&1 || { cat apt.log; exit 1; }; }
fetch python3-aiosmtpd=1.4.3-1.1+deb12u1 python3-attr=22.2.0-1 python3-public=2.3-4
for package in *.deb; do dpkg -x "$package" .; done

PYTHONPATH=$folder/usr/lib/python3/dist-packages timeout 50 /usr/bin/python3 -B - <<'END'
import asyncio
import platform
import smtplib
import socket
import sys
import threading

from aiosmtpd.lmtp import LMTP
import aiosmtpd

print("Python %s, aiosmtpd %s" % (platform.python_version(), aiosmtpd.__version__))


def rfc2033(listener):
    """A server with one reply for each recipient."""
    client, _ = listener.accept()
    lines = client.makefile("rwb", 0)

    def say(*replies):
        lines.write(b"".join(reply + b"\r\n" for reply in replies))

    say(b"220 ready")
    while line := lines.readline():
        if line.upper() == b"DATA\r\n":
            say(b"354 go on")
            while lines.readline() != b".\r\n":
                pass
            say(b"250 2.1.5 <ann> saved", b"452 4.2.2 <bob> is full")
        elif line.upper() == b"QUIT\r\n":
            say(b"221 2.0.0 bye")
            return
        else:
            say(b"250 2.0.0 ok")


MESSAGE = "Subject: x\r\n\r\nx\r\n"
listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=rfc2033, args=(listener,), daemon=True).start()
client = smtplib.LMTP(*listener.getsockname())
refused = client.sendmail("a@example.test", ["ann@example.test", "bob@example.test"], MESSAGE)
print("smtplib.LMTP, ann 250 and bob 452: refused =", refused)
quit_reply = client.quit()
print("... and the reply to QUIT =", quit_reply)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"


loop = asyncio.new_event_loop()
server = loop.run_until_complete(loop.create_server(lambda: LMTP(Handler()), "127.0.0.1", 0))
threading.Thread(target=loop.run_forever, daemon=True).start()
address = server.sockets[0].getsockname()
with socket.create_connection(address) as raw:
    lines = raw.makefile("rwb", 0)
    lines.readline()
    for command, last in ((b"LHLO x", b"250 "), (b"MAIL FROM:<a@example.test>", b"250 "),
                          (b"RCPT TO:<ann@example.test>", b"250 "), (b"RCPT TO:<bob@example.test>", b"250 "),
                          (b"DATA", b"354 ")):
        lines.write(command + b"\r\n")
        while not lines.readline().startswith(last):
            pass
    lines.write(b"Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n")
    replies = 0
    while not (reply := lines.readline()).startswith(b"221"):
        print("aiosmtpd.lmtp.LMTP behind the end:", reply.decode().strip())
        replies += 1
print("aiosmtpd.lmtp.LMTP: replies to a message to two =", replies)

with smtplib.LMTP(*address) as client:
    both = client.sendmail("a@example.test", ["ann@example.test", "bob@example.test"], MESSAGE)
print("the one with the other: refused =", both)
sys.exit(0 if (refused, quit_reply[0], replies, both) == ({}, 452, 1, {}) else 1)
END
