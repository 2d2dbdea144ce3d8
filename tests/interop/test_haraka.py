# SPDX-License-Identifier: LGPL-2.1-or-later
"""Haraka, which takes no command that came in one packet with the end of a message."""

import re

import letters
from matrix import Matrix, for_modes
from servers.haraka import Haraka


class HarakaTest(Matrix):
    kind = Haraka
    title = "Haraka"
    stop_mode = "plain"
    stop_ends_all = True
    mechanism = "CRAM-MD5"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    open_modes = window_modes = ("plain",)
    window_ways = ("DATA",)
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain",
                  "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()

    def check_window(self, by, outcomes, lines, relay):
        """One message learns it, and is sent again."""
        self.check_all_over_one(outcomes, lines, relay)
        self.assertEqual(len([line for line in lines if "one at a time" in line]), 1, lines)
        return ("503 to what stands behind the end of a message: that message is sent again, the next ones go one at a time; 36 "
                "delivered, 4 refused, over one connection")

    @for_modes("plain", "tls", "auth")
    def test_dots_and_lines_raw(self, mode):
        """It breaks each line of 991 octets and more at the 990th, a blank in front of the rest."""
        self.send(mode, "--message", self.letters.dots_raw, "ok@example.test")
        body = self.delivered_once().body
        self.assertNotEqual(body, letters.DOTS.encode())
        self.assertEqual(re.sub(rb"(?m)^(.{989,990})\n ", rb"\1", body), letters.DOTS.encode())
        self.ran.note("ways", self.title, "breaks each line of more than 990 octets in two, with a blank ahead of the rest: raw "
                      "messages alone have such lines, what is composed here is encoded")
