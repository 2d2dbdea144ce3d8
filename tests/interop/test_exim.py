# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exim, which enforces that nothing is sent ahead of its time."""

from matrix import Matrix
from servers.exim import Exim


class EximTest(Matrix):
    kind = Exim
    title = "Exim"
    stop_mode = "plain"
    served_modes = ("plain", "auth", "starttls", "tls", "bdat0")
    open_modes = window_modes = ("plain",)
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain", "CHUNKING": "plain",
                  "DSN": "plain", "STARTTLS": "starttls", "AUTH": "auth"}
    newer_extensions = {"LIMITS": "few"}

    def test_more_messages_than_a_connection_takes(self):
        self.more_than_a_connection_takes("few", 10, 35, "DATA", "BDAT")
