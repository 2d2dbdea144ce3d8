# SPDX-License-Identifier: LGPL-2.1-or-later
"""mimesend probe: what each server offers and whether it holds, in each mode, without a message."""


class Probes:
    known_outcomes = {"ok@example.test": "accepted", "refuse@example.test": "refused", "later@example.test": "deferred"}

    broken_trials = ()  # what the server offers and does not keep

    def ask(self, mode):
        recipients = [word for address in self.known_outcomes for word in ("--rcpt", address)]
        answer = self.command.run("probe", "--json", *self.reach(mode), *recipients)
        self.assertEqual(answer.exit, 67, str(answer))
        return answer, answer.json["servers"][0]

    def test_probe(self):
        for mode in (*self.login_modes, *self.open_modes):
            with self.subTest(mode):
                answer, found = self.ask(mode)
                self.assertTrue(found["ready"], str(answer))
                offered = found["after" if "after" in found else "before"]
                asked = {word.lower() for word in ("PIPELINING", "CHUNKING") if word in offered}
                self.assertEqual(set(found["trials"]), asked)
                for name, trial in found["trials"].items():
                    self.assertEqual(trial["holds"], name not in self.broken_trials, trial)
                self.assertEqual({row["address"]: row["outcome"] for row in found["recipients"]}, self.known_outcomes)
                self.assertEqual(set(found["times"]) & {"connect", "greeting", "ready", "trials"},
                                 {"connect", "greeting", "ready", "trials"})
                self.check_certificate(mode, found)
                self.assertEqual(self.store.from_sender(self.sender), [])

    def check_certificate(self, mode, found):
        if "tls" not in mode:
            self.assertNotIn("tls", found)
            return
        self.assertTrue(found["tls"]["verified"], found["tls"])
        first = found["chain"][0]
        self.assertEqual(first["subject"], "CN=good")
        self.assertIn("mail.example.test", first["names"])
        self.assertLess(first["not-before"], first["not-after"])
        # the pin, as it is shown, instead of the authority
        self.send(mode, "--pin", first["pin"], *self.plain_letter(), "ok@example.test")
        self.delivered_once()
        self.setUp()
