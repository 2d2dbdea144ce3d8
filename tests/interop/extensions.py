# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each extension that the server offers: used where it is, never where a relay hides it."""

from relay import Relay

KNOWN = {"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "ENHANCEDSTATUSCODES", "DSN",
         "REQUIRETLS", "DELIVERBY", "MT-PRIORITY", "FUTURERELEASE", "LIMITS", "STARTTLS", "AUTH"}
UMLAUT = "okä@example.test"


class Extensions:
    extensions = {}  # keyword: the mode in which it is tried
    newer_extensions = {}  # the same, of those that some of its versions do not offer

    @classmethod
    def make_extension_tests(cls):
        for keyword, mode in (cls.extensions | cls.newer_extensions).items():
            def test(self, keyword=keyword, mode=mode):
                if keyword in self.newer_extensions and keyword not in self.through(mode, [], *self.plain_letter())[0].offered:
                    return
                try_it = getattr(self, "try_" + keyword.lower())
                offered, hidden = try_it(mode, False), try_it(mode, True)
                self.ran.note("extensions", keyword, self.title, offered, hidden)
            setattr(cls, "test_extension_" + keyword.lower(), test)

    def through(self, mode, hide, *arguments, exit_code=0, recipients=("ok@example.test",)):
        """Sends by a relay that hides a keyword, or nothing. Returns the relay, when all is over, and the answer."""
        self.setUp()  # a sender of its own
        with Relay((self.server.address, self.server.ports[mode]), hide=hide) as relay:
            answer = self.send(mode, *arguments, *recipients, exit_code=exit_code, host="127.0.0.1", port=relay.port)
        return relay, answer

    def check_use(self, keyword, mode, hidden, mark, *arguments, **more):
        """`mark`: octets that the client writes where it uses the extension, and only then."""
        relay, answer = self.through(mode, [keyword] if hidden else [], *arguments, **more)
        self.assertIn(keyword, relay.offered)
        self.assertEqual(mark in relay.said, not hidden, bytes(relay.said[:2000]))
        return relay, answer

    def plain_letter(self):
        return ["-s", "x", "--text", self.letters.text]

    def check_text(self):
        message = self.delivered_once().message
        self.assertIn("Grüße aus dem Test.\n.\n..\n", message.get_content().replace("\r\n", "\n"))

    def try_pipelining(self, mode, hidden):
        relay, _ = self.through(mode, ["PIPELINING"] if hidden else [], *self.plain_letter(),
                                recipients=("ok1@example.test", "ok2@example.test"))
        self.assertIn("PIPELINING", relay.offered)
        grouped = any(b"MAIL FROM:" in group and b"RCPT TO:" in group for group in relay.groups)
        self.assertEqual(grouped, not hidden, relay.groups)
        self.delivered(2)
        return "one command at a time; delivered" if hidden else "commands in groups; delivered"

    def try_size(self, mode, hidden):
        self.check_use("SIZE", mode, hidden, b" SIZE=", "--message", self.letters.dots_raw)
        self.delivered_once()
        return "not told; delivered" if hidden else "told; delivered"

    def try_8bitmime(self, mode, hidden):
        self.check_use("8BITMIME", mode, hidden, b" BODY=8BITMIME", "--message", self.letters.eight_bit_raw,
                       exit_code=69 if hidden else 0)
        if hidden:
            self.assertEqual(self.store.from_sender(self.sender), [])
        else:
            self.assertEqual(self.delivered_once().body, "Grüße\n".encode())
        relay, _ = self.through(mode, ["8BITMIME"] if hidden else [], *self.plain_letter())
        self.assertNotIn(b" BODY=8BITMIME", relay.said)  # of what is encoded it is not said
        self.check_text()
        return "text as it is is refused ahead; a letter, encoded, delivered" if hidden else "text as it is; delivered"

    def try_smtputf8(self, mode, hidden):
        self.check_use("SMTPUTF8", mode, hidden, b" SMTPUTF8", *self.plain_letter(), recipients=(UMLAUT,),
                       exit_code=67 if hidden else 0)
        if hidden:
            self.assertEqual(self.store.from_sender(self.sender), [])
            return "the address is refused ahead"
        self.assertEqual(self.delivered_once().recipients, [UMLAUT])
        return "an address in UTF-8; delivered"

    def try_chunking(self, mode, hidden):
        self.check_use("CHUNKING", mode, hidden, b"\r\nBDAT ", *self.plain_letter())
        self.check_text()
        return "by DATA; delivered" if hidden else "by BDAT; delivered"

    def try_enhancedstatuscodes(self, mode, hidden):
        relay, answer = self.through(mode, ["ENHANCEDSTATUSCODES"] if hidden else [], *self.plain_letter(),
                                     recipients=("refuse@example.test",), exit_code=67)
        self.assertIn("ENHANCEDSTATUSCODES", relay.offered)
        enhanced = answer.json["recipients"][0]["enhanced"]
        self.assertTrue(enhanced)
        return "%s in the report%s" % (enhanced, ": read where it is written" if hidden else "")

    def try_dsn(self, mode, hidden):
        _, answer = self.check_use("DSN", mode, hidden, b" NOTIFY=NEVER", "--notify", "never", "--return", "headers",
                                   "--envelope-id", "id", *self.plain_letter())
        self.assertEqual("DSN" in " ".join(answer.json["warnings"]), hidden)
        self.delivered_once()
        return "left out with a warning; delivered" if hidden else "RET, ENVID, NOTIFY; delivered"

    def try_deliverby(self, mode, hidden):
        """Where it is not offered, a message that must be returned in time is not sent."""
        self.check_use("DELIVERBY", mode, hidden, b" BY=3600;R", "--deliver-by", "3600", *self.plain_letter(),
                       exit_code=69 if hidden else 0)
        if hidden:
            self.assertEqual(self.store.from_sender(self.sender), [])
            return "nothing is sent"
        self.delivered_once()
        return "BY=3600;R; delivered"

    def try_starttls(self, mode, hidden):
        relay, answer = self.check_use("STARTTLS", mode, hidden, b"STARTTLS\r\n", *self.plain_letter(),
                                       exit_code=76 if hidden else 0)
        if hidden:
            self.assertNotIn(b"AUTH", relay.said)
            self.assertNotIn(b"MAIL", relay.said)
            return "required, so nothing is sent"
        self.delivered_once()
        return "%s; delivered" % answer.json["tls"]["version"]

    def try_auth(self, mode, hidden):
        relay, answer = self.check_use("AUTH", mode, hidden, b"AUTH ", *self.plain_letter(),
                                       exit_code=77 if hidden else 0)
        if hidden:
            self.assertNotIn(b"MAIL", relay.said)
            return "wanted, so nothing is sent"
        self.delivered_once()
        return "%s; delivered" % answer.json["auth"]

    def try_binarymime(self, mode, hidden):
        """Only where the caller allows it, which the command cannot. Dovecot's submission service hangs up on it when the
        server behind it has no BINARYMIME, although it offers it."""
        with Relay((self.server.address, self.server.ports[mode]), hide=["BINARYMIME"] if hidden else []) as relay:
            line, = self.window(mode, 1, ["ok@example.test"], "--binary", port=relay.port)
        self.assertIn("BINARYMIME", relay.offered)
        self.assertEqual(b" BODY=BINARYMIME" in relay.said, not hidden, bytes(relay.said[:2000]))
        self.assertNotIn(b"\r\nDATA\r\n", relay.said)
        if not hidden:
            self.assertEqual(line.split()[0], "deferred", line)
            return "asked for where the caller allows it; the server hangs up, and nothing is delivered"
        self.assertEqual(self.delivered_once().parts()[0][3], bytes(range(256)))
        return "as base64; delivered"

    def try_limits(self, mode, hidden):
        """That a connection takes so many messages is known ahead, or from the refusal of the next."""
        messages, limit = 25, 10
        with Relay((self.server.address, self.server.ports[mode]), hide=["LIMITS"] if hidden else []) as relay:
            lines = self.window(mode, messages, ["ok@example.test"], "--window", "8", "--no-chunking", port=relay.port)
        self.assertIn("LIMITS", relay.offered)
        self.assertEqual([line.split()[0] for line in lines], ["accepted"] * messages, lines)
        self.delivered(messages)
        tried = [said.count(b"MAIL FROM:") for said in relay.said.split(b"EHLO ")[1:]]
        if hidden:
            self.assertGreater(tried[0], limit, tried)
            return "met by a refusal, then over another connection; delivered"
        self.assertEqual(tried, [limit, limit, messages - 2 * limit])
        return "MAILMAX: so many, then over another connection; delivered"

    def test_extensions_are_all_tried(self):
        """What the server offers in the clear, as far as we know it, is what the table has."""
        offered = set()
        for mode in set(self.extensions.values()):
            relay, _ = self.through(mode, [], *self.plain_letter())
            offered |= relay.offered & KNOWN
        self.assertEqual(offered - set(self.newer_extensions), set(self.extensions))
