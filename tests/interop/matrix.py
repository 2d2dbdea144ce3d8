# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tests that every server goes through. A server's own file adds what only it can show."""

import hashlib
import itertools
import os
import re
import smtplib
import sys
import unittest

import letters
import signatures
from extensions import Extensions
from logins import Logins
from probes import Probes
from relay import Relay
from servers.server import USER
from stopping import Stopping
from windows import Windows

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../secure"))
import verifiers

_serial = itertools.count(1)


def for_modes(*modes):
    """Makes one test of each mode that the server has out of test_X (self, mode)."""
    def mark(function):
        function.for_modes = modes
        return function
    return mark


class Matrix(Logins, Extensions, Windows, Probes, Stopping, unittest.TestCase):
    """run.py sets what the tests stand on: the command, the letters, the server, and where it delivers to."""

    command = letters = server = store = ran = None
    title = ""
    protocol = "smtp"
    mechanism = "SCRAM-SHA-256"  # the best of those that the server offers

    def __init_subclass__(cls):
        for name in list(dir(cls)):
            function = getattr(cls, name)
            for mode in getattr(function, "for_modes", ()):
                def test(self, function=function, mode=mode):
                    function(self, mode)
                if mode in cls.served_modes:
                    setattr(cls, "%s_%s" % (name, mode.replace("-", "_")), test)
            if hasattr(function, "for_modes"):
                setattr(cls, name, None)
        cls.make_login_tests()
        cls.make_extension_tests()
        if not cls.window_modes:
            cls.test_window = None
        if not cls.stop_mode:
            cls.test_stopped_at_the_end = None

    served_modes = ()

    # How a mode is reached

    def reach(self, mode, host=None, port=None, password=None):
        host, port = host or self.server.address, port or self.server.ports[mode]
        implicit = mode == "strict-tls" or mode.split("-")[0] == "tls"
        scheme = "smtps" if implicit else self.protocol
        options = ["-S", "%s://%s:%d" % (scheme, host, port), "-f", self.sender]
        if mode.endswith("starttls"):
            options += ["--tls", "required"]
        if mode in ("auth", "starttls", "tls", "strict-tls", "lmtp-auth", "lmtp-auth-starttls"):
            options += ["--user", USER, "--password-file", password or self.letters.password]
        return options

    @classmethod
    def store_of(cls, server):
        """Where a server of this kind delivers to."""
        return server.store

    def setUp(self):
        self.sender = "from%d-%s@example.test" % (next(_serial), self.server.name)

    def send(self, mode, *arguments, exit_code=0, **how):
        answer = self.command.run("--json", *self.reach(mode, **how), *arguments)
        if answer.exit != exit_code:
            self.fail("exit %d was expected\n%s\n%s" % (exit_code, answer, self.server.logs()[-3000:]))
        return answer

    def delivered(self, count=1):
        return self.store.await_recipients(self.sender, count)

    def delivered_once(self, count=1):
        messages = self.delivered(count)
        self.assertEqual({message.body for message in messages}, {messages[0].body})
        return messages[0]

    def await_control(self):
        """A letter that another client sends now arrives: so what came ahead of it has arrived too."""
        control = "control%d@example.test" % next(_serial)
        self.send_control(control)
        self.store.await_recipients(control, 1)

    def assert_nothing_delivered(self):
        self.await_control()
        self.assertEqual(self.store.from_sender(self.sender), [])

    def assert_nothing_else_delivered(self):
        self.await_control()
        self.assertEqual(len(self.store.from_sender(self.sender)), 1)
        self.assertEqual(self.store.from_sender("smuggled@example.test"), [])

    def send_control(self, sender):
        with smtplib.SMTP(self.server.address, self.server.ports["plain"]) as client:
            client.sendmail(sender, ["ok@example.test"], "Subject: control\n\nx\n")

    def outcomes(self, answer):
        return {row["address"]: row["outcome"] for row in answer.json["recipients"]}

    # A letter in full

    def check_letter(self, answer, message):
        self.assertEqual(message.message["Subject"], letters.SUBJECT)
        for field in ("Date", "Message-ID", "MIME-Version"):
            self.assertEqual(len(message.message.get_all(field)), 1, field)
        self.assertIsNone(message.message["Bcc"])
        self.assertEqual(message.message["Message-ID"].strip("<>"), answer.json["message_id"].strip("<>"))
        (_, _, _, text), (_, _, _, html), octets, poem = message.parts()
        self.assertEqual([part.get_content_type() for part in message.message.walk()],
                         ["multipart/mixed", "multipart/alternative", "text/plain", "text/html",
                          "application/octet-stream", "text/plain"])
        self.assertEqual(text.decode().replace("\r\n", "\n"), letters.TEXT)
        self.assertEqual(html.decode().replace("\r\n", "\n"), letters.HTML)
        self.assertEqual(octets[1:3], ("attachment", "Grüße mit Blank.bin"))
        self.assertEqual(hashlib.sha256(octets[3]).digest(), hashlib.sha256(self.letters.octets).digest())
        self.assertEqual(poem[1:3], ("attachment", "poem.txt"))
        self.assertEqual(poem[3].replace(b"\r\n", b"\n"), self.letters.poem.replace(b"\r\n", b"\n"))

    def letter(self):
        return ["-s", letters.SUBJECT, "--text", self.letters.text, "--html", self.letters.html, "-a",
                self.letters.octets_file, "-a", self.letters.poem_file + ";type=text/plain"]

    @for_modes("plain", "auth", "starttls", "tls", "strict", "strict-tls", "bdat0", "serial", "sevenbit", "tls-bare",
               "defaults", "lmtp-starttls")
    def test_letter(self, mode):
        answer = self.send(mode, *self.letter(), "-t", "Jemand <ok1@example.test>", "--bcc", "ok2@example.test")
        said = answer.json
        self.assertEqual(said["outcome"], "accepted")
        self.assertEqual(self.outcomes(answer), {"ok1@example.test": "accepted", "ok2@example.test": "accepted"})
        if "tls" in mode:
            self.assertTrue(said["tls"]["verified"], said["tls"])
        else:
            self.assertIsNone(said["tls"])
        self.assertEqual(said["auth"], self.mechanism if "--user" in self.reach(mode) else None)
        self.check_letter(answer, self.delivered_once(2))

    # Signatures, which what a server converts or appends would break

    @for_modes("plain", "sevenbit", "bdat0", "strict", "lmtp", "auth")
    def test_signed_letter(self, mode):
        if not signatures.available():
            self.skipTest("gpg, gpgsm or openssl is not installed")
        signatures.ring()
        for key in ("pgp:alice@example.com", "smime:sam@example.com"):
            with self.subTest(key=key):
                self.sender = "from%d-%s@example.test" % (next(_serial), self.server.name)
                self.send(mode, *self.letter(), "--sign", key, "ok@example.test")
                signatures.check_signed(self, self.delivered_once(), key.startswith("smime"))

    def as_sent(self, octets):
        """What the server's local delivery changes in a header is put back: it is no part of the way."""
        return octets

    @for_modes("plain", "sevenbit", "bdat0", "strict", "lmtp", "auth")
    def test_dkim_letter(self, mode):
        records = verifiers.make_keys(self.letters.folder)
        found = [one for one, why in verifiers.available(records, self.letters.folder) if why is None]
        if not found:
            self.skipTest("no verifier of DKIM is installed: ./bootstrap deps --test")
        signed = [word for name in records for word in
                  ("--dkim", "example.com:%s:%s" % (name, os.path.join(self.letters.folder, name + ".pem")))]
        self.send(mode, *self.letter(), *signed, "ok@example.test")
        octets = self.delivered_once().octets
        octets = self.as_sent(octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        path = os.path.join(self.letters.folder, "dkim.eml")
        with open(path, "wb") as file:
            file.write(octets[octets.index(b"DKIM-Signature:"):])
        for verifier in found:
            self.assertTrue(verifier.verify(path), verifier.name)

    @for_modes("plain", "sevenbit")
    def test_encrypted_letter(self, mode):
        if not signatures.available():
            self.skipTest("gpg, gpgsm or openssl is not installed")
        signatures.ring()
        for kind, reader in (("pgp", "bob@example.com"), ("smime", "tom@example.com")):
            with self.subTest(kind=kind):
                self.sender = "from%d-%s@example.test" % (next(_serial), self.server.name)
                # Its keys are of another domain than the server delivers to: so it is built, and sent as it is.
                built = self.command.run("build", "-f", self.sender, *self.letter(), "--encrypt", kind, reader)
                self.assertEqual(built.exit, 0, str(built))
                path = os.path.join(self.letters.folder, "encrypted.eml")
                with open(path, "w", encoding="ascii") as file:
                    file.write(built.out)
                self.send(mode, "--message", path, "ok@example.test")
                self.assertIn(letters.HTML.splitlines()[0][:4].encode(),
                              signatures.decrypt(self, kind == "smime", self.delivered_once().octets))

    @for_modes("plain", "tls", "bdat0", "lmtp", "auth")
    def test_attachment_of_20_mib(self, mode):
        self.send(mode, "-s", "large", "--text", self.letters.text, "-a", self.letters.large_file, "ok@example.test")
        kind, disposition, name, octets = self.delivered_once().parts()[1]
        self.assertEqual((kind, disposition, name), ("application/octet-stream", "attachment", "large.bin"))
        self.assertEqual(hashlib.sha256(octets).hexdigest(), hashlib.sha256(self.letters.large).hexdigest())

    # Text that transports have damaged

    @for_modes("plain", "tls", "strict", "bdat0", "serial", "lmtp", "auth")
    def test_dots_and_lines_raw(self, mode):
        self.send(mode, "--message", self.letters.dots_raw, "ok@example.test")
        self.assertEqual(self.delivered_once().body, letters.DOTS.encode())

    @for_modes("plain", "tls", "strict", "bdat0", "lmtp", "auth")
    def test_dots_and_lines_in_a_letter(self, mode):
        self.send(mode, "-s", "dots", "--text", self.letters.dots, "ok@example.test")
        text = self.delivered_once().parts()[0][3]
        self.assertEqual(text.decode().replace("\r\n", "\n"), letters.DOTS)

    @for_modes("plain", "strict", "bdat0", "lmtp", "auth")
    def test_overlong_lines_in_a_letter(self, mode):
        self.send(mode, "-s", "long", "--text", self.letters.long_lines, "ok@example.test")
        message = self.delivered_once()
        self.assertLessEqual(max(map(len, message.octets.replace(b"\r\n", b"\n").split(b"\n"))), 998)
        self.assertEqual(message.parts()[0][3].decode().replace("\r\n", "\n"), letters.LONG_LINES)

    @for_modes("plain", "strict", "bdat0", "serial", "lmtp", "auth")
    def test_smuggling(self, mode):
        """Bare CR and LF around dots: one message arrives, with all of its lines."""
        self.send(mode, "--message", self.letters.smuggling_raw, "ok@example.test")
        self.assertEqual(self.delivered_once().body, re.sub(rb"\r\n?", b"\n", letters.SMUGGLING))
        self.assert_nothing_else_delivered()

    def test_nul_is_refused(self):
        for mode in self.shrink_modes:
            with self.subTest(mode=mode):
                self.send(mode, "--message", self.letters.nul_raw, "ok@example.test", exit_code=65)
                self.assert_nothing_delivered()

    # Recipients

    def refused_among_many(self, mode, many):
        good = ["ok%d@example.test" % number for number in range(many)]
        recipients = good[:many // 2] + ["refuse@example.test"] + good[many // 2:]
        answer = self.send(mode, "-s", "many", "--text", self.letters.text,
                           *itertools.chain(*(("--bcc", recipient) for recipient in recipients)), exit_code=67)
        outcomes = self.outcomes(answer)
        self.assertEqual(answer.json["outcome"], "partial")
        self.assertEqual(outcomes.pop("refuse@example.test"), "refused")
        self.assertEqual(outcomes, dict.fromkeys(good, "accepted"))
        reached = [recipient for message in self.delivered(many) for recipient in message.recipients]
        self.assertEqual(sorted(reached), sorted(good))

    @for_modes("plain", "tls", "bdat0", "serial", "strict", "lmtp", "auth")
    def test_one_of_many_refused(self, mode):
        self.refused_among_many(mode, 40)

    @for_modes("plain", "bdat0", "serial")
    def test_all_or_none(self, mode):
        self.send(mode, "--all-or-none", "-s", "x", "--text", self.letters.text, "-t", "ok@example.test", "-t",
                  "refuse@example.test", exit_code=67)
        self.assert_nothing_delivered()

    @for_modes("plain", "bdat0", "serial", "lmtp", "auth")
    def test_one_deferred(self, mode):
        answer = self.send(mode, "-s", "x", "--text", self.letters.text, "-t", "ok@example.test", "-t",
                           "later@example.test", exit_code=79)
        self.assertEqual(self.outcomes(answer), {"ok@example.test": "accepted", "later@example.test": "deferred"})
        self.assertEqual(answer.json["retry"], ["later@example.test"])
        self.delivered_once()

    @for_modes("plain", "bdat0", "lmtp")
    def test_all_deferred(self, mode):
        self.send(mode, "-s", "x", "--text", self.letters.text, "-t", "later1@example.test", "-t",
                  "later2@example.test", exit_code=75)

    @for_modes("plain", "bdat0", "lmtp")
    def test_all_refused(self, mode):
        self.send(mode, "-s", "x", "--text", self.letters.text, "-t", "refuse1@example.test", "-t",
                  "refuse2@example.test", exit_code=67)

    # What must not get through

    @for_modes("auth", "starttls", "tls")
    def test_wrong_password(self, mode):
        answer = self.send(mode, "-s", "x", "--text", self.letters.text, "ok@example.test", exit_code=77,
                           password=self.letters.wrong_password)
        self.assertNotIn("wrong\n", answer.err)
        self.assertEqual(self.store.from_sender(self.sender), [])

    def shrink_on_the_way(self, mode):
        """The file loses its end while the server is already reading the message."""
        path = self.letters.copy_of_large()
        with Relay((self.server.address, self.server.ports[mode]), hold_after=1 << 20) as relay:
            arguments = ["--json", *self.reach(mode, host="127.0.0.1", port=relay.port), "-s", "shrinks", "--text",
                         self.letters.text, "-a", path, "ok@example.test"]
            process = self.command.start(*arguments)
            self.assertTrue(relay.held.wait(60), "the message never started")
            os.truncate(path, 100000)
            relay.release()
            answer = self.command.finish(process, arguments)
        self.assertEqual(answer.exit, 66, str(answer))
        self.assertIn("shrinks.bin", answer.json["error"]["message"] + answer.err)
        return bytes(relay.said)

    def test_file_that_shrinks(self):
        for mode in self.shrink_modes:
            with self.subTest(mode=mode):
                said = self.shrink_on_the_way(mode)
                self.assertEqual(b"\r\nBDAT " in said, mode in self.bdat_modes)
                self.assert_nothing_delivered()

    shrink_modes = ("plain", "bdat0")
    bdat_modes = ("plain",)
