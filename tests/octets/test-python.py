#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernels against Python's base64, quopri and smtplib: test-python.py OCTETS-PIPE"""

import base64
import quopri
import random
import smtplib
import subprocess
import sys
import unittest

PIPE = sys.argv.pop(1)
SIZES = [0, 1, 2, 56, 57, 58, 113, 114, 115, 1000, 4095, 20000]


def pipe(what, block, octets):
    return subprocess.run([PIPE, what, str(block)], input=octets, stdout=subprocess.PIPE, check=True).stdout


def text(size, letters):
    return bytes(random.choice(letters) for _ in range(size))


class Octets(unittest.TestCase):
    def test_base64(self):
        for size in SIZES:
            octets = random.randbytes(size)
            lines = base64.encodebytes(octets)
            for block in (57, 57 * 13, 57 * 1000):
                self.assertEqual(pipe("base64", block, octets), lines)
                self.assertEqual(pipe("base64-crlf", block, octets), lines.replace(b"\n", b"\r\n"))

    def test_quoted_printable(self):
        for size in SIZES:
            for letters in (b"abc =\n", bytes(range(256)).replace(b"\r", b""), b"ab \t\xc3\xbc\n.=" + b"x" * 60):
                octets = text(size, letters)
                for block in (1, 100, 100000):
                    for what, end in (("qp", b"\n"), ("qp-crlf", b"\r\n")):
                        encoded = pipe(what, block, octets)
                        self.assertLessEqual(max(map(len, encoded.split(end))), 76)
                        decoded = quopri.decodestring(encoded)
                        self.assertEqual(decoded.replace(b"\r\n", b"\n"), octets)

    def test_crlf(self):
        for size in SIZES:
            for letters in (b"\r\n.a", b"\r\n.\x80" + b"x" * 20, b"\n." + b"x" * 60, b"\r" + b"x" * 60):
                octets = text(size, letters)
                quoted = smtplib.quotedata(octets.decode("latin-1")).encode("latin-1")
                for block in (1, 7, 100, 100000):
                    self.assertEqual(pipe("crlf", block, octets), quoted)


if __name__ == "__main__":
    random.seed(20261124)
    unittest.main()
