# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSMTPD, which offers neither PIPELINING nor CHUNKING."""

from matrix import Matrix
from relay import Relay
from servers.opensmtpd import OpenSmtpd


class OpenSmtpdTest(Matrix):
    kind = OpenSmtpd
    title = "OpenSMTPD"
    stop_mode = "plain"
    mechanism = "PLAIN"
    mechanisms = ("PLAIN", "LOGIN")
    login_modes = ("starttls", "tls")
    open_modes = ("plain",)
    extensions = {"SIZE": "plain", "8BITMIME": "plain", "ENHANCEDSTATUSCODES": "plain", "DSN": "plain",
                  "STARTTLS": "starttls"}
    served_modes = ("plain", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()

    # It answers 500 to what it does not offer, and closes. A relay offers that in its name.

    def punished(self, offer, *arguments):
        with Relay((self.server.address, self.server.ports["plain"]), add=[offer]) as relay:
            lines = self.window("plain", 3, ["ok@example.test"], "--one-by-one", *arguments, port=relay.port)
        return relay, lines

    def test_chunking_that_is_not_there(self):
        relay, lines = self.punished("CHUNKING")
        self.assertEqual([line.split()[0] for line in lines], ["refused", "accepted", "accepted"], lines)
        self.assertIn("by DATA", lines[0])
        self.assertEqual(relay.said.count(b"BDAT "), 1)
        self.assertEqual(len(self.delivered(2)), 2)
        self.ran.note("windows", self.title, "BDAT", "1", "not offered. Where a relay offers it: 500; the next messages go "
                      "by DATA and are delivered")

    def test_chunking_switched_off(self):
        relay, lines = self.punished("CHUNKING", "--no-chunking")
        self.assertEqual([line.split()[0] for line in lines], ["accepted"] * 3, lines)
        self.assertNotIn(b"BDAT ", relay.said)
        self.delivered(3)

    def test_pipelining_that_is_not_there(self):
        relay, lines = self.punished("PIPELINING")
        self.assertEqual([line.split()[0] for line in lines], ["refused", "accepted", "accepted"], lines)
        self.assertIn("command by command", lines[0])
        self.assertEqual(len([group for group in relay.groups if b"MAIL" in group and b"RCPT" in group]), 1)
        self.assertEqual(len(self.delivered(2)), 2)
        self.ran.note("windows", self.title, "PIPELINING", "1", "not offered. Where a relay offers it: 500 and the connection "
                      "ends; the next messages go command by command and are delivered")

    def test_pipelining_switched_off(self):
        relay, lines = self.punished("PIPELINING", "--no-pipelining")
        self.assertEqual([line.split()[0] for line in lines], ["accepted"] * 3, lines)
        self.delivered(3)

    def test_more_messages_than_a_connection_takes(self):
        """With its default limit."""
        self.more_than_a_connection_takes("plain", 100, 220, "DATA")
