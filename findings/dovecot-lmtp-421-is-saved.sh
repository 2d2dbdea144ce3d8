#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Dovecot's LMTP server that is told to stop as a message ends saves the message and answers 421.
#
# Versions   dovecot-lmtpd 2.3.19.1 (Debian 12). Root is needed: it is unpacked and laid over /usr in a namespace of its own.
# Seen       The end of a message to two recipients stands in the socket and SIGTERM is pending when the process reads on. One
#            reply for the two: "421 4.3.2 mail.example.test Shutting down", and the connection is closed. Both mailboxes have
#            the message. Every time; the process is held with SIGSTOP here so that it need not be tried a thousand times.
# The guess  4yz behind the final dot is a certain "not accepted, try again" (RFC 5321, 4.2.1), and 421 is what a server says
#            instead of doing something. So a client queues the message again.
# Matters    Each stop of a busy server (systemd sends SIGTERM to every process of a unit) doubles the mail that ends just
#            then, and an LMTP client has to take "in doubt" for the meaning of a reply that is clear by its code. Postfix, Exim,
#            OpenSMTPD, Sendmail, Courier and Cyrus, held in the same way, either keep the message and say so or do neither.
set -euo pipefail
export LC_ALL=C.UTF-8
[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
version="1:2.3.19.1+dfsg1-2.1*"  # of any security update
wanted="dovecot-core=$version dovecot-lmtpd=$version"
needed () { apt-get -q --simulate install --no-install-recommends $wanted | sed -n 's/^Inst \([^ ]*\) (.*/\1/p' | grep -v '^dovecot-'; }
fetch () { others=$(needed) && apt-get -q download $wanted $others; }
{ fetch || { apt-get -q update && fetch; }; } > apt.log 2>&1 || { cat apt.log; exit 1; }
mkdir root
for package in *.deb; do dpkg -x "$package" root; done
mkdir -p etc boxes run
for table in passwd group; do cp "/etc/$table" etc; done
for name in dovecot:64991 dovenull:64992 box:64993; do
  echo "${name%:*}:x:${name#*:}:${name#*:}::/nonexistent:/bin/sh" >> etc/passwd
  echo "${name%:*}:x:${name#*:}:" >> etc/group
done
chown 64993:64993 boxes
cat > dovecot.conf <<END
base_dir = $folder/run/base
state_dir = $folder/run/state
log_path = $folder/dovecot.log
protocols = lmtp
ssl = no
hostname = mail.example.test
first_valid_uid = 100
mail_location = maildir:$folder/boxes/%u:INDEX=MEMORY
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=64993 gid=64993 home=/nonexistent allow_all_users=yes
}
service lmtp {
  unix_listener $folder/lmtp {
    mode = 0666
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
END

cat > ask.py <<'END'
import os
import signal
import socket
import sys
import time

FOLDER = sys.argv[1]


def until(condition):
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            sys.exit("it takes too long")
        time.sleep(0.01)


def state(process):
    with open("/proc/%d/stat" % process) as file:
        return file.read().rpartition(")")[2].split()[0]


def server():
    """The one LMTP process: it has no other client."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % name) as file:
                if file.read().startswith("dovecot/lmtp"):
                    found.append(int(name))
        except OSError:
            pass
    return found


def say(client, octets, last):
    client.sendall(octets)
    said = b""
    while not said.splitlines() or not said.endswith(b"\r\n") or not said.splitlines()[-1].startswith(last):
        more = client.recv(4096)
        if not more:
            sys.exit("closed: %r" % said)
        said += more


def once():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(FOLDER + "/lmtp")
    say(client, b"", b"220 ")
    say(client, b"LHLO x\r\n", b"250 ")
    say(client, b"MAIL FROM:<a@example.test>\r\n", b"250 ")
    for name in (b"ann", b"bob"):
        say(client, b"RCPT TO:<%s@example.test>\r\n" % name, b"250 ")
    say(client, b"DATA\r\n", b"354 ")
    client.sendall(b"Subject: x\r\n\r\nx\r\n")
    process, = server()
    until(lambda: state(process) == "S")
    os.kill(process, signal.SIGSTOP)
    until(lambda: state(process) == "T")
    client.sendall(b".\r\n")
    os.kill(process, signal.SIGTERM)
    os.kill(process, signal.SIGCONT)
    said = b""
    while more := client.recv(4096):
        said += more
    until(lambda: process not in server())
    return said


until(lambda: os.path.exists(FOLDER + "/lmtp"))
replies = [once() for _ in range(3)]
for reply in replies:
    print("behind the end:", *reply.decode().splitlines(), "(closed)")
saved = {name: len(os.listdir("%s/boxes/%s/new" % (FOLDER, name))) for name in sorted(os.listdir(FOLDER + "/boxes"))}
print("saved:", saved)
sys.exit(0 if all(reply == b"421 4.3.2 mail.example.test Shutting down\r\n" for reply in replies)
         and list(saved.values()) == [3, 3] else 1)
END

cat > inside.sh <<'END'
set -e
mount -t overlay overlay -o "lowerdir=$1/root/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$1/etc:/etc" /etc
dovecot -F -c "$1/dovecot.conf" &
timeout 45 /usr/bin/python3 -B "$1/ask.py" "$1"
END
status=0
unshare --mount --pid --fork --kill-child --mount-proc --propagation private bash inside.sh "$folder" || status=$?
[ $status = 0 ] || cat dovecot.log
exit $status
