# SPDX-License-Identifier: LGPL-2.1-or-later
"""aiosmtpd, SMTP and LMTP: it answers commands that come together, but does not offer PIPELINING."""

import smtplib

from matrix import Matrix
from servers.aiosmtpd import Aiosmtpd


class AiosmtpdTest(Matrix):
    kind = Aiosmtpd
    title = "aiosmtpd"
    stop_mode = "plain"
    stop_ends_all = True
    mechanism = "PLAIN"
    mechanisms = ("PLAIN", "LOGIN")
    open_modes = window_modes = ("plain",)
    window_ways = ("DATA",)
    window_ahead = False
    extensions = {"SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain", "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()


class AiosmtpdLmtpTest(Matrix):
    kind = Aiosmtpd
    title = "aiosmtpd LMTP"
    stop_mode = "lmtp"
    stop_ends_all = True
    mechanisms = login_modes = ()
    open_modes = window_modes = ("lmtp",)
    window_ways = ("DATA",)
    window_ahead = False
    extensions = {"SIZE": "lmtp", "8BITMIME": "lmtp", "SMTPUTF8": "lmtp"}
    protocol = "lmtp"
    served_modes = ("lmtp",)
    shrink_modes = ("lmtp",)
    bdat_modes = ()

    def send_control(self, sender):
        with smtplib.LMTP(self.server.address, self.server.ports["lmtp"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")
