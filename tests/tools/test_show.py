# SPDX-License-Identifier: LGPL-2.1-or-later
"""mimesend show: the tree of a stored message, its checksums, and what is unusual in it."""

import email
import email.policy
import glob
import hashlib
import json
import os
import resource
import subprocess
import tempfile
import unittest

import support
from support import run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
GOOD = (b'From: Joe <joe@example.com>\r\nTo: ann@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n'
        b'Date: Tue, 01 Sep 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n')


def show(octets, *options):
    ended = run('show', *options, '-', input=octets)
    assert ended.returncode == 0, ended
    return ended.stdout.decode('utf-8')


def shown(octets):
    return json.loads(show(octets, '--json'))


def unusual(octets):
    return shown(octets)['unusual']


class Tree(unittest.TestCase):
    def test_a_good_message_shows_nothing_unusual(self):
        said = shown(GOOD + b'Content-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n')
        self.assertEqual(said['unusual'], [])
        self.assertEqual(said['header'], {'from': 'Joe <joe@example.com>', 'to': 'ann@example.org', 'subject': 'Grüße',
                                          'date': 'Tue, 01 Sep 2026 10:00:00 +0000', 'message_id': '1@example.com'})
        self.assertEqual(said['parts'][0]['sha256'], hashlib.sha256(b'hello\r\n').hexdigest())

    def test_what_we_build_is_shown_with_the_checksums_of_the_files(self):
        figure = os.path.join(ROOT, 'data/figure.png')
        built = run('build', '--from', 'joe@example.com', '-t', 'ann@example.org', '-s', 'x', '--text', os.path.join(ROOT, 'data/letter.txt'),
                    '--html', os.path.join(ROOT, 'data/letter.html'), '-a', figure)
        self.assertEqual(built.returncode, 0, built)
        said = shown(built.stdout)
        self.assertEqual([(part['number'], part['type'], part['depth']) for part in said['parts']],
                         [('', 'multipart/mixed', 0), ('1', 'multipart/alternative', 1), ('1.1', 'text/plain', 2), ('1.2', 'text/html', 2),
                          ('2', 'image/png', 1)])
        with open(figure, 'rb') as file:
            octets = file.read()
        self.assertEqual((said['parts'][4]['octets'], said['parts'][4]['sha256'], said['parts'][4]['name']),
                         (len(octets), hashlib.sha256(octets).hexdigest(), 'figure.png'))
        self.assertEqual(said['unusual'], [])

    def test_python_finds_the_same_leaves(self):
        for path in sorted(glob.glob(os.path.join(ROOT, 'tests/data/mail/*.eml'))):
            with open(path, 'rb') as file:
                octets = file.read()
            if octets.startswith(b'From ') or b'multipart' not in octets.lower() or b'delivery-status' in octets:
                continue
            theirs = [part.get_content_type() for part in email.message_from_bytes(octets, policy=email.policy.compat32).walk()]
            ours = [part['type'] for part in shown(octets)['parts']]
            self.assertEqual(ours, theirs, path)

    def test_an_attached_message_is_looked_into(self):
        said = shown(GOOD + b'Content-Type: message/rfc822\r\n\r\nFrom: a@b.org\r\nSubject: inner\r\n\r\nhi\r\n')
        self.assertEqual([(part['number'], part['type'], part['subject']) for part in said['parts']],
                         [('', 'message/rfc822', 'inner'), ('1', 'text/plain', None)])

    def test_several_files_are_shown_one_after_another(self):
        files = sorted(glob.glob(os.path.join(ROOT, 'tests/data/mail/*.eml')))[:3]
        lines = run('show', '--json', *files).stdout.decode().splitlines()
        self.assertEqual([json.loads(line)['file'] for line in lines], files)


