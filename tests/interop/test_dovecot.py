# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: submission, relayed to a Postfix; and LMTP, where each recipient has a reply of its own."""

import smtplib

from matrix import Matrix
from servers.dovecot import Dovecot


class DovecotSubmissionTest(Matrix):
    kind = Dovecot
    served_modes = ("auth", "starttls", "tls")
    shrink_modes = ("auth",)
    bdat_modes = ("auth",)

    def send_control(self, sender):
        with smtplib.SMTP(self.backend.address, self.backend.ports["plain"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")


class DovecotLmtpTest(Matrix):
    kind = Dovecot
    protocol = "lmtp"
    served_modes = ("lmtp", "lmtp-starttls")
    shrink_modes = ("lmtp",)
    bdat_modes = ("lmtp",)

    def send_control(self, sender):
        with smtplib.LMTP(self.server.address, self.server.ports["lmtp"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")

    def test_unix_socket(self):
        answer = self.command.run("--json", "-S", "lmtp:" + self.server.socket, "-f", self.sender, *self.letter(),
                                  "-t", "ok@example.test", "-t", "refuse@example.test", "-t", "later@example.test")
        self.assertEqual(answer.exit, 67, str(answer))
        self.assertEqual(self.outcomes(answer), {"ok@example.test": "accepted", "refuse@example.test": "refused",
                                                 "later@example.test": "deferred"})
        self.check_letter(answer, self.delivered_once())
