# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exim, which enforces that nothing is sent ahead of its time."""

from matrix import Matrix
from servers.exim import Exim


class EximTest(Matrix):
    kind = Exim
    served_modes = ("plain", "auth", "starttls", "tls", "bdat0")
