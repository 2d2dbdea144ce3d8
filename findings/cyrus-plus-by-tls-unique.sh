#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cyrus offers SCRAM-SHA-256-PLUS under TLS 1.3 and means tls-unique, which TLS 1.3 does not have; tls-exporter gets 501.
#
# Versions   cyrus-common 3.6.1 with Cyrus SASL 2.1.28 and OpenSSL 3.0 (Debian 12), its LMTP server. Root is needed: it is
#            unpacked and laid over /usr in a namespace of its own.
# Seen       Over TLS 1.3: "p=tls-unique", with the Finished octets that OpenSSL still gives out, is 235. "p=tls-exporter" (RFC
#            9266) and "p=tls-server-end-point" (RFC 5929) are answered with the server's nonce and salt like any other, and
#            only behind the client's proof with "501 5.5.4 undefined error!", not 535. The same password without -PLUS is 235.
# The guess  A server that offers -PLUS under TLS 1.3 supports the one binding that is registered for it; one that does not
#            know the binding says so at the first message; and 501 is for a command line that cannot be read.
# Matters    RFC 8446, C.5 has no tls-unique and GnuTLS gives none out over TLS 1.3: a client that takes the strongest
#            mechanism that is offered never gets in, with the right password. 501 is not the code that makes a client, or
#            its user, think of the mechanism or the password; -PLUS has to be left out by hand.
set -euo pipefail
export LC_ALL=C.UTF-8
[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
wanted="cyrus-common=3.6.1-4* sasl2-bin=2.1.28* libsasl2-modules=2.1.28*"  # of any security update
needed () { apt-get -q --simulate install --no-install-recommends $wanted | sed -n 's/^Inst \([^ ]*\) (.*/\1/p' | grep -v -e '^exim4' -e '^cyrus' -e '^sasl2-bin' -e '^libsasl2-modules$'; }
fetch () { others=$(needed) && apt-get -q download $wanted $others; }
{ fetch || { apt-get -q update && fetch; }; } > apt.log 2>&1 || { cat apt.log; exit 1; }
mkdir root
for package in *.deb; do dpkg -x "$package" root; done
mkdir -p etc run state/db state/socket spool
for table in passwd group; do cp "/etc/$table" etc; done
echo cyrus:x:64994:64994::/nonexistent:/bin/sh >> etc/passwd
echo cyrus:x:64994: >> etc/group
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail.example.test \
  -keyout key.pem -out certificate.pem 2> openssl.log
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > etc/imapd.conf <<END
configdirectory: $folder/state
proc_path: $folder/state/proc
mboxname_lockpath: $folder/state/lock
defaultpartition: default
partition-default: $folder/spool
servername: mail.example.test
lmtp_admins: user
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $folder/sasldb
sasl_mech_list: SCRAM-SHA-256
tls_server_cert: $folder/certificate.pem
tls_server_key: $folder/key.pem
END
cat > etc/cyrus.conf <<END
START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -r"
}
SERVICES {
  lmtp cmd="/usr/lib/cyrus/bin/lmtpd" listen="127.0.0.1:$port" prefork=1
}
EVENTS {
}
END

cat > ask.py <<'END'
import base64
import hashlib
import hmac
import os
import socket
import ssl
import subprocess
import sys
import time

PORT = int(sys.argv[1])


def reply(lines):
    while True:
        line = lines.readline().decode().strip()
        if line[:3].isdigit() and line[3:4] == " ":
            return line


def connect():
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", PORT), 20)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Exporting:
    """A connection of `openssl s_client`, which can tell what Python cannot: the tls-exporter of RFC 9266, 2."""

    def __init__(self):
        connect().close()
        self._process = subprocess.Popen(
            ["openssl", "s_client", "-connect", "127.0.0.1:%d" % PORT, "-starttls", "lmtp", "-tls1_3", "-nocommands",
             "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32", "-CAfile", "certificate.pem"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        for line in self._process.stdout:
            if line.strip().startswith(b"Keying material: "):
                self.exporter = bytes.fromhex(line.split()[-1].decode())
                break

    def makefile(self, *unused):
        return self._process.stdout

    def sendall(self, octets):
        self._process.stdin.write(octets)

    def version(self):
        return "TLSv1.3"


def in_python():
    clear = connect()
    lines = clear.makefile("rb", 0)
    reply(lines)
    for command in (b"LHLO client.example.test\r\n", b"STARTTLS\r\n"):
        clear.sendall(command)
        reply(lines)
    context = ssl.create_default_context(cafile="certificate.pem")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context.wrap_socket(clear, server_hostname="mail.example.test")


def log_in(mechanism, gs2, binding):
    client = Exporting() if binding == "exporter" else in_python()
    lines = client.makefile("rb", 0)

    def say(text):
        client.sendall(text.encode() + b"\r\n")
        return reply(lines)

    client.sendall(b"LHLO client.example.test\r\n")
    offered = []
    while not offered or offered[-1][3:4] == "-":
        line = lines.readline().decode().strip()
        offered += [line] if line[:3] == "250" else []  # s_client talks, too
    if binding == "exporter":
        binding = client.exporter
    elif binding == "Finished":
        binding = client.get_channel_binding("tls-unique")
    bare = "n=user,r=" + base64.b64encode(os.urandom(18)).decode()
    first = say("AUTH %s %s" % (mechanism, base64.b64encode((gs2 + bare).encode()).decode()))
    if not first.startswith("334 "):
        return first
    server_first = base64.b64decode(first[4:]).decode()
    values = dict(word.split("=", 1) for word in server_first.split(","))
    bound = base64.b64encode(gs2.encode() + binding).decode()
    final = "c=%s,r=%s" % (bound, values["r"])
    salted = hashlib.pbkdf2_hmac("sha256", b"password", base64.b64decode(values["s"]), int(values["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    signature = hmac.digest(hashlib.sha256(key).digest(), ",".join((bare, server_first, final)).encode(), "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
    last = say(base64.b64encode(("%s,p=%s" % (final, proof)).encode()).decode())
    print(client.version(), [line[4:] for line in offered if "AUTH" in line][0], "|", mechanism, gs2, "| 334 |", last[:40])
    return say("") if last.startswith("334 ") else last


with open("certificate.pem") as file:
    certificate = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).digest()
found = [log_in("SCRAM-SHA-256-PLUS", "p=tls-exporter,,", "exporter"),
         log_in("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,", certificate),
         log_in("SCRAM-SHA-256-PLUS", "p=tls-unique,,", "Finished"),
         log_in("SCRAM-SHA-256", "n,,", b"")]
print(*found, sep="\n")
sys.exit(0 if [line[:3] for line in found] == ["501", "501", "235", "235"] else 1)
END

cat > inside.sh <<'END'
set -e
mount -t overlay overlay -o "lowerdir=$1/root/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$1/etc:/etc" /etc
mount --bind "$1/run" /run
printf password | saslpasswd2 -p -c -f "$1/sasldb" -u mail.example.test user 2> /dev/null
chown -R cyrus:cyrus "$1/state" "$1/spool" "$1/sasldb" "$1/key.pem"
/usr/lib/cyrus/bin/master &
timeout 45 /usr/bin/python3 -B "$1/ask.py" "$2"
END
unshare --mount --pid --fork --kill-child --mount-proc --propagation private bash inside.sh "$folder" "$port"
