# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input is refused before any connection is made, with the argument's name and what to write instead."""

import os
import resource
import unittest

import support
from support import run

ME = ('-f', 'me@example.com')
RAW = (*ME, '--message-text', 'Subject: x\n\nx\n')


class BadInput(support.Case):
    def test_header_injection(self):
        for args in (['-s', 'x\r\nBcc: y@example.com'], ['-s', 'x\nBcc: y@example.com'], ['-s', 'x\rBcc: y@example.com'],
                     ['-s', 'x\x00'.replace('\x00', '\x01')], ['-s', 'x\x7f'], ['-s', 'x\x85Bcc: y'], ['-s', 'x\u2028y'],
                     ['--header', 'X: a\r\nBcc: y@example.com'], ['--header', 'X: a\nX-Other: y'], ['--header', 'X\r\nBcc: y@example.com'],
                     ['--header', 'no colon'], ['--header', ': x'], ['--header', 'a b: x'], ['--header', 'Ä: x'],
                     ['--from', 'Joe\r\nBcc: y@example.com <joe@example.com>'],
                     ['-t', 'Joe\r\nBcc: y@example.com <joe@example.com>'], ['--cc', 'x@example.com\r\nX: 1'],
                     ['--bcc', 'x@example.com\nX: 1'], ['--reply-to', 'x@example.com\r\nX: 1']):
            with self.subTest(args):
                label = {'-t': '-t'}.get(args[0], args[0])
                base = ('-f', 'me@example.com') if args[0] != '--from' else ()
                self.refuse(65, *base, *args, 'a@example.com', input=b'x\n', words=[label])

    def test_addresses_of_the_raw_form(self):
        for bad in ('a@example.com\r\nRCPT TO:<b@example.com>', 'a@example.com\nb@example.com', 'a b@example.com',
                    '<a@example.com>', 'a@example.com>', 'a@exa mple.com', 'x' * 65 + '@example.com',
                    'a@' + 'x' * 64 + '.com', 'a@' + 'x.' * 127 + 'com', '@example.com', 'a@', ' a@example.com', 'a\x01@example.com',
                    'a@example.com, b@example.com', '"a\nb"@example.com'):
            for place in (['-t', bad], ['--cc', bad], ['--bcc', bad], ['--', bad]):
                with self.subTest(bad=bad, place=place[0]):
                    label = 'RECIPIENT' if place[0] == '--' else place[0]
                    self.refuse(65, *RAW, *place, words=[label])
            with self.subTest(bad=bad, place='-f'):
                self.refuse(65, '-f', bad, '--message-text', 'x', 'a@example.com', words=['-f'])

    def test_display_names_of_the_raw_form(self):
        for bad in ('Joe <joe@example.com>', '(Joe) joe@example.com', 'joe@example.com (Joe)'):
            with self.subTest(bad):
                self.refuse(65, *RAW, '--', bad, words=['RECIPIENT', 'joe@example.com'])
                self.refuse(65, '-f', bad, '--message-text', 'x', 'a@example.com', words=['-f', 'joe@example.com'])
        self.refuse(65, '-f', 'Joe <joe@example.com>', 'a@example.com', input=b'x\n', words=['-f', 'joe@example.com'])

    def test_addresses_of_the_letter(self):
        for bad in ('x' * 65 + '@example.com', '@example.com', 'a@', 'Joe <>', 'a@b@c', 'a@exa mple.com'):
            for place in ('-t', '--cc', '--bcc'):
                with self.subTest(bad=bad, place=place):
                    self.refuse(65, *ME, place, bad, input=b'x\n', words=[place])

    def test_ports_and_hosts(self):
        for bad in ('localhost:0', 'localhost:65536', 'localhost:abc', 'localhost:', ':25', '[::1', 'smtp://', 'http://x',
                    'a b', 'lmtp:relative', 'localhost:-1', ''):
            with self.subTest(bad):
                self.check(run('-S', bad, *ME, 'a@example.com', input=b'x\n'), 64 if bad else 64, '-S')

    def test_passwords_in_urls(self):
        result = run('-S', 'smtps://me:hunter2@example.com', *ME, 'a@example.com', input=b'x\n')
        self.check(result, 64, '-S')
        self.assertNotIn(b'hunter2', result.stderr + result.stdout)
        result = run('--json', '-S', 'smtps://me:hunter2@example.com', *ME, 'a@example.com', input=b'x\n')
        self.assertNotIn(b'hunter2', result.stderr + result.stdout)

    def test_files(self):
        missing = os.path.join(self.dir, 'missing')
        for args in (['-a', missing], ['--attach-file', missing], ['--text', missing], ['--html', missing],
                     ['-a', missing + ';type=text/plain'], ['--ca-file', missing],
                     ['-a', self.dir], ['--attach-file', self.dir], ['--text', self.dir], ['--html', self.dir]):
            with self.subTest(args):
                words = [args[0] if args[0] != '-a' else '--attach', self.dir]
                self.refuse(66, *ME, *args, 'a@example.com', input=b'x\n', words=words)
        for path in (missing, self.dir):
            with self.subTest(path):
                self.refuse(66, *ME, '--message', path, 'a@example.com', words=['--message', path])

    def test_files_without_permission(self):
        path = self.file('secret', mode=0)
        plain = {'preexec_fn': support.heed_permissions}
        self.refuse(66, *ME, '-a', path, 'a@example.com', input=b'x\n', words=['--attach', 'ermission'], **plain)
        self.refuse(66, *ME, '--message', path, 'a@example.com', words=['--message', 'ermission'], **plain)

    def test_attributes_of_attachments(self):
        path = self.file('a.txt')
        self.refuse(64, *ME, '-a', path + ';colour=red', 'a@example.com', input=b'x\n', words=['colour=red'])
        for bad in ('text', 'text/', '/plain', 'text/pl ain', 'text/plain\r\nX: y'):
            with self.subTest(bad):
                self.refuse(65, *ME, '-a', path + ';type=' + bad, 'a@example.com', input=b'x\n', words=['--attach'])
        for bad in (';type="text/plain', ';type="text/plain"x', ';type="text/plain\\"', ';charset=iso-8859-1', ';'):
            with self.subTest(bad):
                self.refuse(64, *ME, '-a', path + bad, 'a@example.com', input=b'x\n', words=['--attach'])
        for bad in ('text/plain; charset', 'text/plain; charset=no-such', 'text/plain; charset=', 'text/plain; x="a'):
            with self.subTest(bad):
                self.refuse(65, *ME, '-a', path + ';type="%s"' % bad.replace('"', '\\"'), 'a@example.com', input=b'x\n',
                            words=['--attach'])
        for bad in ('a\r\nb', 'a\x1bb', 'a\u202eb', '/a/b', 'a\\b'):
            with self.subTest(bad):
                message = self.build(*ME, '-a', path + ';name=' + bad, 'a@example.com', input=b'x\n')
                for part in message.iter_attachments():
                    self.assertRegex(part.get_filename(), '^[ab\ufffd_]+$')

    def test_names_that_are_not_utf8(self):
        path = self.file(b'caf\xe9.txt')
        self.refuse(65, *ME, '-a', path, 'a@example.com', input=b'x\n', words=[';name='])
        self.refuse(65, *ME, '--attach-file', path, 'a@example.com', input=b'x\n', words=[';name='])
        message = self.build(*ME, '-a', path + b';name=coffee.txt', 'a@example.com', input=b'x\n')
        self.assertEqual([p.get_filename() for p in message.iter_attachments()], ['coffee.txt'])

    def test_arguments_that_are_not_utf8(self):
        for args in ([b'-s', b'caf\xe9'], [b'--header', b'X: \xff'], [b'-t', b'\xe9@example.com'],
                     [b'--from', b'J\xe9 <j@example.com>']):
            with self.subTest(args):
                self.refuse(65, *(ME if args[0] != b'--from' else ()), *args, 'a@example.com', input=b'x\n',
                            words=[args[0].decode(), 'UTF-8'])
        self.refuse(65, *ME, '--message-text', b'\xff', 'a@example.com', words=['--message-text', 'UTF-8'])
        self.refuse(65, *RAW, b'\xe9@example.com', words=['RECIPIENT', 'UTF-8'])

    def test_charsets(self):
        self.refuse(65, *ME, '--charset', 'no-such-charset', 'a@example.com', input=b'x\n', words=['--charset', 'no-such'])
        self.refuse(65, *ME, '--charset', 'a\r\nb', 'a@example.com', input=b'x\n', words=['--charset'])
        self.refuse(65, *ME, '--charset', 'UTF-16', 'a@example.com', input=b'x\n', words=['--charset', 'UTF-8'])
        self.refuse(65, *ME, 'a@example.com', input=b'caf\xe9\n', words=['--text', 'offset 3', '--charset'])
        self.refuse(65, *ME, 'a@example.com', input=b'caf\xc3', words=['--text', 'UTF-8'])
        self.refuse(65, *ME, '--charset', 'us-ascii', 'a@example.com', input='café'.encode(), words=['--text'])
        path = self.file('x.html', b'<p>caf\xe9')
        self.refuse(65, *ME, '--html', path, 'a@example.com', words=['--html', '--charset'])

    def test_text_with_nul(self):
        self.refuse(65, *ME, 'a@example.com', input=b'a\0b\n', words=['--text', 'NUL', 'offset 1'])
        self.refuse(65, *ME, '--message', self.file('m', b'a\0b\n'), 'a@example.com', words=['--message', 'NUL'])

    def test_text_over_many_blocks(self):
        text = 'ä€𝄞'.encode() * 300000 + b'\xff'
        self.refuse(65, *ME, 'a@example.com', input=text, words=['offset %d' % (len(text) - 1)])

    def test_long_subject(self):
        self.refuse(65, *ME, '-s', 'x' * 100 * 1024, 'a@example.com', input=b'x\n', words=['-s'])

    def test_many_recipients(self):
        many = ['r%d@example.com' % i for i in range(10000)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        self.check(run('-n', '-S', 'localhost', *ME, *many, input=b'x\n'), 0)
        self.check(run('-n', '-S', 'localhost', *RAW, *many), 0)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 30)

    def test_bad_input_with_json(self):
        import json
        result = run('--json', '-S', 'localhost', *ME, '-s', 'a\nb', 'a@example.com', input=b'x\n')
        self.check(result, 65)
        report = json.loads(result.stdout)
        self.assertEqual((report['exit'], report['outcome']), (65, 'error'))
        self.assertEqual(report['error']['argument'], '-s')


if __name__ == '__main__':
    support.main()
