# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSMTPD, which offers neither PIPELINING nor CHUNKING."""

from matrix import Matrix
from servers.opensmtpd import OpenSmtpd


class OpenSmtpdTest(Matrix):
    kind = OpenSmtpd
    mechanism = "PLAIN"
    served_modes = ("plain", "starttls", "tls")
    shrink_modes = ("plain",)
    bdat_modes = ()
