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
        one, = self.probe(sink.name, '--user', 'me', code=77, env={'MIMESEND_PASSWORD': 'wrong'})
        self.assertFalse(one['ready'])
        self.assertIn('535', one['failure'])
        self.assertEqual(one['error'], 'login')

    def test_behind_the_login(self):
        for script in ('EHLO#1 raw "250-s\\r\\n250-AUTH PLAIN\\r\\n250 SIZE 100\\r\\n"', 'EHLO#2 reply 503 5.5.1 once'):
            sink = Sink(self, '--auth', 'me:secret', script=[script])
            one, = self.probe(sink.name, '--user', 'me', env={'MIMESEND_PASSWORD': 'secret'})
            self.assertTrue(one['ready'])
            self.assertIn('DSN', one['before'])
            self.assertEqual(one['before'].count('CHUNKING'), 1)
            self.assertNotIn('SIZE 100', one['before'])
            self.assertTrue(one['trials']['pipelining']['holds'])
            sink.stop()

    def test_what_holds(self):
        """What is said for it is no message, and nothing that the receiver would note."""
        sink = Sink(self)
        one, = self.probe(sink.name)
        self.assertEqual({name: trial['holds'] for name, trial in one['trials'].items()},
                         {'pipelining': True, 'chunking': True})
        self.assertIn('503', one['trials']['chunking']['words'])
        self.assertNotIn('recipients', one)
        shown = run('probe', sink.name)
        self.check(shown, 0)
        self.assertIn('PIPELINING     holds: ', shown.stdout.decode())
        self.assertEqual(sink.stop(), [])
        sink = Sink(self, '--hide', 'PIPELINING', '--hide', 'CHUNKING')
        self.assertEqual(self.probe(sink.name)[0]['trials'], {})

    def test_what_does_not_hold(self):
        for step, trial, words in (('LAST reply 500 5.5.1 what?', 'chunking', '500 what?'), ('LAST drop', 'chunking', 'closed'),
                                   ('LAST raw "250 ok\\r\\n250 ok\\r\\n"', 'chunking', 'nobody asked for'),
                                   ('RSET reply 503 5.5.1 one at a time', 'pipelining', '503 one at a time'),
                                   ('MAIL#2 reply 500 5.5.1 what?', 'pipelining', '500 what?'),
                                   ('MAIL drop', 'pipelining', 'closed'), ('RSET raw "\\0\\r\\n"', 'pipelining', 'no reply of SMTP')):
            with self.subTest(step):
                one, = self.probe(Sink(self, script=[step]).name)
                self.assertFalse(one['trials'][trial]['holds'])
                self.assertIn(words, one['trials'][trial]['words'])
                self.assertIn('does not hold', ' '.join(one['choice']))
                self.assertTrue(one['ready'])

    def test_recipients(self):
        sink = Sink(self, '--refuse', 'nobody@*=550 5.1.1 no such user', '--refuse', 'later@*=451 4.2.1 later')
        ask = ['--rcpt', 'a@example.com', '--rcpt', 'nobody@example.com', '--rcpt', 'later@example.com']
        one, = self.probe(sink.name, '-f', 'me@example.com', *ask, code=67)
        self.assertEqual([(row['address'], row['outcome'], row['code'], row['enhanced']) for row in one['recipients']],
                         [('a@example.com', 'accepted', 250, '2.1.5'), ('nobody@example.com', 'refused', 550, '5.1.1'),
                          ('later@example.com', 'deferred', 451, '4.2.1')])
        self.probe(sink.name, '-f', '<>', *ask[:2])
        self.probe(sink.name, *ask[:2], *ask[4:], code=75)
        shown = run('probe', sink.name, *ask)
        self.check(shown, 67)
        self.assertIn('nobody@example.com: refused: 550 5.1.1 no such user', shown.stdout.decode())
        self.assertEqual(sink.stop(), [])
        one, = self.probe(Sink(self, script=['MAIL reply 550 5.7.1 not you']).name, *ask, code=75)
        self.assertEqual({row['outcome'] for row in one['recipients']}, {'not-asked'})
        self.assertIn('550 not you', one['recipients'][0]['text'])
        one, = self.probe(Sink(self, script=['RCPT#2 drop']).name, *ask, code=75)
        self.assertEqual([row['outcome'] for row in one['recipients']], ['accepted', 'not-asked', 'not-asked'])
        one, = self.probe(Sink(self, '--hide', 'SMTPUTF8').name, '--rcpt', 'jörg@example.com', code=75)
        self.assertIn('SMTPUTF8', one['recipients'][0]['text'])
        for args, code in ((['probe', 'x', '--rcpt', 'a@b\r\nDATA'], 65), (['probe', 'x', '--rcpt', ''], 65),
                           (['-f', 'a@b.example', '--rcpt', 'a@b.example', 'a@b.example'], 64)):
            with self.subTest(args):
                self.check(run(*args, input=b'x\n'), code)

    def test_failures(self):
        one, = self.probe(Sink(self, script=['GREETING raw "HTTP/1.1 400 no\\r\\n"']).name, code=76)
        self.assertFalse(one['ready'])
        self.probe(Sink(self, script=['EHLO hang']).name, '--deadline', '1', code=75)
        self.assertEqual(self.probe('127.0.0.1:1', code=75), [])
        self.check(run('probe'), 78)
        self.check(run('probe', 'a', 'b'), 64)
        self.check(run('probe', '-s', 'x', 'a'), 64)

    def test_failures_end_as_they_do_for_a_message(self):
        for line, code, error in (('GREETING drop', 75, 'connect'), ('GREETING reply 421 4.3.2 later', 75, 'deferred'),
                                  ('GREETING reply 554 5.7.1 go away', 69, 'refused'), ('EHLO drop', 75, 'connect'),
                                  ('EHLO reply 421 4.3.2 later', 75, 'deferred'), ('EHLO raw "0\\r\\n"', 76, 'protocol')):
            with self.subTest(line):
                for command in (('probe', '--json'), ('-S',)):
                    sink = Sink(self, script=[line])
                    more = () if command[0] == 'probe' else ('-f', 'a@example.com', 'b@example.com')
                    result = run(*command, sink.name, *more, input=b'x\n')
                    self.check(result, code)
                    if not more:
                        self.assertEqual(json.loads(result.stdout)['servers'][0]['error'], error)
        for reply, code, error in (('454 4.7.0 not now', 75, 'deferred'), ('535 5.7.8 no', 77, 'login')):
            with self.subTest(reply):
                sink = Sink(self, '--auth', 'me:secret', script=['AUTH reply ' + reply])
                one, = self.probe(sink.name, '--user', 'me', code=code, env={'MIMESEND_PASSWORD': 'secret'})
                self.assertEqual(one['error'], error)
        one, = self.probe(Sink(self).name, '--tls', 'required', code=76)
        self.assertEqual(one['error'], 'tls')

    def test_hostile_words(self):
        sink = Sink(self, script=['GREETING raw "220 \\x1b[31mred\\xff\\r\\n"',
                                  'EHLO raw "250-x\\r\\n250-\\x1b]0;X\\x07\\r\\n250 SIZE 99999999999999999999\\r\\n"'])
        for args in ([], ['--json']):
            with self.subTest(args):
                result = run('probe', *args, sink.name)
                self.assertNotIn(b'\x1b', result.stdout + result.stderr)


if __name__ == '__main__':
    support.main()
