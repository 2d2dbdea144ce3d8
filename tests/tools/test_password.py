# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the password comes from, and what is refused about it, before anybody is connected to."""

import json
import os

import support
from support import run

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
