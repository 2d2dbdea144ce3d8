# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority for two days, and four server certificates: one good, three that a client must refuse."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import authority  # noqa: E402

_NAMES = "DNS:mail.example.test,DNS:localhost,IP:127.0.0.1,IP:127.0.0.2"
_SERVER = "basicConstraints=CA:FALSE\n"


def create(folder):
    """Writes NAME.pem and NAME.key for each, and ca.pem, which a client is to trust."""
    ca = authority.Authority(folder, "ca")
    stranger = authority.Authority(folder + "-stranger", "stranger")
    ca.issue("good", names=_NAMES, extra=_SERVER, key=authority.RSA)
    ca.issue("wronghost", names="DNS:other.example.test", extra=_SERVER, key=authority.RSA)
    ca.issue("expired", names=_NAMES, since=-3, until=-1, extra=_SERVER, key=authority.RSA)
    stranger.issue("untrusted", names=_NAMES, extra=_SERVER, key=authority.RSA)
    for ending in (".pem", ".key"):
        shutil.move(stranger.at("untrusted" + ending), folder)
    os.chmod(folder, 0o755)
