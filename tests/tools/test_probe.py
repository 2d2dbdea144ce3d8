# SPDX-License-Identifier: LGPL-2.1-or-later
"""mimesend probe: what a server offers, without a message."""

import json

import support
from support import Sink, run


class Probe(support.Case):
    def probe(self, server, *args, code=0, **more):
        result = run('probe', '--json', *args, server, **more)
        self.check(result, code)
        return json.loads(result.stdout)['servers']

    def test_plain(self):
        sink = Sink(self, '--auth', 'me:secret')
        one, = self.probe(sink.name)
        self.assertTrue(one['ready'])
        self.assertIn('CHUNKING', one['before'])
        self.assertIn('SCRAM-SHA-256', one['mechanisms'])
        self.assertIn('login: SCRAM-SHA-256, the strongest that both sides have for a password', one['choice'])
        self.assertNotIn('tls', one)
        self.assertGreaterEqual(one['times']['ready'], one['times']['connect'])
        self.assertEqual(sink.stop(), [])

    def test_tls_and_the_pin(self):
        sink = Sink(self, '--tls-self-signed')
        one, = self.probe(sink.name)  # not verified, and no hindrance
        self.assertTrue(one['ready'])
        self.assertFalse(one['tls']['verified'])
        self.assertIn('STARTTLS', one['before'])
        self.assertNotIn('STARTTLS', one['after'])
        pin = one['chain'][0]['pin']
        self.assertRegex(pin, '^sha256:.{44}$')
        result = run('-S', sink.name, '--pin', pin, '-f', 'a@example.com', 'b@example.com', input=b'x\n')
        self.check(result, 0)
        shown = run('probe', sink.name)
        self.check(shown, 0)
        self.assertIn('--pin        ' + pin, shown.stdout.decode())
        self.assertIn('NOT verified', shown.stdout.decode())

    def test_implicit_tls(self):
        sink = Sink(self, '--tls-self-signed', '--implicit-tls')
        one, = self.probe('smtps://localhost:' + sink.name.rpartition(':')[2])
        self.assertTrue(one['ready'])
        self.assertFalse(one['tls']['verified'])
        self.assertNotIn('before', one)

    def test_login(self):
        sink = Sink(self, '--auth', 'me:secret')
        self.probe(sink.name, '--user', 'me', env={'MIMESEND_PASSWORD': 'secret'})
        one, = self.probe(sink.name, '--user', 'me', code=76, env={'MIMESEND_PASSWORD': 'wrong'})
        self.assertFalse(one['ready'])
        self.assertIn('535', one['failure'])

    def test_failures(self):
        one, = self.probe(Sink(self, script=['GREETING raw "HTTP/1.1 400 no\\r\\n"']).name, code=76)
        self.assertFalse(one['ready'])
        self.probe(Sink(self, script=['EHLO hang']).name, '--deadline', '1', code=76)
        self.assertEqual(self.probe('127.0.0.1:1', code=75), [])
        self.check(run('probe'), 78)
        self.check(run('probe', 'a', 'b'), 64)
        self.check(run('probe', '-s', 'x', 'a'), 64)

    def test_hostile_words(self):
        sink = Sink(self, script=['GREETING raw "220 \\x1b[31mred\\xff\\r\\n"',
                                  'EHLO raw "250-x\\r\\n250-\\x1b]0;X\\x07\\r\\n250 SIZE 99999999999999999999\\r\\n"'])
        for args in ([], ['--json']):
            with self.subTest(args):
                result = run('probe', *args, sink.name)
                self.assertNotIn(b'\x1b', result.stdout + result.stderr)


if __name__ == '__main__':
    support.main()
