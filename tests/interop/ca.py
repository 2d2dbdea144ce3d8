# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority for a day, and four server certificates: one good, three that a client must refuse."""

import os
import subprocess

_NAMES = "DNS:mail.example.test,DNS:localhost,IP:127.0.0.1,IP:127.0.0.2"
_SERVERS = {  # name: (authority, names, days)
    "good": ("ca", _NAMES, 30),
    "wronghost": ("ca", "DNS:other.example.test", 30),
    "expired": ("ca", _NAMES, -1),
    "untrusted": ("stranger", _NAMES, 30),
}


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def create(folder):
    """Writes NAME.pem and NAME.key for each, and ca.pem, which a client is to trust."""
    def at(name):
        return os.path.join(folder, name)

    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    for authority in ("ca", "stranger"):
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                 "-subj", "/CN=Tests " + authority, "-keyout", at(authority + ".key"), "-out", at(authority + ".pem"))
    for name, (authority, names, days) in _SERVERS.items():
        with open(at(name + ".ext"), "w") as file:
            file.write("subjectAltName=%s\nbasicConstraints=CA:FALSE\n" % names)
        _openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout", at(name + ".key"),
                 "-out", at(name + ".csr"))
        _openssl("x509", "-req", "-in", at(name + ".csr"), "-CA", at(authority + ".pem"), "-CAkey",
                 at(authority + ".key"), "-CAcreateserial", "-days", str(days), "-extfile", at(name + ".ext"), "-out",
                 at(name + ".pem"))
