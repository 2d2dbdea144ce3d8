# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two hundred random trees and the mails of tests/data, signed, as other people's verifiers see them; and that they see a change."""

import glob
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../tools'))
import support
import verifiers


class Verifiers(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.records = verifiers.make_keys(cls.place.name)
        cls.signed = os.path.join(cls.place.name, 'signed')
        os.mkdir(cls.signed)
        keys = [os.path.join(cls.place.name, name + '.pem') for name in ('rsa', 'ed25519')]
        said = subprocess.run([os.environ['SIGN_MANY'], cls.signed, *keys, os.environ['TEST_MAILS']], check=True, stdout=subprocess.PIPE)
        cls.n_trees, cls.n_mails = map(int, said.stdout.split())
        cls.paths = sorted(glob.glob(cls.signed + '/*'))
        cls.found = list(verifiers.available(cls.records, cls.place.name))

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def verifier(self, kind):
        for found, why in self.found:
            if found is kind:
                self.skipTest(why)
            if isinstance(found, kind):
                return found
        raise AssertionError

    def verify_all(self, kind):
        verifier = self.verifier(kind)
        self.assertEqual(self.n_trees, 200)
        self.assertGreaterEqual(self.n_mails, 14)
        bad = [os.path.basename(path) for path in self.paths if not verifier.verify(path)]
        self.assertEqual(set(bad), verifier.unable)

    def see_change(self, kind):
        verifier = self.verifier(kind)
        with open(self.paths[0], 'rb') as file:
            octets = file.read()
        header, blank, body = octets.partition(b'\r\n\r\n')
        for name, changed in ('body', header + blank + b'x' + body), ('field', header + b'\r\nSubject: another' + blank + body):
            path = os.path.join(self.place.name, 'changed-' + name)
            with open(path, 'wb') as file:
                file.write(changed)
            self.assertFalse(verifier.verify(path), name)

    def test_dkimpy(self):
        self.verify_all(verifiers.Dkimpy)

    def test_dkimpy_sees_change(self):
        self.see_change(verifiers.Dkimpy)

    def test_mail_dkim(self):
        self.verify_all(verifiers.MailDkim)

    def test_mail_dkim_sees_change(self):
        self.see_change(verifiers.MailDkim)

    def test_opendkim(self):
        self.verify_all(verifiers.OpenDkim)

    def test_opendkim_sees_change(self):
        self.see_change(verifiers.OpenDkim)


if __name__ == '__main__':
    support.main()
