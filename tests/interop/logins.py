# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each way to connect, with each mechanism that the server has there: matrix.py makes a test of each."""


class Logins:
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
    login_modes = ("auth", "starttls", "tls")
    connections = {"plain": "plain", "auth": "plain", "starttls": "STARTTLS", "tls": "implicit", "lmtp": "LMTP, plain",
                   "lmtp-starttls": "LMTP, STARTTLS", "lmtp-auth": "LMTP, plain",
                   "lmtp-auth-starttls": "LMTP, STARTTLS"}

    def log_in(self, mode, mechanism):
        answer = self.send(mode, *self.letter(), "ok@example.test", *(["--auth", mechanism] if mechanism else []))
        self.assertEqual(answer.json["auth"], mechanism)
        tls = answer.json["tls"]
        if "tls" in mode:
            self.assertTrue(tls["verified"], tls)
        else:
            self.assertIsNone(tls)
        self.check_letter(answer, self.delivered_once())
        self.ran.note("logins", self.title, self.connections[mode], tls["version"] if tls else "–", mechanism or "–",
                      "all of it")

    @classmethod
    def make_login_tests(cls):
        """A test of each mode and mechanism, and of each mode that asks for no login."""
        pairs = [(mode, mechanism) for mode in cls.login_modes for mechanism in cls.mechanisms]
        pairs += [(mode, None) for mode in cls.open_modes]
        if not cls.login_modes:
            cls.test_all_mechanisms_are_tried = cls.test_wrong_password_by_each_mechanism = None
        for mode, mechanism in pairs:
            def test(self, mode=mode, mechanism=mechanism):
                self.log_in(mode, mechanism)
            setattr(cls, "test_login_%s_%s" % (mode.replace("-", "_"), (mechanism or "none").replace("-", "_")), test)

    open_modes = ()
    offered_also = {}  # mechanisms that are known to neither end, or only said to be there, by mode

    def test_all_mechanisms_are_tried(self):
        """What the server offers under each mode is what the table has."""
        for mode in self.login_modes:
            with self.subTest(mode):
                answer = self.command.run("probe", "--json", self.reach(mode)[1])
                self.assertEqual(answer.exit, 0, str(answer))
                self.assertEqual(set(answer.json["servers"][0]["mechanisms"]),
                                 {*self.mechanisms, *self.offered_also.get(mode, ())})

    def test_wrong_password_by_each_mechanism(self):
        mode = self.login_modes[-1]
        for mechanism in self.mechanisms:
            with self.subTest(mechanism):
                answer = self.send(mode, "--auth", mechanism, "-s", "x", "--text", self.letters.text,
                                   "ok@example.test", password=self.letters.wrong_password, exit_code=77)
                self.assertEqual(answer.json["error"]["stage"], "auth")
