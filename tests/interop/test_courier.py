# SPDX-License-Identifier: LGPL-2.1-or-later
"""Courier, which never sees what came in one packet with the end of a message."""

from matrix import Matrix
from servers.courier import Courier


class CourierTest(Matrix):
    kind = Courier
    title = "Courier"
    stop_mode = "plain"
    mechanism = "CRAM-MD5"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    open_modes = window_modes = ("plain",)
    window_ways = ("DATA",)
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain", "DSN": "plain",
                  "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()

    def check_window(self, by, outcomes, lines, relay):
        """One message learns it, after 30 s of silence, and is sent again over another connection."""
        self.assertEqual(outcomes, self.good_outcomes, lines)
        self.assertEqual(len([line for line in lines if "one at a time" in line]), 1, lines)
        self.assertEqual(len([group for group in relay.groups if group[1:5] == b"HLO "]), 2)
        return ("never answers what stands behind the end of a message: after 30 s that message is sent again over another "
                "connection, the next ones go one at a time; 36 delivered, 4 refused")
