# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sendmail: PIPELINING, DSN, DELIVERBY; no CHUNKING, no SMTPUTF8."""

from matrix import Matrix
from servers.sendmail import Sendmail


class SendmailTest(Matrix):
    kind = Sendmail
    title = "Sendmail"
    stop_mode = "plain"
    offered_also = dict.fromkeys(Matrix.login_modes, {"DIGEST-MD5"})
    open_modes = window_modes = ("plain",)
    window_ways = ("DATA",)
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "ENHANCEDSTATUSCODES": "plain",
                  "DSN": "plain", "DELIVERBY": "plain", "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()

    def as_sent(self, octets):
        """Its local mailer takes the domain off the addresses of its own users."""
        return octets.replace(b"\r\nTo: ok\r\n", b"\r\nTo: ok@example.test\r\n")
