# SPDX-License-Identifier: LGPL-2.1-or-later
"""--dry-run: everything is checked and shown, no connection is made; and the fields of --json (docs/json.md)."""

import json
import os
import stat

import support
from support import Sink, Trap, run

FIELDS = {'version', 'outcome', 'exit', 'error', 'message_id', 'octets', 'server', 'tls', 'auth', 'transactions', 'recipients',
          'retry', 'warnings'}


class DryRun(support.Case):
    def setUp(self):
        super().setUp()
        self.trap = Trap()
        self.addCleanup(self.trap.socket.close)

    def dry(self, *args, code=0, **more):
        result = run('-n', '-S', self.trap.name, '-f', 'me@example.com', *args, **more)
        self.check(result, code)
        self.assertFalse(self.trap.was_touched())
        return result

    def test_letter(self):
        path = self.file('a.pdf', b'%PDF-1.4\n')
        shown = self.dry('--bcc', 'b@example.com', '-a', path, 'a@example.com', input=b'Hello\n').stdout.decode()
        for words in (self.trap.name, 'from: <me@example.com>', 'to: <a@example.com>', 'to: <b@example.com>',
                      'multipart/mixed', 'text/plain, 7bit, 6 octets', 'application/pdf, base64, "a.pdf", 9 octets', 'size: ',
                      'STARTTLS'):
            self.assertIn(words, shown)

    def test_raw(self):
        shown = self.dry('--message-text', 'x', 'a@example.com').stdout.decode()
        self.assertIn('as it is', shown)

    def test_what_would_be_refused_later(self):
        """It ends as the sending would."""
        for octets in (b'Subject: x\rBcc: evil@example.org\n\n', b'Subject : x\ry\n\n', b'Subject: x\n\n\0', b'\0'):
            with self.subTest(octets):
                path = self.file('raw.eml', octets)
                for more in ({'input': octets}, {}):
                    where = '-' if more else path
                    self.dry('--message', where, 'a@example.com', code=65, **more)
                for server in (Sink(self).name, 'program:/bin/cat'):
                    self.check(run('-S', server, '-f', 'me@example.com', '--message', path, 'a@example.com'), 65)
        self.dry('--message', self.file('good.eml', b'Subject: x\n\nbody\r\r\n'), 'a@example.com')

    def test_addresses(self):
        """SMTPUTF8 is for a local part alone: a domain has its A-labels."""
        me = 'me@example.com'
        for sender, to, wanted in ((me, ['a@bücher.example'], False), (me, ['jörg@example.com'], True),
                                   (me, ['a@x.example', 'jörg@bücher.example'], True), ('me@bücher.example', ['a@x.example'], False),
                                   ('möe@x.example', ['a@x.example'], True)):
            with self.subTest(sender=sender, to=to):
                result = run('-n', '-S', self.trap.name, '-f', sender, *to, input=b'x\n')
                self.check(result, 0)
                self.assertEqual('SMTPUTF8' in result.stdout.decode(), wanted)

    def test_no_password_is_asked_for(self):
        mark = os.path.join(self.dir, 'mark')
        shown = self.dry('--user', 'me', '--password-command', 'touch ' + mark, 'a@example.com', input=b'x\n').stdout
        self.assertIn(b'login as me', shown)
        self.assertFalse(os.path.exists(mark))

    def test_login_asks_for_tls(self):
        def shown(*args, **more):
            result = run('-n', '-f', 'me@example.com', 'a@example.com', *args, input=b'x\n', **more)
            self.check(result, 0)
            return result.stdout.decode()
        self.assertIn('STARTTLS where it is offered;', shown('-S', 'mail.example.com'))
        self.assertIn('STARTTLS, verified; login as me;', shown('-S', 'mail.example.com', '--user', 'me'))
        self.assertIn('STARTTLS where it is offered; login as me;',
                      shown('-S', 'mail.example.com', '--user', 'me', '--tls', 'opportunistic'))
        mark = os.path.join(self.dir, 'mark')
        with open(os.path.join(self.dir, 'mimesend.conf'), 'w') as conf:
            conf.write('server = smtps://mail.example.com\nuser = she\npassword-command = touch %s\n' % mark)
        self.assertIn('TLS, verified; login as she;', shown(env={'XDG_CONFIG_HOME': self.dir}))
        self.assertNotIn('login', shown('-S', 'other.example.com', env={'XDG_CONFIG_HOME': self.dir}))
        self.assertFalse(os.path.exists(mark))

    def test_json(self):
        path = self.file('a.txt', b'x\n')
        result = self.dry('--json', '-a', path, 'a@example.com', input=b'Hello\n')
        report = json.loads(result.stdout)
        self.assertEqual(set(report), FIELDS | {'dry_run'})
        self.assertEqual((report['version'], report['outcome'], report['exit'], report['error']), (1, 'not-tried', 0, None))
        host, port = self.trap.name.split(':')
        self.assertEqual((report['server']['host'], report['server']['port'], report['server']['address']), (host, int(port), None))
        self.assertEqual(report['dry_run']['reverse_path'], 'me@example.com')
        self.assertEqual([(p['depth'], p['type']) for p in report['dry_run']['parts']],
                         [(0, 'multipart/mixed'), (1, 'text/plain'), (1, 'text/plain')])
        self.assertEqual([r['address'] for r in report['recipients']], ['a@example.com'])
        self.assertEqual(result.stdout.count(b'\n'), 1)

    def test_json_that_cannot_be_written(self):
        with open('/dev/full', 'wb') as full:
            self.dry('--json', 'a@example.com', input=b'x\n', code=73, stdout=full)

    def test_json_of_an_error(self):
        result = self.dry('--json', '-a', os.path.join(self.dir, 'missing'), 'a@example.com', input=b'x\n', code=66)
        report = json.loads(result.stdout)
        self.assertEqual(set(report), FIELDS)
        self.assertEqual((report['error']['stage'], report['error']['argument']), ('input', '--attach'))

    def test_json_escapes_controls(self):
        result = run('-n', '--json', '-S', 'localhost', '-f', 'me@example.com', '-t', 'a\x1f\x7f\x9b\u202e\u2028@example.com', input=b'x\n')
        self.check(result, 65)
        text = result.stdout.decode()
        for c in '\x1f\x7f\x9b\u202e\u2028':
            self.assertNotIn(c, text)
        json.loads(text)

    def test_skip_empty(self):
        result = run('--json', '--skip-empty', '-S', self.trap.name, '-f', 'me@example.com', 'a@example.com')
        self.check(result, 0, 'the text is empty')
        self.assertFalse(self.trap.was_touched())
        self.assertEqual(json.loads(result.stdout)['outcome'], 'not-tried')

    def test_skip_empty_message(self):
        """As it is, from every kind of input: nothing is sent where there is nothing, and one octet is something."""
        def go(*args, **more):
            result = run('--json', '--skip-empty', '-S', self.trap.name, '-f', 'me@example.com', *args, 'a@example.com', **more)
            return result.returncode, self.trap.was_touched(), json.loads(result.stdout)['outcome']
        empty, full = self.file('empty', b''), self.file('full', b'x')
        for args in (['--message', '-'], ['--message', empty], ['--message', '/dev/null'], ['--message-text', ''],
                     ['--message', empty, '--message', '-', '--message-text', '']):
            with self.subTest(args):
                self.assertEqual(go(*args), (0, False, 'not-tried'))
        with open('/dev/null', 'rb') as null:
            self.assertEqual(go('--message', '-', stdin=null), (0, False, 'not-tried'))
        for args, more in ((['--message', '-'], {'input': b'x'}), (['--message', full], {}), (['--message-text', 'x'], {}),
                           (['--message', empty, '--message', '-', '--message', full], {})):
            with self.subTest(args):
                server = support.Sink(self)
                result = run('--skip-empty', '-S', server.name, '-f', 'me@example.com', *args, 'a@example.com', **more)
                self.check(result, 0)
                self.assertEqual(server.message()['content'], b'x\r\n')

    def test_large_text_leaves_no_file(self):
        env = {'TMPDIR': self.dir}
        self.dry('a@example.com', input=b'line\n' * 1000000, env=env)
        self.assertEqual(os.listdir(self.dir), [])
        os.chmod(self.dir, stat.S_IRWXU)


if __name__ == '__main__':
    support.main()
