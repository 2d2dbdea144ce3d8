# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people read when something went wrong: the library's words never speak of options, the command adds what to type; each
thing is said once, and as it is."""

import json
import signal
import subprocess
import unittest

import support
from support import MIMESEND, Sink, environment, run

ME = ('-f', 'me@example.com')
A = 'a@example.com'


class Advice(support.Case):
    def said(self, code, *args, input=b'x\n', **more):
        result = run('--json', '-v', *args, *ME, input=input, **more)
        self.check(result, code)
        return json.loads(result.stdout), result.stderr.decode()

    def test_what_to_type(self):
        self.file('ca.pem', b'')
        for options, script, args, code, advice in (
                (['--auth', 'u:p'], [], [A], 69, '--user'),
                ([], ['MAIL reply 550 5.7.1 not from here'], [A], 69, '--user'),
                ([], ['MAIL reply 550 5.1.8 no such domain'], [A], 69, '-f'),
                ([], ['MAIL reply 550 5.1.7 bad'], [A], 69, '-f'),
                ([], ['MAIL reply 550 5.7.27 null mx'], [A], 69, '-f'),
                ([], ['MAIL reply 538 5.7.11 encrypt'], [A], 69, '--tls required'),
                (['--tls-self-signed', '--tls-cert-out', self.dir + '/out.pem'], [], ['--tls', 'required', A], 76, "'mimesend probe "),
                (['--hide', '8BITMIME'], [], ['--message-text', 'Subject: x\n\nü\n', A], 69, '--eight-bit as-is'),
                ([], [], ['--all-or-none', *('%d@example.com' % i for i in range(150))], 69, 'without --all-or-none'),
                ([], ['RCPT reply 550 5.1.1 nobody'], [A], 67, None),
                ([], ['DOT reply 451 4.3.0 later', 'LAST reply 451 4.3.0 later'], [A], 75, None),
                ([], ['DOT drop', 'LAST drop'], [A], 74, None)):
            with self.subTest(script=script, args=args[:3], advice=advice):
                sink = Sink(self, *options, script=script)
                report, words = self.said(code, '-S', sink.name, *args)
                if advice is None:
                    self.assertIsNone(report['error']['advice'])
                else:
                    self.assertIn(advice, report['error']['advice'])
                    self.assertIn('mimesend: ' + report['error']['advice'] + '\n', words)
                for text in (report['error']['message'], report['explanation'], *report['warnings']):
                    self.assertNotRegex(text or '', r'(?<![\w-])--?[a-z]|mimesend probe')
        report, words = self.said(75, '-S', 'localhost:1', A)
        self.assertEqual(report['error']['advice'], "'mimesend probe localhost' shows which ports of the server answer")
        self.check(run('-S', 'localhost:1', *ME, '--ehlo', 'a b', A, input=b'x\n'), 64, 'ehlo-name: ', '--ehlo gives that name')

    def test_where_the_code_decides(self):
        """The same code at one stage and at another."""
        secure = ['--tls-self-signed', '--tls-cert-out', self.dir + '/ca.pem']
        user = {'MIMESEND_PASSWORD': 'p'}
        for options, script, args, env, code, words in (
                (secure, 'STARTTLS reply 454 4.7.0 no TLS now', ['--tls', 'required', '--ca-file', self.dir + '/ca.pem'], {}, 75, 'cannot begin TLS at the moment'),
                (['--auth', 'u:p'], 'AUTH reply 454 4.7.0 no', ['--user', 'u', '--tls', 'none'], user, 75, 'the login cannot be checked at the moment'),
                (['--auth', 'u:p'], 'AUTH reply 534 5.7.9 weak', ['--user', 'u', '--tls', 'none', '--auth', 'PLAIN'], user, 77, 'too weak for the server'),
                ([], 'RCPT reply 451 4.7.1 greylisted', [], {}, 75, 'greylisting'),
                ([], 'MAIL reply 501 no', [], {}, 69, "the sender's address"),
                ([], 'RCPT reply 501 no', [], {}, 67, 'the address'),
                ([], 'EHLO reply 501 5.5.4 no', [], {}, None, None),
                (['--hide', 'CHUNKING'], 'DATA reply 534 no', [], {}, 69, None),
                ([], 'LAST reply 552 5.2.3 too long', [], {}, 69, 'longer than the server allows'),
                ([], 'MAIL reply 452 4.5.3 too many messages', [], {}, 75, 'takes no more for now')):
            with self.subTest(script):
                sink = Sink(self, *options, script=[script])
                result = run('--json', '-v', '-S', sink.name, *args, *ME, A, input=b'x\n', env=env)
                if code is not None:
                    self.check(result, code)
                report = json.loads(result.stdout)
                if words is not None:
                    self.assertIn(words, report['explanation'])
                elif code is not None:
                    self.assertNotIn('That is', report['explanation'])

    def test_said_once(self):
        for args in (['-S', 'localhost:1'], ['-S', 'localhost:1', '--retry', '1'], ['-S', 'lmtp:/nonexistent/socket']):
            report, words = self.said(75, *args, A)
            for text in (words, report['explanation']):
                self.assertEqual(text.lower().count('again later is safe'), 1, text)
        sink = Sink(self, '--hide', 'CHUNKING', script=['RCPT drop'])
        report, words = self.said(75, '-S', sink.name, A)
        self.assertEqual(words.lower().count('again later is safe'), 1, words)

    def test_attempts(self):
        sink = Sink(self, script=['MAIL reply 451 4.3.0 later'])
        report, words = self.said(75, '-S', sink.name, '--retry', '1', A)
        self.assertEqual(report['attempts'], 2)
        self.assertIn('It was tried 2 times.', report['explanation'])
        self.assertIn('It was tried 2 times.', words)
        sink = Sink(self, script=['MAIL reply 451 4.3.0 later'])
        report, words = self.said(75, '-S', sink.name, A)
        self.assertEqual(report['attempts'], 1)
        self.assertNotIn('tried', report['explanation'])

    def test_several_senders(self):
        for value in ('a@x.example, b@x.example', 'A <a@x.example>, B <b@x.example>'):
            for args in (['-S', 'localhost:1'], ['-n', '-S', 'localhost'], ['build']):
                result = run(*args, '--from', value, A, input=b'x\n') if args[0] != 'build' else run('build', '--from', value, A, input=b'x\n')
                self.check(result, 65, '--from has several addresses', '-f ADDRESS')
            self.check(run('build', '--from', value, '-f', 'a@x.example', A, input=b'x\n'), 0)

    def test_cancelled(self):
        sink = Sink(self, '--hide', 'CHUNKING', script=['RCPT hang'])
        for locale in 'C', 'C.UTF-8', 'de_DE.UTF-8':
            child = subprocess.Popen([MIMESEND, '-v', '--json', '-S', sink.name, *ME, A], env=environment({'LC_ALL': locale}),
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for line in child.stderr:
                if b'> RCPT' in line:
                    break
            child.send_signal(signal.SIGTERM)
            out, err = child.communicate(timeout=60)
            explanation = json.loads(out)['explanation']
            self.assertEqual(explanation, 'Not sent: it was cancelled. Nobody has the message.')
            self.assertNotIn(b'mended', err)

    def test_ascii_in_the_c_locale(self):
        """What others say, GLib here, has quotes of its own."""
        for args in (['-S', 'program:/none'], ['-S', 'localhost:1'], ['-S', 'a b'], ['-S', 'host:x'], ['-S', 'localhost', '--charset', 'x'],
                     ['-S', 'lmtp:/none'], ['-S', 'smtp://me:p@h'], ['-S', 'localhost', '-a', '/none'], ['-S', 'localhost', '--header', 'x'],
                     ['-S', 'localhost', '--header', 'Subject: x'], ['-S', 'localhost', '--pin', 'x'], ['-S', 'localhost', '-t', 'a..b@c']):
            result = run(*args, *ME, A, input=b'x\n', env={'LC_ALL': 'C'})
            self.assertNotEqual(result.returncode, 0)
            self.assertTrue(result.stderr.isascii(), result.stderr)
            self.assertNotIn(b'"', result.stderr)
            self.assertNotRegex(run(*args, *ME, A, input=b'x\n', env={'LC_ALL': 'de_DE.UTF-8'}).stderr, rb'(?i)nicht|fehler')

    def test_lines_of_a_reply(self):
        """Joined by blanks, wherever a reply is shown."""
        for step in ('GREETING', 'EHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'BDAT', 'LAST', 'DOT', 'DATA', 'RSET', 'VRFY', 'QUIT'):
            for code in ('450', '550'):
                with self.subTest(step=step, code=code):
                    secret = {'MIMESEND_PASSWORD': 'p'}
                    sink = Sink(self, '--auth', 'u:p', '--tls-self-signed', script=[r'%s reply "%s-5.1.1 one\r\n%s-5.1.1 two\r\n%s three"' % (step, code, code, code)])
                    for args in (['probe', '-S', sink.name, '--rcpt', A, '--rcpt', 'b@example.com'], ['-S', sink.name, *ME, A, '--user', 'u']):
                        for more in ([], ['--json', '-v']):
                            result = run(*args, *more, '--tls', 'none', input=b'x\n' if args[0] != 'probe' else b'', env=secret)
                            for said in (result.stdout, result.stderr):
                                self.assertNotIn(b'x0a', said.lower())

    def test_reply_of_one_that_has_it(self):
        """Over LMTP the last reply may be a refusal."""
        sink = Sink(self, '--lmtp', script=['DOT#2 reply 550 5.1.1 not here', 'LAST#2 reply 550 5.1.1 not here'])
        result = run('-S', 'lmtp://' + sink.name, *ME, A, 'b@example.com', input=b'x\n')
        self.check(result, 67, 'b@example.com: refused: 550 5.1.1 not here')
        self.assertRegex(result.stdout.decode(), r'^accepted for 1 of 2 by \S+: 250 2\.0\.0 <a@example.com> stored as')

    def test_reply_and_queue_id_of_the_same(self):
        """Two transactions: 100 recipients and 50; and the second one refused."""
        many = ['%d@example.com' % i for i in range(150)]
        for script, code in (([], 0), (['LAST#2 reply 550 5.7.1 enough', 'DOT#2 reply 550 5.7.1 enough'], 67)):
            sink = Sink(self, script=script)
            result = run('-S', sink.name, *ME, *many, input=b'x\n')
            self.check(result, code)
            words = result.stdout.decode()
            first = sink.message()['id']
            self.assertIn('stored as %s (queue id %s)' % (first, first), words)
            self.assertNotIn('enough', words)
            if code == 0:
                second = sink.message()['id']
                self.assertIn('stored as %s (queue id %s)' % (second, second), words)


if __name__ == '__main__':
    support.main()
