# SPDX-License-Identifier: LGPL-2.1-or-later
"""Server and sender: options, the environment, files; and what is never guessed."""

import functools
import json
import os
import shutil
import tempfile
import unittest

import support
from support import run

TEXT = {'input': b'x\n'}
as_root = unittest.skipUnless(os.geteuid() == 0, 'only root can become another user: sudo ./bootstrap test')


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

    def as_nobody(self, *args, env, **more):
        """Run by a user who is not root and owns nothing here."""
        os.chmod(self.dir, 0o755)
        return run(*args, env={'HOME': self.dir, **env}, user=65534, group=65534, extra_groups=[], command=self.reachable(), **more)

    @classmethod
    @functools.cache
    def reachable(cls):
        folder = tempfile.mkdtemp(prefix='mimesend-command-')
        cls.addClassCleanup(shutil.rmtree, folder)
        return support.command_for_all(folder)

    @as_root
    def test_files_that_are_not_used(self):
        """Nothing that was asked for needs them: a warning."""
        home = os.path.join(self.dir, 'home')
        os.makedirs(home + '/.config')
        mine = home + '/.config/mimesend.conf'
        with open(mine, 'w') as f:
            f.write('server = wrong.example.com\nfrom = wrong@example.com\nuser = me\n')
        for what, change in (('cannot be opened: Permission denied', lambda: os.chmod(home, 0o700)),
                             ('cannot be opened: Permission denied', lambda: (os.chmod(home, 0o755), os.chmod(mine, 0o600))),
                             ('belongs to another user', lambda: (os.chown(mine, 12345, 12345), os.chmod(mine, 0o644))),
                             ('can be written by others', lambda: (os.chown(mine, 65534, 65534), os.chmod(mine, 0o666))),
                             ('is longer than', lambda: (os.chmod(mine, 0o600), os.truncate(mine, 1 << 20))),
                             ('is not a regular file', lambda: (os.remove(mine), os.mkdir(mine)))):
            change()
            with self.subTest(what):
                env = {'HOME': home, 'XDG_CONFIG_HOME': ''}
                built = self.as_nobody('build', '-f', 'me@example.com', 'a@example.com', env=env, **TEXT)
                self.check(built, 0, 'warning: ' + mine, what, 'it is not used')
                self.assertIn(b'From: me@example.com', built.stdout)
                sent = self.as_nobody('-n', '--json', '-S', 'localhost', '-f', 'me@example.com', 'a@example.com', env=env, **TEXT)
                self.check(sent, 0, 'warning: ' + mine)
                self.assertIn(what, json.loads(sent.stdout)['warnings'][0])
                for args in (['-n', '-S', 'localhost'], ['-n', '-f', 'me@example.com'], ['build']):  # it might have said
                    self.check(self.as_nobody(*args, 'a@example.com', env=env, **TEXT), 78, what, 'is known')

    @as_root
    def test_other_owner_of_the_system(self):
        """A file of root is good for all; a link to another user's is not."""
        env = self.config('server = localhost\nfrom = me@example.com\n', 0o644)
        self.check(self.as_nobody('-n', 'a@example.com', env=env, **TEXT), 0)

    def test_tilde(self):
        socket_path, home = os.path.join(self.dir, 'socket'), {'HOME': self.dir}
        self.file('ca.pem', b'')
        for where in ('lmtp:~/socket', 'lmtp:~root/socket', 'lmtp:~'):
            shown = self.shown('-S', where, '-f', 'me@example.com', env=home)
            self.assertNotIn('~', shown)
        self.assertIn(socket_path, self.shown('-S', 'lmtp:~/socket', '-f', 'me@example.com', env=home))
        config = self.config('server = lmtp:~/socket\nfrom = me@example.com\nca-file = ~/ca.pem\n')
        self.assertIn(socket_path, self.shown(env={**config, **home}))
        for option in '--ca-file', '--crl-file', '--client-cert':
            self.shown('-S', 'localhost', '-f', 'me@example.com', option + '=~/ca.pem', env=home)
            self.shown('-S', 'localhost', '-f', 'me@example.com', option, '~/ca.pem', env=home)
            self.check(run('-n', '-S', 'localhost', '-f', 'me@example.com', option, '~nobody-of-this-name/x', 'a@example.com', env=home,
                           **TEXT), 66, option, "'~nobody-of-this-name/x'")

    def test_tilde_of_a_password_and_a_program(self):
        sink = support.Sink(self, '--auth', 'me:secret')
        self.file('secret', b'secret\n')
        self.check(run('-S', sink.name, '--user', 'me', '--password-file=~/secret', '-f', 'me@example.com', 'a@example.com',
                       env={'HOME': self.dir}, **TEXT), 0)
        self.assertEqual(sink.message()['auth']['user'], 'me')
        os.chmod(self.file('program', b'#!/bin/sh\nexec cat > /dev/null\n'), 0o700)
        self.check(run('-S', 'program:~/program', '-f', 'me@example.com', 'a@example.com', env={'HOME': self.dir}, **TEXT), 0)

    def test_names_of_attachments_are_as_they_are(self):
        """A script's file may be called so."""
        os.makedirs(self.dir + '/~')
        self.file('~/x', b'here')
        built = run('build', '-f', 'me@example.com', '--attach-file', '~/x', 'a@example.com', cwd=self.dir,
                    env={'HOME': support.NOWHERE}, **TEXT)
        self.check(built, 0)

    def test_login_of_the_configured_server(self):
        """Named once more, by -S or the environment, it is still the file's."""
        sink, other = (support.Sink(self, '--auth', 'me:secret') for _ in range(2))
        env = self.config('server = %s\nuser = me\npassword-command = echo secret\nfrom = me@example.com\n' % sink.name)
        for args, more in (([], {}), (['-S', sink.name], {}), (['-S', ' %s ' % sink.name], {}), ([], {'MIMESEND_SERVER': sink.name}),
                           (['-S', sink.name], {'MIMESEND_SERVER': 'elsewhere.example.com'}), (['-S', 'smtp://' + sink.name], {}),
                           (['-S', 'SMTP://me@%s/' % sink.name], {}), ([], {'MIMESEND_SERVER': 'smtp://' + sink.name})):
            with self.subTest(args=args, more=more):
                self.check(run(*args, 'a@example.com', env={**env, **more}, **TEXT), 0)
                self.assertEqual(sink.message()['auth']['user'], 'me')
        for args, more in ((['-S', other.name], {}), ([], {'MIMESEND_SERVER': other.name}),
                           (['-S', sink.name + ',' + other.name, '--ca-file', self.file('ca')], {}), (['-S', 'lmtp://' + sink.name], {}),
                           (['-S', 'smtp+insecure://' + sink.name], {}), (['-S', sink.name.replace('127.0.0.1', 'localhost')], {}),
                           (['-S', sink.name, '--tls', 'implicit'], {})):
            with self.subTest(args=args, more=more):
                result = run(*args, 'a@example.com', env={**env, **more}, **TEXT)
                self.assertNotEqual(result.returncode, 0)
        self.assertEqual(other.stop(), [])

    def test_spellings_of_the_configured_server(self):
        """What -n would log in with: case, default port, brackets, root dot and A-labels make no other server."""
        for own, others, strangers in (
                ('mail.example.com', ['MAIL.example.com:25', 'Mail.Example.Com.', ' mail.example.com '],
                 ['mail.example.com:587', 'smtp://mail.example.com', 'mail.example.org', 'smtps://mail.example.com', 'mx:mail.example.com']),
                ('smtp://mail.example.com', ['mail.example.com:587', 'smtp://MAIL.example.com:587/', 'smtp://me@mail.example.com'],
                 ['mail.example.com', 'smtp+insecure://mail.example.com:587', 'lmtp://mail.example.com:587', 'smtp://you@mail.example.com',
                  'smtp://mail.example.com?tls=opportunistic', 'srv:mail.example.com', 'smtp://mail.example.com,mail.example.org:587']),
                ('smtps://mail.example.com', ['smtps://mail.example.com:465'], ['mail.example.com:465', 'smtp://mail.example.com:465']),
                ('smtp://[2001:db8::1]', ['[2001:DB8:0::1]:587'], ['[2001:db8::2]:587']),
                ('b\u00fccher.example', ['xn--bcher-kva.example:25'], ['bucher.example']),
                ('srv:example.com', ['srv:EXAMPLE.com'], ['mx:example.com', 'example.com']),
                ('mail.example.com, smtp://backup.example.com', ['backup.example.com:587', 'backup.example.com:587, mail.example.com:25'],
                 ['backup.example.com', 'mail.example.com,backup.example.com'])):
            env = self.config(('server = %s\nuser = me\npassword-command = exit 1\nfrom = me@example.com\n' % own).encode())
            for server, known in [(one, True) for one in others] + [(one, False) for one in strangers]:
                with self.subTest(own=own, server=server):
                    result = run('-n', '-S', server, 'a@example.com', env=env, **TEXT)
                    self.check(result, 0)
                    self.assertEqual(b'login as me' in result.stdout, known, result.stdout)

    def test_login_of_a_list(self):
        sink = support.Sink(self, '--auth', 'me:secret')
        env = self.config('server = localhost:1, %s\nuser = me\npassword-command = echo secret\nfrom = me@example.com\n' % sink.name)
        for server in ('localhost:1,' + sink.name, sink.name):
            self.check(run('-S', server, 'a@example.com', env=env, **TEXT), 0)
            self.assertEqual(sink.message()['auth']['user'], 'me')

    def test_bad_values(self):
        self.check(run('-f', 'me@example.com', 'a@example.com', env=self.config('server = localhost:0\n'), **TEXT), 78, 'server')
        self.check(run('-S', 'localhost', 'a@example.com', env={'MIMESEND_FROM': 'a b c'}, **TEXT), 65, 'from')
        self.check(run('-S', 'localhost', '-f', 'me@example.com', 'a@example.com', env={'MIMESEND_FROM': b'\xff'}, **TEXT), 65,
                   'MIMESEND_FROM')


if __name__ == '__main__':
    support.main()
