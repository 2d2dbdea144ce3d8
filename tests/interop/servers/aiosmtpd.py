# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiosmtpd 1.4, the receiver of many test suites: SMTP and LMTP, no PIPELINING."""

from servers.server import Server


class Aiosmtpd(Server):
    name = "aiosmtpd"
    modes = ("plain", "auth", "starttls", "tls", "lmtp")

    def start(self):
        self.keys()
        self.await_ports(self.run("aiosmtpd", "/usr/bin/python3", self.folder.at("bin/aio.py"), self.path,
                                  *("%s=%d" % pair for pair in self.ports.items())))
