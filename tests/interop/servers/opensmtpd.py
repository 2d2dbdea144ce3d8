# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSMTPD 6.8: neither PIPELINING nor CHUNKING, AUTH under TLS alone."""

import os
import subprocess

from namespace import UIDS
from servers.server import PASSWORD, SIZE_LIMIT, USER, Server

_CONFIGURATION = """
pki mail cert "@T@/ca/good.pem"
pki mail key "@T@/ca/good.key"
table creds file:@T@/creds
table virt file:@T@/virtual
smtp max-message-size @SIZE@
filter "refuse" phase rcpt-to match rcpt-to regex "^<?refuse" reject "550 5.1.1 no such user"
filter "later" phase rcpt-to match rcpt-to regex "^<?later" reject "451 4.2.1 try later"
filter "other" phase rcpt-to match !rcpt-to regex "^<?ok" reject "550 5.7.1 relay refused"
filter "all" chain { "refuse", "later", "other" }
listen on 127.0.0.1 port @plain@ hostname mail.example.test filter "all"
listen on 127.0.0.1 port @starttls@ tls pki mail auth <creds> hostname mail.example.test filter "all"
listen on 127.0.0.1 port @tls@ smtps pki mail auth <creds> hostname mail.example.test filter "all"

action "record" mda "@T@/bin/record.sh @T@/store" virtual <virt>
match from any for domain "example.test" action "record"
"""


class OpenSmtpd(Server):
    name = "opensmtpd"
    modes = ("plain", "starttls", "tls")

    def start(self):
        folder = self.folder
        self.keys()
        folder.make("ns/var/spool/smtpd", 0o711)
        folder.make("ns/var/lib/opensmtpd/empty")
        folder.make("ns/run")
        folder.write("smtpd.conf", self.place(_CONFIGURATION, SIZE=SIZE_LIMIT), 0o600)
        crypted = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True, stdout=subprocess.PIPE, text=True)
        folder.write("creds", "%s %s\n" % (USER, crypted.stdout.strip()), 0o640, gid=UIDS["opensmtpd"])
        folder.write("virtual", "@example.test store\n")
        shim = folder.at("keyshim.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, folder.at("bin/keyshim.c"), "-ldl"], check=True)
        daemon = self.run("opensmtpd", "env", "LD_PRELOAD=" + shim, "KEYSHIM=" + folder.at("ca/good.key"),
                          "/usr/sbin/smtpd", "-d", "-T", "smtp", "-f", folder.at("smtpd.conf"),
                          environment={"PATH": os.environ["PATH"]})
        self.await_ports(daemon)
