# SPDX-License-Identifier: LGPL-2.1-or-later
"""Postfix: everything, and what only a server with many manners can show."""

import itertools

import letters
from matrix import Matrix, for_modes
from servers.postfix import Postfix


class PostfixTest(Matrix):
    kind = Postfix
    title = "Postfix"
    stop_mode = "plain"
    open_modes = ("plain",)
    window_modes = ("plain", "strict")
    extensions = {"PIPELINING": "plain", "SIZE": "plain", "8BITMIME": "plain", "SMTPUTF8": "plain", "CHUNKING": "plain",
                  "ENHANCEDSTATUSCODES": "plain", "DSN": "plain", "STARTTLS": "starttls", "AUTH": "auth"}
    served_modes = ("plain", "auth", "starttls", "tls", "strict", "strict-tls", "bdat0", "serial", "sevenbit",
                    "tls-bare", "defaults")

    # Certificates

    @for_modes("tls-untrusted", "tls-expired", "tls-wronghost")
    def test_certificate_refused(self, mode):
        answer = self.send(mode, *self.letter(), "ok@example.test", exit_code=76)
        self.assertEqual(answer.json["error"]["stage"], "tls")
        self.assert_nothing_delivered()

    served_modes += ("tls-untrusted", "tls-expired", "tls-wronghost")

    def test_certificate_refused_where_starttls_is_required(self):
        self.send("starttls-untrusted", "--tls", "required", *self.letter(), "ok@example.test", exit_code=76)
        self.assert_nothing_delivered()

    def test_certificate_noted_where_starttls_is_opportunistic(self):
        answer = self.send("starttls-untrusted", "--tls", "opportunistic", *self.letter(), "ok@example.test")
        self.assertFalse(answer.json["tls"]["verified"])
        self.assertTrue(answer.json["tls"]["reason"])
        self.check_letter(answer, self.delivered_once())

    def test_no_password_over_a_certificate_that_is_not_verified(self):
        self.send("starttls-untrusted", "--tls", "opportunistic", "--user", "user@example.test", "--password-file",
                  self.letters.password, *self.letter(), "ok@example.test", exit_code=76)
        self.assert_nothing_delivered()

    def test_tls_required_of_a_server_without(self):
        self.send("plain", "--tls", "required", *self.letter(), "ok@example.test", exit_code=76)
        self.assert_nothing_delivered()

    # Many recipients, on a Postfix with default limits

    def bcc(self, recipients):
        return ["-s", "many", "--text", self.letters.text, *itertools.chain(*(("--bcc", a) for a in recipients))]

    def test_5000_recipients_on_default_limits(self):
        good = ["ok%04d@example.test" % number for number in range(5000)]
        answer = self.send("defaults", *self.bcc(good))
        self.assertEqual(set(self.outcomes(answer).values()), {"accepted"})
        reached = [recipient for message in self.delivered(5000) for recipient in message.recipients]
        self.assertEqual(sorted(reached), good)

    def test_30_of_100_refused_on_default_limits(self):
        everyone = ["%s%03d@example.test" % ("refuse" if number % 10 < 3 else "ok", number) for number in range(100)]
        good = [address for address in everyone if address.startswith("ok")]
        answer = self.send("defaults", *self.bcc(everyone), exit_code=67)
        outcomes = self.outcomes(answer)
        self.assertEqual([address for address in everyone if outcomes[address] == "accepted"], good)
        self.assertEqual([address for address in everyone if outcomes[address] == "refused"],
                         [address for address in everyone if not address.startswith("ok")])
        reached = [recipient for message in self.delivered(70) for recipient in message.recipients]
        self.assertEqual(sorted(reached), sorted(good))

    def test_more_recipients_than_the_server_takes_at_once(self):
        good = ["ok%d@example.test" % number for number in range(10)]
        self.send("tiny", *self.bcc(good))
        reached = [recipient for message in self.delivered(10) for recipient in message.recipients]
        self.assertEqual(sorted(reached), good)

    # Limits

    def test_message_over_the_size_limit(self):
        self.send("tiny", *self.letter(), "ok@example.test", exit_code=69)
        self.assert_nothing_delivered()

    def test_raw_octets_above_127_without_8bitmime(self):
        self.send("sevenbit", "--message", self.letters.eight_bit_raw, "ok@example.test", exit_code=69)
        self.assert_nothing_delivered()

    def test_raw_lines_over_998_are_sent_with_a_warning(self):
        answer = self.send("plain", "--message", self.letters.long_lines_raw, "ok@example.test")
        self.assertTrue(answer.json["warnings"])
        self.assertEqual(self.delivered_once().body, letters.LONG_LINES.encode())