class Unusual(unittest.TestCase):
    def test_each_is_said_with_its_line(self):
        body = b'\r\nhello\r\n'
        for octets, words in (
                (b'\xef\xbb\xbf' + GOOD + body, 'line 1: a UTF-8 byte order mark'),
                (b'From joe Thu Jan  1 00:00:00 1970\r\n' + GOOD + body, "line 1: it begins with 'From '"),
                (GOOD + b'no field\r\n' + body, 'line 7: in the header, and no field of one'),
                (GOOD + b'X : y\r\n' + body, 'line 7: a blank stands ahead of the colon'),
                (GOOD + b'X: \xc3\xb6\r\n' + body, 'line 7: octets above 127 in the header'),
                (GOOD + b'\r\n' + b'x' * 999 + b'\r\n', 'line 8: longer than 998 octets'),
                (GOOD + b'\r\na\rb\r\n', 'line 8: CR without LF'),
                (GOOD + b'\r\na\0b\r\n', 'line 8: octet of value 0'),
                (GOOD + b'\r\na\nb\r\n', 'line 8: ends with LF, most others with CR LF'),
                (GOOD, 'no empty line ends the header'),
                (GOOD + b'\r\nhello', 'the last line has no line end'),
                (GOOD.replace(b'Date', b'X-Date') + body, 'the header has no Date'),
                (GOOD.replace(b'From', b'X-From') + body, 'the header has no From'),
                (GOOD.replace(b'Message-ID', b'X-ID') + body, 'the header has no Message-ID'),
                (GOOD + b'Bcc: eve@example.org\r\n' + body, 'the header has Bcc'),
                (GOOD + b'Subject: again\r\n' + body, 'the header has 2 fields Subject'),
                (GOOD + b'\r\nh\xc3\xb6\r\n', 'text/plain: octets above 127, and no Content-Transfer-Encoding'),
                (GOOD + b'Content-Transfer-Encoding: 7bit\r\n\r\nh\xc3\xb6\r\n', 'text/plain: octets above 127 in what is labelled as ASCII'),
                (GOOD + b'Content-Transfer-Encoding: base64\r\n\r\naGVsbG\r\n', 'the base64 is cut'),
                (GOOD + b'Content-Transfer-Encoding: base64\r\n\r\naGVs*bG8=\r\n', 'characters that base64 does not have'),
                (GOOD + b'Content-Transfer-Encoding: rot13\r\n\r\nuryyb\r\n', "the encoding 'rot13' is not known"),
                (GOOD + b'Content-Type: text/plain; charset=no-such\r\n\r\nhello\r\n', "the charset 'no-such' is not known"),
                (GOOD + b'Content-Type: multipart/mixed; boundary=x\r\n\r\nhello\r\n', 'multipart/mixed: no part inside'),
                (GOOD + b'Content-Type: multipart/mixed; boundary=x\r\nContent-Transfer-Encoding: base64\r\n\r\n--x\r\n\r\na\r\n--x--\r\n',
                 'a multipart has no encoding of its own'),
                (GOOD + b'Content-Disposition: attachment; filename="../../etc/passwd"\r\n' + body, 'the file name holds a path'),
                (b'', 'the file is empty')):
            with self.subTest(words):
                self.assertTrue(any(words in line for line in unusual(octets)), (words, unusual(octets)))

    def test_a_field_with_a_blank_ahead_of_its_colon_is_no_line_of_an_mbox(self):
        said = unusual(GOOD.replace(b'From:', b'From :') + b'\r\nhello\r\n')
        self.assertFalse(any("'From '" in line for line in said), said)
        self.assertTrue(any('ahead of the colon' in line for line in said), said)

    def test_only_the_first_of_many_is_named(self):
        self.assertIn('line 8 and 2 more: octet of value 0', unusual(GOOD + b'\r\n\0\0\0\r\n'))

    def test_nothing_reaches_the_terminal_as_it_is(self):
        text = show(GOOD.replace(b'Joe', b'\x1b[31mJoe\xe2\x80\xae') + b'Content-Disposition: attachment; filename="\x1b]0;x\x07.txt"\r\n\r\nx\r\n')
        self.assertNotIn('\x1b', text)
        self.assertNotIn('\u202e', text)
        self.assertNotIn('\u202e', show(GOOD.replace(b'Joe', b'\xe2\x80\xaeJoe') + b'\r\nx\r\n', '--json'))


class Input(unittest.TestCase):
    def test_what_cannot_be_read_is_said_and_the_rest_is_shown(self):
        path = os.path.join(ROOT, 'tests/data/mail/dots.eml')
        ended = run('show', '/dev/null/missing', ROOT, path)
        self.assertEqual(ended.returncode, 66)
        self.assertIn(b'dots.eml: 64 octets', ended.stdout)
        self.assertEqual(len(ended.stderr.splitlines()), 2)

    def test_usage(self):
        self.assertEqual(run('show').returncode, 64)
        self.assertEqual(run('show', '--no-such').returncode, 64)
        self.assertIn(b'mimesend show', run('show', '--help').stdout)

    def test_a_full_disk_is_said(self):
        with open('/dev/full', 'wb') as full:
            ended = run('show', '-', input=GOOD + b'\r\nx\r\n', stdout=full)
        self.assertEqual(ended.returncode, 73)

    def test_memory_does_not_grow_with_the_attachment(self):
        if support.SANITIZED:
            return  # an instrumented program takes more memory
        with tempfile.NamedTemporaryFile() as file:
            file.write(GOOD + b'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n')
            line = b'A' * 76 + b'\r\n'
            for _ in range(128):
                file.write(line * 13000)
            file.flush()
            child = support.start_measured(support.MIMESEND, 'show', file.name, stdout=subprocess.PIPE)
            with child.stdout:
                said = child.stdout.read()
            self.assertIn(b'%d octets' % (128 * 13000 * 57), said)
            self.assertLess(support.peak_memory(child), 24 * 1024)


if __name__ == '__main__':
    support.main()
