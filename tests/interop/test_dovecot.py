# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: submission, relayed to a Postfix; and LMTP, where each recipient has a reply of its own."""

import smtplib

from matrix import Matrix
from servers.dovecot import Dovecot


class DovecotSubmissionTest(Matrix):
    kind = Dovecot
    title = "Dovecot submission"
    stop_mode = "auth"
    window_modes = ("auth",)
    extensions = {"PIPELINING": "auth", "SIZE": "auth", "8BITMIME": "auth", "CHUNKING": "auth", "BINARYMIME": "auth",
                  "ENHANCEDSTATUSCODES": "auth", "DSN": "auth", "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("auth", "starttls", "tls")
    shrink_modes = ("auth",)
    bdat_modes = ("auth",)

    # MAIL of the second transaction goes to the server behind it ahead of the first one's RSET.
    broken_trials = ("pipelining",)
    def check_window(self, by, outcomes, lines, relay):
        """It fails an assertion of its own when MAIL and RCPT stand right behind the end of a message by DATA. One window is
        lost by that, never more."""
        if by == "BDAT":
            return super().check_window(by, outcomes, lines, relay)
        self.assertEqual(outcomes[:8], ["in-doubt"] + ["deferred"] * 7, lines)
        self.assertIn("one at a time", lines[0])
        self.assertEqual(outcomes[8:], self.good_outcomes[8:], lines)
        return ("the submission service of Dovecot 2.3 dies of it: of the first 8 one in doubt, the others deferred; the next "
                "ones, one at a time, are delivered")

    @classmethod
    def store_of(cls, server):
        return cls.backend.store

    def send_control(self, sender):
        with smtplib.SMTP(self.backend.address, self.backend.ports["plain"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")


class DovecotLmtpTest(Matrix):
    kind = Dovecot
    title = "Dovecot LMTP"
    mechanisms = login_modes = ()
    open_modes = ("lmtp", "lmtp-starttls")
    window_modes = ("lmtp",)
    extensions = {"PIPELINING": "lmtp", "8BITMIME": "lmtp", "CHUNKING": "lmtp", "ENHANCEDSTATUSCODES": "lmtp",
                  "STARTTLS": "lmtp-starttls"}
    protocol = "lmtp"
    served_modes = ("lmtp", "lmtp-starttls")
    shrink_modes = ("lmtp",)
    bdat_modes = ("lmtp",)

    @classmethod
    def store_of(cls, server):
        return server.boxes

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
