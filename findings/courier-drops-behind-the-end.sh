#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Courier offers PIPELINING and never answers what came in one packet with the final dot.
#
# Versions   courier-mta 1.0.16 (Debian 12). Root is needed: it is unpacked and laid over /usr in a mount namespace of its own.
# Seen       MAIL, RCPT and DATA in one write: three replies. Then one write of the end of the message and, behind it, RSET and
#            MAIL: "250 Ok." for the message and nothing more, ever; the next NOOP is answered at once, and its 250 is what a
#            client that counts takes for RSET's. The same lines, sent when the 250 has been read, are answered.
# The guess  A server that takes commands in groups keeps what stands behind the dot: RFC 2920, 3.2 forbids to "lose the
#            contents of the TCP input buffer under any circumstances whatsoever".
# Matters    A client that begins the next message behind the end of the last one waits for MAIL's reply until its time-out
#            (RFC 5321: five minutes), once a message. Nothing is refused and nothing closed, so nothing says why; and a client
#            that sends something else meanwhile matches every later reply to the wrong command.
set -euo pipefail
export LC_ALL=C.UTF-8
[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
fetch () { apt-get -q download "$@" > apt.log 2>&1 || { apt-get -q update && apt-get -q download "$@"; } > apt.log 2>&1 || { cat apt.log; exit 1; }; }
fetch courier-mta=1.0.16-3+b6 courier-base=1.0.16-3+b6 courier-authlib=0.71.4-1+b2 libcourier-unicode4=2.1.2-2+b2
mkdir root
for package in *.deb; do dpkg -x "$package" root; done

cat > ask.py <<'END'
import select
import socket
import subprocess
import sys

server, ours = socket.socketpair()
environment = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "BOFHCHECKDNS": "0", "RELAYCLIENT": "",
               "TCPREMOTEIP": "127.0.0.1", "TCPREMOTEPORT": "1025", "TCPLOCALIP": "127.0.0.1", "TCPLOCALPORT": "25"}
subprocess.Popen(["/usr/sbin/courieresmtpd"], stdin=server, stdout=server, stderr=subprocess.DEVNULL, env=environment)
server.close()
lines = ours.makefile("rb", 0)


def read(seconds=10):
    """The next reply's last line, or None."""
    while select.select([ours], [], [], seconds)[0]:
        line = lines.readline().decode().strip()
        if line[3:4] != "-":
            return line
    return None


def say(octets, replies):
    ours.sendall(octets)
    found = [read() for _ in range(replies)]
    print(octets, "->", *found, sep="\n    ")
    return [reply[:3] for reply in found]


MESSAGE, BEHIND = b"Subject: x\r\n\r\nx\r\n.\r\n", b"RSET\r\nMAIL FROM:<a@example.test>\r\n"
GROUP = b"MAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"
read()
say(b"EHLO client.example.test\r\n", 1)
apart = say(GROUP, 3) + say(MESSAGE, 1) + say(BEHIND, 2)
say(b"RSET\r\n", 1)
together = say(GROUP, 3) + say(MESSAGE + BEHIND, 1)
more = read(10)
print("    ten seconds later:", more or "nothing")
alive = say(b"NOOP\r\n", 1)
say(b"QUIT\r\n", 1)
sys.exit(0 if (apart, together, more, alive) == (["250", "250", "354", "250", "250", "250"], ["250", "250", "354", "250"],
                                                 None, ["250"]) else 1)
END

cat > inside.sh <<'END'
set -e
mount -t overlay overlay -o "lowerdir=$1/root/usr:/usr" /usr
mkdir -p "$1"/lib/courier/{msgs,msgq,tmp,allfilters,filters,track} "$1/etc"
cp -r "$1/root/etc/courier" "$1/etc"
echo mail.example.test > "$1/etc/courier/me"
for table in passwd group; do cp "/etc/$table" "$1/etc"; done
echo courier:x:64999:64999::/:/bin/sh >> "$1/etc/passwd"
echo courier:x:64999: >> "$1/etc/group"
chown -R 64999:64999 "$1/lib/courier"
mount -t overlay overlay -o "lowerdir=$1/etc:/etc" /etc
mount --bind "$1/lib" /var/lib
exec timeout 50 /usr/bin/python3 -B "$1/ask.py"
END
unshare --mount --propagation private bash inside.sh "$folder"
