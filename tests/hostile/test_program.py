# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs in the place of a server: what they are given, and what is made of how they end."""

import os
import shlex

import peer
import support
from peer import send

ME = ('-f', 'me@example.com')
A = 'a@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\n.\nbody\n')


class Program(support.Case):
    def script(self, text):
        path = self.file('sendmail', b'#!/bin/sh\n' + text.encode(), mode=0o700)
        return 'program:' + shlex.quote(path)

    def record(self, then='exit 0'):
        return self.script('for i in "$@"; do printf "%%s\\0" "$i"; done > %s/arguments\ncat > %s/input\nenv > %s/environment\n%s\n'
                           % (self.dir, self.dir, self.dir, then))

    def recorded(self, name):
        with open(os.path.join(self.dir, name), 'rb') as f:
            return f.read()

    def test_exit_codes(self):
        for status, code in ((0, 0), (75, 75), (68, 75), (111, 75), (67, 69), (1, 69), (69, 69), (74, 69), (127, 69)):
            with self.subTest(status):
                result = send('-S', self.record('exit %d' % status), *ME, *MESSAGE, A)
                self.assertEqual(result.code, code, result.words())
        self.assertEqual(self.recorded('input'), b'Subject: x\n\n.\nbody\n')

    def test_killed(self):
        """A program that had the whole message and was killed may have passed it on."""
        for number in ('KILL', 'SEGV', 'TERM', 'ABRT'):
            with self.subTest(number):
                result = send('-S', self.record('kill -%s $$' % number), *ME, *MESSAGE, A)
                self.assertEqual(result.code, 74, result.words())

    def test_arguments(self):
        """Nothing in an address is an option, or a word for a shell."""
        for local in ('-oQ/tmp', '-X/tmp/log', "'$(id)'", '`id`', '"a b"', '"-f x"', '$IFS', 'a|b', '*', '?', '{a,b}', '--', '-', '"\\\\"'):
            mailbox = local + '@example.com'
            with self.subTest(mailbox):
                result = send('-S', self.record(), '-f', 'me@example.com', *MESSAGE, '--', mailbox)
                if result.code == 65:
                    continue
                self.assertEqual(result.code, 0, result.words())
                self.assertEqual(self.recorded('arguments').split(b'\0')[:-1], [b'-i', b'-f', b'me@example.com', b'--', mailbox.encode()])
        result = send('-S', self.record(), '-f', '-X/tmp/log@example.com', *MESSAGE, A)
        self.assertEqual(result.code, 64, result.words())
        result = send('-S', self.record(), '-f', '"-X/tmp/log"@example.com', *MESSAGE, A)
        self.assertEqual(result.code, 0, result.words())
        self.assertEqual(self.recorded('arguments').split(b'\0')[1:3], [b'-f', b'"-X/tmp/log"@example.com'])

    def test_domains(self):
        """The program is given what needs no SMTPUTF8."""
        result = send('-S', self.record(), '-f', 'me@b\u00fccher.example', *MESSAGE, 'a@b\u00fccher.example', 'j\u00f6rg@b\u00fccher.example')
        self.assertEqual(result.code, 0, result.words())
        self.assertEqual(self.recorded('arguments').decode().split('\0')[1:-1],
                         ['-f', 'me@xn--bcher-kva.example', '--', 'a@xn--bcher-kva.example', 'j\u00f6rg@b\u00fccher.example'])

    def test_no_secret_in_the_environment(self):
        result = send('-S', self.record(), *ME, *MESSAGE, A, env={'MIMESEND_PASSWORD': peer.PASSWORD})
        self.assertEqual(result.code, 0, result.words())
        self.assertNotIn(peer.PASSWORD.encode(), self.recorded('environment'))

    def test_ends_early(self):
        """A program that reads no more says why by its status and its words. Success without the message is a doubt."""
        text = self.file('long', b'A line of text.\n' * 400000)
        for body, code in (('exit 0', 74), ('exec 0<&-; exit 0', 74), ('head -c 1000 >/dev/null; exit 0', 74),
                           ('exit 67', 69), ('head -c 1000 >/dev/null; exit 1', 69), ('exec 0<&-; sleep 0.1; exit 69', 69),
                           ('exit 75', 75), ('exit 111', 75), ('exit 68', 75), ('head -c 70000 >/dev/null; exit 75', 75),
                           ('kill -KILL $$', 75), ('head -c 1000 >/dev/null; kill -TERM $$', 75)):
            with self.subTest(body):
                result = send('-S', self.script('echo "550 no such user" >&2\n' + body), *ME, '--message', text, A)
                self.assertEqual(result.code, code, result.words())
                self.assertIn('550 no such user', result.words())
                self.assertIn('before it had read the whole message', result.words())

    def test_leaves_its_input_to_others(self):
        """The end of the program counts, though a child of it still holds the other end of the pipe."""
        text = self.file('long', b'A line of text.\n' * 400000)
        body = 'exec 3<&0; sleep 100 <&3 >/dev/null 2>&1 3<&- & echo $! > %s/pid; echo later; exit 75' % self.dir
        result = send('-S', self.script(body), *ME, '--message', text, '--deadline', '60', A)
        os.kill(int(self.recorded('pid')), 9)
        self.assertEqual(result.code, 75, result.words())
        self.assertIn('later', result.words())

    def test_demands(self):
        """What changes the meaning of the sending is refused, what asks for more is left out with a warning."""
        for options, code in ((('--require-tls',), 69), (('--hold', '60'), 69), (('--hold-until', '2037-01-31T08:00:00Z'), 69),
                              (('--deliver-by', '600'), 69), (('--tls', 'required'), 64), (('--tls', 'implicit'), 64),
                              (('--user', 'joe', '--password-file', self.file('secret', b'x', mode=0o600)), 64)):
            with self.subTest(options):
                result = send('-S', self.record(), *ME, *MESSAGE, *options, A)
                self.assertEqual(result.code, code, result.words())
                self.assertFalse(os.path.exists(os.path.join(self.dir, 'arguments')))
        for options, word in ((('--notify', 'success'), 'DSN'), (('--return', 'full'), 'DSN'), (('--envelope-id', 'q'), 'DSN'),
                              (('--priority', '3'), 'MT-PRIORITY'), (('--deliver-by', '600,notify'), 'DELIVERBY')):
            with self.subTest(options):
                result = send('-S', self.record(), *ME, *MESSAGE, *options, A)
                self.assertEqual(result.code, 0, result.words())
                self.assertIn('does not offer ' + word, result.words())

    def test_talks_without_end(self):
        """Its words are bounded and escaped."""
        for body in ('yes "$(printf \'\\033[31m\')" | head -c 30000000; cat >/dev/null; exit 1', 'cat >/dev/null; head -c 3000000 /dev/zero; exit 1',
                     'cat >/dev/null; head -c 3000000 /dev/urandom; exit 1'):
            with self.subTest(body):
                result = send('-S', self.script(body), *ME, *MESSAGE, A)
                self.assertEqual(result.code, 69, result.words()[:2000])
                self.assertLess(len(result.err), 16384)

    def test_never_ends(self):
        for body, code in (('cat > /dev/null; exec sleep 100', 74), ('exec sleep 100', 75), ('exec <&-; exec sleep 100', 74)):
            with self.subTest(body):
                text = self.file('long', b'A line of text.\n' * 400000)
                result = send('-S', self.script(body), *ME, '--message', text, '--deadline', '3', A)
                self.assertEqual(result.code, code, result.words())
                self.assertIn('the deadline of 3 s for the whole message has passed', result.words())

    def test_content_fails(self):
        """The program must not take the end of the pipe for the end of the message."""
        body = 'trap "" TERM INT HUP; cat > /dev/null; touch %s/taken' % self.dir
        text = self.file('nul', b'A line of text.\n' * 400000 + b'\0')
        result = send('-S', self.script(body), *ME, '--message', text, A)
        self.assertEqual(result.code, 65, result.words())
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'taken')))

    def test_not_there(self):
        for server in ('program:/nonexistent/sendmail', 'program:' + self.file('no', b'x'), 'program:', 'program:""', "program:'", 'program:/'):
            with self.subTest(server):
                result = send('-S', server, *ME, *MESSAGE, A)
                self.assertIn(result.code, (64, 65, 69, 78), result.words())


if __name__ == '__main__':
    support.main()
