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
    window_sizes = (1,)
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain", "DSN": "plain",
                  "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()
