#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test of something that sends mail, with unittest: the receiver is `mimesend sink`, the sender here is smtplib."""

import json
import smtplib
import subprocess
import time
import unittest


class Sink:
    """`mimesend sink` on a free port, for a while: after a minute it ends, and with it the lines that are waited for and the
    connections. Whatever goes wrong, the test fails instead of waiting for ever."""

    def __init__(self, *options):
        self.process = subprocess.Popen(["timeout", "60", "mimesend", "sink", "--json", *options], stdout=subprocess.PIPE)
        # The first line comes once it listens: there is nothing to sleep for.
        where = json.loads(self.process.stdout.readline())["listening"]
        self.address = where["address"], where["port"]

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def next(self, kind):
        """The next line of this kind: what arrived ("message"), what did not ("lost"), "refused" commands, "closed" connections."""
        for line in self.process.stdout:
            said = json.loads(line)
            if kind in said:
                return said[kind]
        raise EOFError("the sink ended without a line of " + kind)


def send(sink, *recipients):
    with smtplib.SMTP(*sink.address) as client:
        return client.sendmail("joe@example.com", recipients, "Subject: test\r\n\r\ntext\r\n")


class Sending(unittest.TestCase):
    def test_the_second_recipient_is_refused(self):
        with Sink("--script", "RCPT#2 reply 550 5.1.1 no such user") as sink:
            refused = send(sink, "a@example.org", "b@example.org")
            self.assertEqual(refused, {"b@example.org": (550, b"5.1.1 no such user")})
            self.assertEqual(sink.next("refused")["command"].upper(), "RCPT TO:<B@EXAMPLE.ORG>")
            self.assertEqual(sink.next("message")["recipients"], ["a@example.org"])

    def test_slow(self):
        with Sink("--script", "* delay 350ms") as sink:
            begun = time.monotonic()
            send(sink, "a@example.org")
            self.assertGreater(time.monotonic() - begun, 5 * 0.35)
            self.assertEqual(sink.next("message")["violations"], [])

    def test_dropped_after_the_dot(self):
        with Sink("--script", "DOT drop") as sink:
            with self.assertRaises(smtplib.SMTPServerDisconnected):
                send(sink, "a@example.org")
            self.assertEqual(sink.next("lost")["reason"], "cut short")


if __name__ == "__main__":
    unittest.main()
