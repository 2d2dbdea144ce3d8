# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cyrus: LMTP, with and without a login."""

import smtplib

from matrix import Matrix
from servers.cyrus import Cyrus


class CyrusLmtpTest(Matrix):
    kind = Cyrus
    title = "Cyrus LMTP"
    stop_mode = "lmtp"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256")
    login_modes = ("lmtp-auth", "lmtp-auth-starttls")
    offered_also = {"lmtp-auth-starttls": {"SCRAM-SHA-256-PLUS"}}
    open_modes = window_modes = ("lmtp",)
    window_ways = ("DATA",)
    extensions = {"PIPELINING": "lmtp", "SIZE": "lmtp", "8BITMIME": "lmtp", "ENHANCEDSTATUSCODES": "lmtp",
                  "STARTTLS": "lmtp-auth-starttls", "AUTH": "lmtp-auth"}
    protocol = "lmtp"
    served_modes = ("lmtp", "lmtp-auth", "lmtp-auth-starttls")
    shrink_modes = ("lmtp",)
    bdat_modes = ()

    @classmethod
    def store_of(cls, server):
        return server.boxes

    def send_control(self, sender):
        with smtplib.LMTP(self.server.address, self.server.ports["lmtp"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")

    def test_plus_that_is_only_said_to_be_there(self):
        answer = self.send("lmtp-auth-starttls", *self.plain_letter(), "ok@example.test")
        self.assertEqual(answer.json["auth"], "SCRAM-SHA-256")
        self.assertIn("SCRAM-SHA-256-PLUS", " ".join(answer.json["warnings"]))
        self.delivered_once()
        self.ran.note("ways", self.title, "offers SCRAM-SHA-256-PLUS under TLS 1.3 and answers 501 to it: the login goes on with "
                      "SCRAM-SHA-256, and a warning says so")
