# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests send: the same octets in every run."""

import os
import random

TEXT = "Grüße aus dem Test.\n.\n..\n.a line that begins with a dot\n\nFrom here on: nothing.\n"
HTML = "<p>Grüße aus dem <b>Test</b>.</p>\n"
SUBJECT = "Ein Test mit Umlauten: äöü, und einem ziemlich langen Betreff, der gefaltet werden muss"


def _dots_and_long_lines():
    chance = random.Random(11)
    lines = [".", "..", "...", ".x", "", ".", "", "x."]
    lines += ["." * n for n in (1, 2, 3, 500, 997, 998)]
    lines += ["y" * n for n in (76, 77, 78, 500, 996, 997, 998)]
    lines += ["." * chance.randrange(3) + "z" * chance.randrange(900) for _ in range(2000)]
    return "\n".join(lines) + "\n"


DOTS = _dots_and_long_lines()
LONG_LINES = "".join(".%s\n" % ("w" * n) for n in (999, 1000, 4095, 4096, 20000))

# Every end mark that some server has taken for one, each with a message behind it that must stay text.
_SMUGGLED = (b"MAIL FROM:<smuggled@example.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n")
_END_MARKS = (b"\n.\n", b"\r.\r", b"\n.\r", b"\r.\n", b"\r\n.\n", b"\r\n.\r", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r\n")
SMUGGLING = b"".join(b"text" + mark + _SMUGGLED + mark for mark in _END_MARKS)


class Letters:
    """Files in a folder. Names and contents are hard on purpose."""

    def __init__(self, folder):
        self.folder = folder
        chance = random.Random(7)
        self.octets = chance.randbytes(100001)
        self.poem = "Über allen Gipfeln\r\nist Ruh.\n.\nIn allen Wipfeln\n".encode()
        self.large = chance.randbytes(20 << 20)
        self.text = self._write("text.txt", TEXT.encode())
        self.html = self._write("text.html", HTML.encode())
        self.octets_file = self._write("Grüße mit Blank.bin", self.octets)
        self.poem_file = self._write("poem.txt", self.poem)
        self.large_file = self._write("large.bin", self.large)
        self.dots = self._write("dots.txt", DOTS.encode())
        self.dots_raw = self._write("dots.eml", b"Subject: dots\n\n" + DOTS.encode())
        self.long_lines = self._write("long.txt", LONG_LINES.encode())
        self.long_lines_raw = self._write("long.eml", b"Subject: long lines\n\n" + LONG_LINES.encode())
        self.eight_bit_raw = self._write("eight-bit.eml", "Subject: eight\n\nGrüße\n".encode())
        self.smuggling_raw = self._write("smuggling.eml", b"Subject: one\n\n" + SMUGGLING)
        self.nul_raw = self._write("nul.eml", b"Subject: nul\n\nx\r\n\0.\r\nx\n")
        self.password = self._secret("password", b"password\n")
        self.wrong_password = self._secret("wrong", b"wrong\n")

    def _write(self, name, octets):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(octets)
        return path

    def _secret(self, name, octets):
        path = self._write(name, octets)
        os.chmod(path, 0o600)
        return path

    def copy_of_large(self):
        return self._write("shrinks.bin", self.large)
