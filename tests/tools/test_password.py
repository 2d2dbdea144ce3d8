# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the password comes from, and what is refused about it, before any connection is made."""

import json
import os

import support
from support import Sink, run

TO = ('-f', 'me@example.com', 'a@example.com')
TEXT = {'input': b'x\n'}


class Password(support.Case):
    def test_no_terminal(self):
        self.refuse(77, '--user', 'me', *TO, words=['--password-file', 'MIMESEND_PASSWORD'], start_new_session=True, **TEXT)

    def test_file(self):
        self.refuse(66, '--user', 'me', '--password-file', os.path.join(self.dir, 'missing'), *TO, words=['--password-file'], **TEXT)
        self.refuse(77, '--user', 'me', '--password-file', self.file('empty', b'\n'), *TO, words=['no password'], **TEXT)
        for bad in (b'a\0b', b'a\nb\n', b'a\rb', b'a\n\n', b'x' * 9000, b'\xff'):
            with self.subTest(bad[:10]):
                self.refuse(65, '--user', 'me', '--password-file', self.file('bad', bad), *TO, words=['password'], **TEXT)

    def test_file_that_others_read(self):
        path = self.file('open', b'secret', 0o644)
        result = run('-S', 'localhost:1', '--tls', 'none', '--user', 'me', '--password-file', path, *TO, **TEXT)
        self.assertIn(b'can be read by others', result.stderr)
        self.assertNotIn(b'secret', result.stderr + result.stdout)
        result = run('--json', '-S', 'localhost:1', '--tls', 'none', '--user', 'me', '--password-file', path, *TO, **TEXT)
        self.assertIn('can be read by others', json.loads(result.stdout)['warnings'][0])

    def test_command(self):
        self.refuse(77, '--user', 'me', '--password-command', 'exit 3', *TO, words=['password command failed'], **TEXT)
        self.refuse(77, '--user', 'me', '--password-command', 'true', *TO, words=['no password'], **TEXT)
        self.refuse(77, '--user', 'me', '--password-command', '/nonexistent', *TO, words=['password command failed'], **TEXT)

    def log_in(self, command, code=0, secret='pencil-7', words=()):
        sink = Sink(self, '--auth', 'me:' + secret, store=False)
        result = run('-S', sink.name, '--tls', 'none', '--user', 'me', '--password-command', command, *TO, **TEXT)
        self.check(result, code, *words)
        self.assertNotIn(secret.encode(), result.stdout + result.stderr)
        sink.stop()

    def test_command_s_first_line(self):
        """What a password manager prints behind it is not looked at, however much it is."""
        for command in ('printf pencil-7', 'echo pencil-7', "printf 'pencil-7\\r\\n'", "printf 'pencil-7\\nuser: me\\nurl: x\\n'", "printf 'pencil-7\\r\\nuser: me\\r\\n'",
                        "printf 'pencil-7\\n\\n'", "printf 'pencil-7\\n\\000\\377\\n'", "printf 'pen'; sleep 0.2; printf 'cil-7\\nmore'", 'echo pencil-7; head -c 3000000 /dev/zero',
                        'echo pencil-7; sleep 0.2; echo more; sleep 0.2; echo more', 'echo pencil-7; echo to standard error >&2'):
            with self.subTest(command):
                self.log_in(command)
        self.log_in("printf ' a b\\t\\n'", secret=' a b\t')

    def test_command_s_first_line_is_none(self):
        for command, code, words in (("printf '\\npencil-7\\n'", 77, 'no password'), ("printf '\\r\\npencil-7\\n'", 77, 'no password'), ("printf ''", 77, 'no password'),
                                     ("printf 'pen\\rcil-7\\n'", 65, 'line end'), ("printf 'pen\\000cil-7\\n'", 65, 'NUL'), ("printf '\\377\\n'", 65, 'UTF-8'),
                                     ('head -c 9000 /dev/zero | tr "\\0" x; echo; echo more', 65, 'longer'), ('echo pencil-7; exit 1', 77, 'password command failed'),
                                     ('echo pencil-7; kill -TERM $$', 77, 'password command failed'), ('echo pencil-7; nonesuch', 77, 'password command failed')):
            with self.subTest(command):
                self.refuse(code, '--user', 'me', '--password-command', command, *TO, words=[words], **TEXT)

    def test_command_does_not_read_the_message(self):
        mark = os.path.join(self.dir, 'mark')
        self.refuse(77, '--user', 'me', '--password-command', 'cat > %s; exit 1' % mark, *TO, **TEXT)
        with open(mark, 'rb') as f:
            self.assertEqual(f.read(), b'')

    def test_environment(self):
        for bad in ('a\nb', 'a\rb'):
            with self.subTest(bad):
                self.refuse(65, '--user', 'me', *TO, words=['MIMESEND_PASSWORD'], env={'MIMESEND_PASSWORD': bad}, **TEXT)

    def test_environment_is_not_passed_on(self):
        mark = os.path.join(self.dir, 'mark')
        self.refuse(77, '--user', 'me', '--password-command', 'echo "[$MIMESEND_PASSWORD]" > %s; exit 1' % mark, *TO,
                    env={'MIMESEND_PASSWORD': 'secret'}, **TEXT)
        with open(mark) as f:
            self.assertEqual(f.read(), '[]\n')

    def test_configured_credentials_are_for_the_configured_server(self):
        mark = os.path.join(self.dir, 'mark')
        self.file('mimesend.conf', ('server = localhost:1\nuser = me\npassword-command = touch %s; exit 1\n' % mark).encode())
        env = {'XDG_CONFIG_HOME': self.dir}
        run('-S', 'localhost:2', *TO, env=env, **TEXT)
        self.assertFalse(os.path.exists(mark))
        self.check(run(*TO, env=env, **TEXT), 77)
        self.assertTrue(os.path.exists(mark))


if __name__ == '__main__':
    support.main()
