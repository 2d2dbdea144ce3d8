# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cyrus: LMTP with a login and without, over TCP and a Unix socket."""

import imaplib
import re
import smtplib

from delivered import Spool
from namespace import UIDS
from servers.server import PASSWORD, SIZE_LIMIT, USER, Server

_IMAPD = """
configdirectory: @T@/cyrus
proc_path: @T@/cyrus/proc
mboxname_lockpath: @T@/cyrus/lock
defaultpartition: default
partition-default: @T@/spool
admins: user
lmtp_admins: user
servername: mail.example.test
virtdomains: userid
defaultdomain: example.test
maxmessagesize: @SIZE@
allowplaintext: yes
allowstarttls: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: @T@/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
lmtpsocket: @T@/lmtp.socket
idlesocket: @T@/cyrus/idle
notifysocket: @T@/cyrus/notify
duplicatesuppression: no
tls_server_cert: @T@/ca/good.pem
tls_server_key: @T@/ca/good.key
"""
_CLEAR = _IMAPD.replace("tls_server", "#")
_MASTER = """
START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -r"
}
SERVICES {
  imap cmd="/usr/lib/cyrus/bin/imapd" listen="127.0.0.1:@imap@" prefork=0
  lmtp cmd="/usr/lib/cyrus/bin/lmtpd -a -C @T@/clear.conf" listen="127.0.0.1:@lmtp@" prefork=1
  lmtptls cmd="/usr/lib/cyrus/bin/lmtpd" listen="127.0.0.1:@lmtp_auth_starttls@" prefork=0
  lmtpauth cmd="/usr/lib/cyrus/bin/lmtpd -C @T@/clear.conf" listen="127.0.0.1:@lmtp_auth@" prefork=0
  lmtpunix cmd="/usr/lib/cyrus/bin/lmtpd" listen="@T@/lmtp.socket" prefork=0
}
EVENTS {
}
"""
_START = """
printf %s "$2" | saslpasswd2 -p -c -f "$1/sasldb2" -u "${3#*@}" "${3%@*}"
printf %s "$2" | saslpasswd2 -p -c -f "$1/sasldb2" -u mail.example.test "${3%@*}"
chown cyrus "$1/sasldb2"
exec /usr/lib/cyrus/bin/master
"""


class Cyrus(Server):
    name = "cyrus"
    modes = ("imap", "lmtp", "lmtp-auth-starttls", "lmtp-auth")

    def start(self):
        folder, cyrus = self.folder, UIDS["cyrus"]
        self.keys(cyrus)
        for name in ("cyrus", "cyrus/db", "cyrus/socket", "ns/run", "spool"):
            folder.make(name, 0o755, cyrus, cyrus)
        folder.write("ns/etc/imapd.conf", self.place(_IMAPD, SIZE=SIZE_LIMIT))
        folder.write("clear.conf", self.place(_CLEAR, SIZE=SIZE_LIMIT))
        folder.write("ns/etc/cyrus.conf", self.place(_MASTER))
        self.boxes = Spool(folder.at("spool"))
        self.socket = folder.at("lmtp.socket")
        self.await_ports(self.run("cyrus", "sh", "-c", _START, "start", self.path, PASSWORD, USER))
        self._create()

    def _create(self):
        """Its mailboxes are a list, not a pattern. Those called later are over their quota, which counts in KiB."""
        full = ["later@example.test", "later1@example.test", "later2@example.test"]
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as client:
            client.login(USER.split("@")[0], PASSWORD)
            for address in ("ok@example.test", *("ok%d@example.test" % i for i in range(40)), *full):
                answer = client.create("user/" + address.split("@")[0])[1][0].decode()
                self.boxes.add(address, re.search(r"MAILBOXID \((\w+)\)", answer).group(1))
            for address in full:
                with smtplib.LMTP("127.0.0.1", self.ports["lmtp"]) as sender:
                    sender.sendmail("full@example.test", address, "Subject: full\n\n" + ("x" * 900 + "\n") * 2)
                client.setquota("user/" + address.split("@")[0], "(STORAGE 0)")
