# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes together on the command line, and what does not: exit 64, and which argument is meant."""

import os

import support
from support import run

ME = ('-f', 'me@example.com')


class Usage(support.Case):
    def test_help(self):
        result = run('--help')
        self.check(result, 0)
        for option in (b'--attach-file', b'--eight-bit', b'--final-timeout', b'--skip-empty', b'--reply-to', b'--json'):
            self.assertIn(option, result.stdout)
        self.assertEqual(run('build', '--help').stdout, result.stdout)

    def test_version(self):
        self.assertRegex(run('--version').stdout, rb'^mimesend \d+\.\d+\.\d+\n$')

    def test_help_that_cannot_be_written(self):
        with open('/dev/full', 'wb') as full:
            self.check(run('--help', stdout=full), 73)

    def test_no_recipient(self):
        self.refuse(64, *ME, words=['no recipient'])
        self.refuse(64, *ME, '--message-text', 'x', words=['no recipient'])

    def test_unknown_options(self):
        for option in ('--nosuch', '--subj', '-Z', '--json=1', '--nosuch=1'):
            with self.subTest(option):
                self.refuse(64, *ME, option, 'a@example.com', words=['mimesend: '])

    def test_values_that_are_missing(self):
        for option in ('-s', '--subject', '--timeout', '-a'):
            with self.subTest(option):
                self.refuse(64, *ME, 'a@example.com', option, words=['needs a value'])

    def test_numbers(self):
        for value in ('0', '-1', 'abc', '1.5', '', '99999999999', '1s'):
            with self.subTest(value):
                self.refuse(64, *ME, '--timeout', value, 'a@example.com', words=['--timeout', 'seconds'])

    def test_twice(self):
        self.refuse(64, *ME, '-s', 'a', '-s', 'b', 'a@example.com', words=['-s is given twice'])
        self.refuse(64, *ME, '--text', 'a', '--text', 'b', 'a@example.com', words=['--text is given twice'])

    def test_words_without_at(self):
        self.refuse(64, *ME, 'joe', words=["'joe'", "'--'"])
        self.assertNotEqual(run('sen', *ME, 'a@example.com').returncode, 0)
        self.check(run('-n', '-S', 'localhost', *ME, '--', 'joe', input=b'x\n'), 0)
        self.check(run('-n', '-S', 'localhost', *ME, '--', 'sink', input=b'x\n'), 0)

    def test_recipients_without_at(self):
        """As a word alone: from an option, in a list, in a group, with a name or without."""
        for value in ('root', 'i', 'Joe <root>', 'a@example.com, root', 'root, a@example.com', ' root', '"a b"'):
            for option in ('-t', '--cc', '--bcc'):
                with self.subTest(option=option, value=value):
                    self.refuse(64, *ME, option, value, 'a@example.com', words=[option, "'--'"])
        self.refuse(64, *ME, 'a@example.com, root', words=["'root'", "'--'"])
        for option in ('-t', '--cc', '--bcc'):
            self.refuse(64, *ME, '--message-text', 'x', option, 'root', words=[option, "'--'"])
            self.refuse(64, *ME, option + 'root' if option == '-t' else option + '=root', words=[option, "'--'"])
        self.check(run('-n', '-S', 'localhost', *ME, '-t', 'a@example.com', '--', 'Joe <root>', input=b'x\n'), 0)
        self.check(run('-n', '-S', 'localhost', *ME, '--message-text', 'x', '--', 'root', '-i'), 0)
        self.check(run('-n', '-S', 'localhost', '-f', 'root', '--reply-to', 'root', 'a@example.com', input=b'x\n'), 0)

    def test_addresses_that_look_like_options(self):
        """'-t -i' is sendmail's: the recipients are not read from the message here, and -i is none."""
        self.refuse(64, *ME, '-t', '-i', words=["'-i'", 'sendmail'])
        self.refuse(64, *ME, '-t', '-i', '--message', '-', words=["'-i'", 'sendmail'])
        for option in ('-t', '--to', '--cc', '--bcc', '--reply-to', '--from', '-f'):
            for value in ('-i', '-oi', '--', '-', '-x@example.com', '--json', ' -i', '-Joe <a@example.com>'):
                with self.subTest(option=option, value=value):
                    sender = () if option in ('--from', '-f') else ME
                    self.refuse(64, *sender, option, value, 'a@example.com', words=['as an option does'])
                    joined = option + ('=' if option.startswith('--') else '') + value
                    self.refuse(64, *sender, joined, 'a@example.com', words=['as an option does'])
        self.refuse(64, 'probe', '--rcpt', '-i', 'localhost', words=['--rcpt', 'as an option does'])
        for args in (['-s', '-i'], ['-s-- '], ['--subject=-i'], ['--header', 'X-A: -i'], ['-f', ''], ['-f', '<>']):
            with self.subTest(args):
                sender = ('--from', 'me@example.com') if args[0] == '-f' else ME
                self.check(run('-n', '-S', 'localhost', *sender, *args, 'a@example.com', input=b'x\n'), 0)
        for args in (['--', '-i@example.com'], ['-t', '"-i"@example.com'], ['-t', '"-i" <a@example.com>']):
            with self.subTest(args):
                self.check(run('-n', '-S', 'localhost', *ME, *args, input=b'x\n'), 0)

    def test_groups_that_name_nobody(self):
        """Said before any connection is made, and by -n as well."""
        for args in (['-t', 'undisclosed-recipients:;'], ['--cc', 'a:;, b:;'], ['--bcc', 'x: ;'],
                     ['-t', 'a:;', '--cc', 'b:;', '--', 'c:;']):
            with self.subTest(args):
                self.refuse(64, *ME, *args, words=['no recipient', 'group'])
                self.check(run('-n', '-S', 'localhost', *ME, *args, input=b'x\n'), 64, 'no recipient')
                built = run('build', *ME, *args, input=b'x\n')
                self.check(built, 0)
        self.check(run('-n', '-S', 'localhost', *ME, '-t', 'a:;', '--bcc', 'b@example.com', input=b'x\n'), 0)

    def test_send_is_the_default(self):
        result = run('send', '-n', '-S', 'localhost', *ME, 'joe@example.com', input=b'x\n')
        self.check(result, 0)
        self.assertEqual(result.stdout, run('-n', '-S', 'localhost', *ME, 'joe@example.com', input=b'x\n').stdout)

    def test_letter_options_with_raw_messages(self):
        for option in (['-s', 'x'], ['--from', 'a@example.com'], ['--reply-to', 'a@example.com'], ['--header', 'X: y'],
                       ['--text', '-'], ['--html', '-'], ['-a', '/etc/passwd'], ['--attach-file', '/etc/passwd'],
                       ['--charset', 'utf-8']):
            for message in (['--message', '-'], ['--message-text', 'x']):
                with self.subTest(option=option, message=message):
                    name = {'-a': '--attach'}.get(option[0], option[0])
                    self.refuse(64, *ME, *option, *message, 'a@example.com', words=[name + ' does not go with --message'])

    def test_standard_input_twice(self):
        self.refuse(64, *ME, '--text', '-', '--html', '-', 'a@example.com', words=['only once'])
        self.refuse(64, *ME, '--message', '-', '--message', '-', 'a@example.com', words=['only once'])

    def test_headers_that_others_write(self):
        for name in ('Bcc', 'bcc', 'Resent-Bcc', 'Return-Path', 'From', 'To', 'Cc', 'Reply-To', 'Subject', 'MIME-Version',
                     'Content-Type', 'content-disposition', 'Bcc ', 'BCC\t'):
            with self.subTest(name):
                self.refuse(64, *ME, '--header', name + ': x@example.com', 'a@example.com', words=['--header'])
        self.refuse(64, *ME, '--header', 'Bcc: x@example.com', 'a@example.com', words=['use --bcc'])

    def test_other_values(self):
        self.refuse(64, *ME, '--tls', 'maybe', 'a@example.com', words=['--tls'])
        self.refuse(64, *ME, '--eight-bit', 'yes', '--message-text', 'x', 'a@example.com', words=['as-is'])
        self.refuse(64, *ME, '--user', 'u', '--password-file', 'a', '--password-command', 'b', 'a@example.com',
                    words=['--password-command'])
        self.refuse(64, *ME, '--password-command', 'echo x', 'a@example.com', words=['--user'])

    def test_build_prints_the_message_alone(self):
        self.check(run('build', '--json', *ME, 'a@example.com'), 64, '--json')
        self.check(run('build', '-n', *ME, 'a@example.com'), 64, '-n')

    def test_json_is_silent_for_usage(self):
        result = run('--json', '--nosuch')
        self.check(result, 64)
        self.assertEqual(result.stdout, b'')

    def test_clusters_and_joined_values(self):
        result = run('-nv', '-Slocalhost', '-fme@example.com', '--subject=Hi = there', 'a@example.com', input=b'x\n')
        self.check(result, 0)

    def test_nothing_is_said_raw(self):
        result = run('-S', 'localhost', *ME, '\x1b[31m\x07', os.fsdecode(b'\x9b'))
        self.assertEqual(result.returncode, 64)
        self.assertNotIn(b'\x1b', result.stderr)
        self.assertIn(b'\\x1b', result.stderr)


if __name__ == '__main__':
    support.main()
