# SPDX-License-Identifier: LGPL-2.1-or-later
"""Courier. Its users are those that a program of ours knows (helpers/authprog.py)."""

import os
import shutil

from namespace import UIDS
from packages import version_of
from servers.server import SIZE_LIMIT, Server

_ESMTPD = """
PORT=@PORT@
BOFHCHECKDNS=0
TARPIT=0
TLS_CERTFILE=@T@/ca/both.pem
TLS_DHPARAMS=
ESMTPAUTH="@AUTH@"
ESMTPAUTH_TLS="@AUTH_TLS@"
AUTH_REQUIRED=@REQUIRED@
NOIDENT=@NOIDENT@
@MORE@
"""
_MECHANISMS = "PLAIN LOGIN CRAM-MD5"
_PORTS = {  # AUTH in the clear, AUTH under TLS, demanded, more
    "plain": ("", "", 0, "COURIERTLS="),
    "auth": (_MECHANISMS, "", 1, "COURIERTLS="),
    "starttls": ("", _MECHANISMS, 1, ""),
    "tls": ("", _MECHANISMS, 1, 'ESMTP_TLS=1\nWRAP="$COURIERTLS -server -tcpd"'),
}


class Courier(Server):
    name = "courier"
    modes = ("plain", "auth", "starttls", "tls")

    def start(self):
        folder, courier = self.folder, UIDS["courier"]
        self.keys(courier)
        with open(folder.at("ca/good.pem")) as certificate, open(folder.at("ca/good.key")) as key:
            folder.write("ca/both.pem", certificate.read() + key.read(), 0o600, courier, courier)
        shutil.copytree(os.path.join(self._root, "etc/courier"), folder.at("ns/etc/courier"))
        for name, text in (("me", "mail.example.test"), ("locals", "example.test"), ("defaultdomain", "example.test"),
                           ("esmtpacceptmailfor", "example.test"), ("dsnfrom", "postmaster@example.test"),
                           ("sizelimit", str(SIZE_LIMIT)), ("aliases/system", "")):
            folder.write("ns/etc/courier/" + name, text + "\n")
        with open(folder.at("ns/etc/courier/authdaemonrc"), "a") as file:
            file.write('authmodulelist="authpipe"\n')
        with open(folder.at("ns/etc/courier/courierd"), "a") as file:
            file.write(self.place('DEFAULTDELIVERY="| @T@/bin/record.sh @T@/store"\n'))
        shutil.copy(folder.at("bin/authprog.py"), folder.at("ns/etc/courier/authProg"))
        for name in ("ns/var/lib/courier", "ns/run/courier", "ns/run/courier/authdaemon"):
            folder.make(name, 0o755, courier, courier)
        for name in ("allfilters", "filters", "msgq", "msgs", "tmp", "tmp/broken", "track", "calendar"):
            folder.make("ns/var/lib/courier/" + name, 0o770, courier, courier)
        # Newer ones never ask the client's host who it is, and refuse the option.
        no_ident = "-noidentlookup" if version_of(self._root, "courier-mta") < (1, 4) else ""
        for mode, (auth, auth_tls, required, more) in _PORTS.items():
            folder.write("esmtpd." + mode, self.place(_ESMTPD, PORT=self.ports[mode], AUTH=auth, AUTH_TLS=auth_tls,
                                                      REQUIRED=required, MORE=more, NOIDENT=no_ident))
        self.await_ports(self.run("courier", "/bin/bash", folder.at("bin/courier.sh"), self.path))
