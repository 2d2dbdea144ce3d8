# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signed and encrypted letters: what a server delivered is verified and decrypted by gpg, gpgsm and openssl."""

import atexit
import email
import email.policy
import functools
import os
import shutil
import subprocess
import tempfile

import letters

KEYRING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../secure/keyring.sh")


class Ring:
    """A key ring of its own, for the command too, which gets GNUPGHOME from here."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mimesend-keys-", dir="/tmp")
        atexit.register(self._remove)
        subprocess.run(["sh", KEYRING, self.folder], check=True)
        os.environ["GNUPGHOME"] = self.folder

    def _remove(self):
        self.run("gpgconf", "--kill", "all")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              check=False)

    def put(self, name, octets):
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(octets)

    def get(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()


@functools.cache
def ring():
    return Ring()


def available():
    return all(shutil.which(name) for name in ("gpg", "gpgsm", "openssl"))


def _split(octets):
    octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    boundary = email.message_from_bytes(octets, policy=email.policy.default).get_boundary().encode()
    _, part, signature, _ = octets.split(b"\r\n--" + boundary)
    return part[2:], email.message_from_bytes(signature[2:], policy=email.policy.default).get_payload(decode=True)


def verify(case, smime, octets):
    """Returns the part that was signed, as a parser reads it."""
    part, signature = _split(octets)
    ring().put("part", part)
    ring().put("signature", signature)
    checks = [["gpgsm" if smime else "gpg", "--batch", "--verify", "signature", "part"]]
    if smime:
        checks.append(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "part",
                       "-CAfile", "ca.pem", "-out", "verified"])
    for check in checks:
        done = ring().run(*check)
        case.assertEqual(done.returncode, 0, done.stdout)
    return email.message_from_bytes(part, policy=email.policy.default)


def decrypt(case, smime, octets):
    message = email.message_from_bytes(octets, policy=email.policy.default)
    secret = message if smime else list(message.iter_parts())[1]
    ring().put("secret", secret.get_payload(decode=True))
    if smime:
        done = ring().run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "secret", "-recip", "tom.pem",
                          "-inkey", "tom.key", "-out", "plain")
    else:
        done = ring().run("gpg", "--batch", "--yes", "--output", "plain", "--decrypt", "secret")
    case.assertEqual(done.returncode, 0, done.stdout)
    return ring().get("plain")


def check_signed(case, message, smime):
    part = verify(case, smime, message.octets)
    leaves = [leaf for leaf in part.walk() if not leaf.is_multipart()]
    case.assertEqual([leaf.get_content_type() for leaf in leaves],
                     ["text/plain", "text/html", "application/octet-stream", "text/plain"])
    case.assertEqual(leaves[0].get_content().replace("\r\n", "\n"), letters.TEXT)
    case.assertEqual(leaves[1].get_content().replace("\r\n", "\n"), letters.HTML)
    case.assertEqual(leaves[2].get_payload(decode=True), case.letters.octets)
