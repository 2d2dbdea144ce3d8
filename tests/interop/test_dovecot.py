# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: submission, relayed to a Postfix; and LMTP, where each recipient has a reply of its own."""

import json
import os
import signal
import smtplib
import subprocess

from matrix import Matrix
from relay import Relay
from servers.dovecot import Dovecot
from stopping import serving


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
        """The reply to the end of a message by DATA leaves it as RCPT of the next one has been read, and it fails an assertion of its
        own (pending_rcpt_cmds == 0). The message whose end had gone out is in doubt, and no other: behind a RSET, as by BDAT, it
        bears the same, and what it is asked later, without a message, it answers in an order of its own."""
        if by == "BDAT":
            return super().check_window(by, outcomes, lines, relay)
        self.assertEqual(outcomes, ["in-doubt", *self.good_outcomes[1:]], lines)
        self.assertIn("one at a time", lines[0])
        return ("the submission service dies of it: one message in doubt, whose end had gone out; the others, one at a time, "
                "are delivered")

    def test_window_asked_for(self):
        """So many that it is asked whether it bears by now what it failed at: that costs no message."""
        mode, messages = "auth", 130
        with Relay((self.server.address, self.server.ports[mode])) as relay:
            lines = self.window(mode, messages, ["ok@example.test"], "--window", "8", "--no-chunking", port=relay.port)
        outcomes = [line.split()[0] for line in lines]
        self.assertEqual(outcomes, ["in-doubt"] + ["accepted"] * (messages - 1), lines)
        self.assertEqual(len(self.delivered(messages)), messages)
        question = b"MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\nRSET\r\n"
        self.assertEqual(len([group for group in relay.groups if question in group]), 1)

    def test_stopped_while_another_has_it(self):
        """The server behind it has the message and has not answered yet, as it is told to stop: it says 421."""
        sink = subprocess.Popen([*self.command.arguments("sink")[:1], "sink", "--json", "--script", "DOT delay 5s", "--script",
                                 "LAST delay 5s"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(sink.communicate)
        self.addCleanup(sink.terminate)
        port = json.loads(sink.stdout.readline())["listening"]["port"]
        with self.fresh_server(backend=port) as server:
            mode = self.stop_mode
            with Relay((server.address, server.ports[mode])) as relay:
                arguments = ["--json", *self.reach(mode, host="127.0.0.1", port=relay.port), "-s", "stopped", "--text",
                             self.letters.poem_file, "-t", "ok@example.test"]
                sending = self.command.start(*arguments)
                self.assertIn("message", json.loads(sink.stdout.readline()))
                for process in serving(server.ports[mode], relay.server_port):
                    os.kill(process, signal.SIGTERM)
                answer = self.command.finish(sending, arguments)
        self.assertEqual((answer.exit, answer.json["outcome"]), (74, "in-doubt"), str(answer))
        self.assertEqual(answer.json["recipients"][0]["enhanced"], "4.3.2", str(answer))
        self.ran.note("stopped", self.title + ", while the server behind it has the message", "421 4.3.2", "yes", "in doubt")

    @classmethod
    def store_of(cls, server):
        return cls.backend.store

    def send_control(self, sender):
        with smtplib.SMTP(self.backend.address, self.backend.ports["plain"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")


class DovecotLmtpTest(Matrix):
    kind = Dovecot
    title = "Dovecot LMTP"
    stop_mode = "lmtp"
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
