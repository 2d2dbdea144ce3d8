# SPDX-License-Identifier: LGPL-2.1-or-later
"""Server and sender: options, the environment, files; and what is never guessed."""

import os

import support
from support import run

TEXT = {'input': b'x\n'}


class Config(support.Case):
    def config(self, text, mode=0o600):
        self.file('mimesend.conf', text.encode() if isinstance(text, str) else text, mode)
        return {'XDG_CONFIG_HOME': self.dir}

    def shown(self, *args, env=None):
        result = run('-n', *args, 'a@example.com', env=env, **TEXT)
        self.check(result, 0)
        return result.stdout.decode()

    def test_no_server(self):
        self.check(run('-f', 'me@example.com', 'a@example.com', **TEXT), 78, '-S', 'MIMESEND_SERVER', '.config/mimesend.conf',
                   '/etc/mimesend.conf')

    def test_no_sender(self):
        self.check(run('-S', 'localhost', 'a@example.com', **TEXT), 78, '--from', 'MIMESEND_FROM', 'mimesend.conf')
        self.check(run('-S', 'localhost', '--message-text', 'x', 'a@example.com'), 78, '-f', 'MIMESEND_FROM')
        self.check(run('build', 'a@example.com', **TEXT), 78, '--from')
        self.check(run('-S', 'localhost', '-f', '<>', 'a@example.com', **TEXT), 78, 'empty -f', '--from')

    def test_order(self):
        env = self.config('server = file.example.com\nfrom = File <file@example.com>\n')
        self.assertIn('file.example.com', self.shown(env=env))
        self.assertIn('<file@example.com>', self.shown(env=env))
        env.update(MIMESEND_SERVER='env.example.com', MIMESEND_FROM='env@example.com')
        self.assertIn('env.example.com', self.shown(env=env))
        self.assertIn('<env@example.com>', self.shown(env=env))
        shown = self.shown('-S', 'option.example.com', '-f', 'option@example.com', env=env)
        self.assertIn('option.example.com', shown)
        self.assertIn('<option@example.com>', shown)
        self.assertNotIn('env', shown)

    def test_empty_environment_is_none(self):
        self.check(run('-f', 'me@example.com', 'a@example.com', env={'MIMESEND_SERVER': ''}, **TEXT), 78)

    def test_sender_of_the_raw_form(self):
        env = {'MIMESEND_FROM': 'Joe Doe <joe@example.com>'}
        result = run('-n', '-S', 'localhost', '--message-text', 'x', 'a@example.com', env=env)
        self.check(result, 0)
        self.assertIn(b'from: <joe@example.com>', result.stdout)

    def test_syntax(self):
        good = '\n# comment\n  server=localhost  \n\tfrom = me@example.com\n'
        self.assertIn('localhost', self.shown(env=self.config(good)))
        for bad, word in (('server localhost\n', 'line 1'), ('\nsurver = x\n', 'line 2'), ('password = x\n', 'password-command'),
                          (b'server = \xff\n', 'UTF-8')):
            with self.subTest(bad):
                self.check(run('-n', 'a@example.com', env=self.config(bad), **TEXT), 78, 'mimesend.conf', word)

    def test_passwords_are_not_repeated(self):
        result = run('-n', 'a@example.com', env=self.config('password = hunter2\n'), **TEXT)
        self.assertNotIn(b'hunter2', result.stderr)

    def test_writable_by_others(self):
        env = self.config('server = localhost\nfrom = me@example.com\n', 0o602)
        self.check(run('-n', 'a@example.com', env=env, **TEXT), 78, 'written by others')

    def test_not_a_file(self):
        os.mkdir(os.path.join(self.dir, 'mimesend.conf'))
        self.check(run('-n', 'a@example.com', env={'XDG_CONFIG_HOME': self.dir}, **TEXT), 78, 'mimesend.conf')

    def test_bad_values(self):
        self.check(run('-f', 'me@example.com', 'a@example.com', env=self.config('server = localhost:0\n'), **TEXT), 78, 'server')
        self.check(run('-S', 'localhost', 'a@example.com', env={'MIMESEND_FROM': 'a b c'}, **TEXT), 65, 'from')
        self.check(run('-S', 'localhost', '-f', 'me@example.com', 'a@example.com', env={'MIMESEND_FROM': b'\xff'}, **TEXT), 65,
                   'MIMESEND_FROM')


if __name__ == '__main__':
    support.main()
