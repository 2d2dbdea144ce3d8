# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many messages over one session: what leaves ahead of the replies, and what each message came to."""

import itertools
import subprocess

from relay import Relay
from servers.server import PASSWORD, USER

MESSAGES, WINDOW = 40, 8


class Windows:
    window_modes = ()
    window_ways = ("DATA", "BDAT")
    window_sizes = (WINDOW, 1)
    window_ahead = True  # whether anything may leave ahead of a reply

    def window(self, mode, messages, recipients, *arguments, port=None):
        """The outcomes of so many messages, to the recipients in turn: lines of window.c."""
        scheme = self.protocol
        login = ["--user", USER, "--password", PASSWORD] if mode == "auth" else []
        done = subprocess.run([self.command.window, *arguments, *login, "%s://127.0.0.1:%d" % (scheme, port),
                               self.sender, str(messages), *recipients], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def try_window(self, mode, by, window):
        """Every tenth recipient is refused: the others' messages arrive, each once and to its own recipient."""
        recipients = ["ok%d@example.test" % i for i in range(9)] + ["refuse@example.test"]
        arguments = ["--window", str(window)] + (["--no-chunking"] if by == "DATA" else [])
        with Relay((self.server.address, self.server.ports[mode])) as relay:
            lines = self.window(mode, MESSAGES, recipients, *arguments, port=relay.port)
        outcomes = [line.split()[0] for line in lines]
        sent = [i for i, outcome in enumerate(outcomes) if outcome in ("accepted", "in-doubt")]
        messages = self.delivered(len(sent))
        self.assertEqual(sorted(message.body for message in messages), sorted(b"message %d\n.\n" % i for i in sent))
        for message in messages:
            number = int(message.body.split()[1])
            self.assertEqual(message.recipients[0].split("@")[0], "ok%d" % (number % 10))
        # what leaves between two replies
        mark = b"\r\n.\r\nMAIL FROM:" if by == "DATA" else b"\r\nRSET\r\nMAIL FROM:"
        ahead = window > 1 and self.window_ahead
        self.assertEqual(any(mark in group for group in relay.groups), ahead, relay.groups[:20])
        return relay, outcomes, lines

    good_outcomes = [("refused" if i % 10 == 9 else "accepted") for i in range(MESSAGES)]

    def test_window(self):
        for mode, by, window in itertools.product(self.window_modes, self.window_ways, self.window_sizes):
            with self.subTest(mode=mode, by=by, window=window):
                self.setUp()
                relay, outcomes, lines = self.try_window(mode, by, window)
                words = None
                if window > 1:
                    words = self.check_window(by, outcomes, lines, relay)
                else:
                    self.check_all_over_one(outcomes, lines, relay)
                self.ran.note("windows", self.title + (", strict" if mode == "strict" else ""), by, str(window),
                              words or "36 delivered, 4 refused, over one connection")

    def check_all_over_one(self, outcomes, lines, relay):
        self.assertEqual(outcomes, self.good_outcomes, lines)
        self.assertEqual(len([group for group in relay.groups if group[1:5] == b"HLO "]), 1)

    def check_window(self, by, outcomes, lines, relay):
        """A server with ways of its own returns what it does, in words."""
        self.check_all_over_one(outcomes, lines, relay)

    def more_than_a_connection_takes(self, mode, limit, messages, *ways):
        """The server refuses MAIL once a connection has carried `limit` messages: the others go over the next ones."""
        for by in ways:
            with self.subTest(by=by):
                self.setUp()
                arguments = ["--window", str(WINDOW)] + (["--no-chunking"] if by == "DATA" else [])
                with Relay((self.server.address, self.server.ports[mode])) as relay:
                    lines = self.window(mode, messages, ["ok@example.test"], *arguments, port=relay.port)
                self.assertEqual([line.split()[0] for line in lines], ["accepted"] * messages, lines)
                bodies = [message.body for message in self.delivered(messages)]
                self.assertEqual(sorted(bodies), sorted(b"message %d\n.\n" % i for i in range(messages)))
                connections = len([group for group in relay.groups if group[1:5] == b"HLO "])
                self.assertEqual(connections, -(-messages // limit), lines)
                self.ran.note("windows", "%s, %d messages a connection" % (self.title, limit), by, str(WINDOW),
                              "%d delivered, over %d connections" % (messages, connections))
