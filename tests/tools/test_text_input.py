# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recipients from a file, text that is no UTF-8, and the subject that stands in the text."""

import email
import email.policy
import os
import random
import tempfile
import unittest

import support
from support import run

FROM = ('--from', 'joe@example.com')


def build(*args, input=b''):
    ended = run('build', *FROM, *args, input=input)
    assert ended.returncode == 0, ended
    return email.message_from_bytes(ended.stdout, policy=email.policy.default), ended.stderr.decode()


def text_of(message):
    return message.get_content().replace('\r\n', '\n')


class AddressFiles(unittest.TestCase):
    def file(self, octets):
        file = tempfile.NamedTemporaryFile()
        self.addCleanup(file.close)
        file.write(octets)
        file.flush()
        return file.name

    def test_names_comments_and_line_ends(self):
        path = self.file(b'\xef\xbb\xbf# people\r\nAnn \xc3\x96 <ann@example.org>\r\n\n  bob@example.org # him\n"# odd"@example.org\n'
                         b'"Eve # x" <eve@example.org>\nlast#one@example.org')
        message, _ = build('--to-file', path, '-t', 'first@example.org')
        self.assertEqual([(a.display_name, a.addr_spec) for a in message['To'].addresses],
                         [('', 'first@example.org'), ('Ann Ö', 'ann@example.org'), ('', 'bob@example.org'), ('', '"# odd"@example.org'),
                          ('Eve # x', 'eve@example.org'), ('', 'last#one@example.org')])

    def test_each_kind_and_several_files(self):
        sink = support.Sink(self)
        one, two = self.file(b'a@example.org\n'), self.file(b'b@example.org\nc@example.org\n')
        ended = run('-S', sink.name, *FROM, '--to-file', one, '--cc-file', two, '--bcc-file', '-', '--to-file', two, '--text', '/dev/null',
                    input=b'secret@example.org\n')
        self.assertEqual(ended.returncode, 0, ended)
        said = sink.message()
        message = email.message_from_bytes(said['content'], policy=email.policy.default)
        self.assertEqual(str(message['To']), 'a@example.org, b@example.org, c@example.org')
        self.assertEqual(str(message['Cc']), 'b@example.org, c@example.org')
        self.assertNotIn(b'secret', said['content'])

    def test_a_message_as_it_is_takes_the_bare_addresses(self):
        path = self.file(b'Ann <ann@example.org>\n')
        ended = run('-n', '-S', 'localhost', '-f', 'joe@example.com', '--bcc-file', path, '--message', '-', input=b'Subject: x\n\nx\n')
        self.assertIn(b'to: <ann@example.org>', ended.stdout)

    def test_what_is_wrong_is_said_with_its_line(self):
        for octets, words in ((b'a@example.org\nroot\n', "line 2: 'root' has no '@'"), (b'\n\na@b@c@\n', 'line 3: '),
                              (b'a@example.org\n\xff\xfe\n', 'line 2: this is not valid UTF-8'), (b'a\0@example.org\n', 'line 1: '),
                              (b'a@example.org <\n', 'line 1: ')):
            with self.subTest(octets):
                ended = run('-n', '-S', 'localhost', *FROM, '--to-file', self.file(octets), '--text', '/dev/null')
                self.assertEqual(ended.returncode, 65, ended)
                self.assertIn(words, ended.stderr.decode())

    def test_a_file_without_an_address_is_no_recipient(self):
        ended = run('-n', '-S', 'localhost', *FROM, '--to-file', self.file(b'# none yet\n'), '--text', '/dev/null')
        self.assertEqual(ended.returncode, 64, ended)

    def test_files_that_cannot_be_read(self):
        for path in ('/dev/null/missing', '/'):
            self.assertEqual(run('-n', '-S', 'localhost', *FROM, '--to-file', path, '--text', '/dev/null').returncode, 66)

    def test_standard_input_is_read_once(self):
        for args in (('--to-file', '-'), ('--to-file', '-', '--text', '-'), ('--to-file', '-', '--cc-file', '-', '--text', '/dev/null')):
            self.assertEqual(run('-n', '-S', 'localhost', *FROM, *args, input=b'a@example.org\n').returncode, 64)

    def test_ten_thousand_lines(self):
        path = self.file(b''.join(b'p%d@example.org\n' % n for n in range(10000)))
        ended = run('-n', '--json', '-S', 'localhost', *FROM, '--bcc-file', path, '--text', '/dev/null')
        self.assertEqual(ended.returncode, 0, ended.stderr)


class ReplaceInvalid(unittest.TestCase):
    def test_as_python_replaces(self):
        chance = random.Random(20260901)
        pieces = [b'a', b'\n', b'\xc3', b'\xb6', b'\xe2\x82\xac', b'\xe2\x82', b'\xf0\x9f\x98\x80', b'\xf0\x9f\x98', b'\xed\xa0\x80', b'\xff',
                  b'\xc0\xaf', b'\xf4\x90\x80\x80', b'\xe0\x80', b'xyz ' * 9000]
        for _ in range(40):
            octets = b''.join(chance.choice(pieces) for _ in range(chance.randrange(1, 60)))
            message, said = build('--replace-invalid', input=octets)
            wanted = octets.decode('utf-8', 'replace')
            self.assertEqual(text_of(message).rstrip('\n'), wanted.rstrip('\n'))
            self.assertEqual('no UTF-8' in said, '�' in wanted)

    def test_nul_is_replaced(self):
        message, said = build('--replace-invalid', input=b'a\0b\n')
        self.assertEqual(text_of(message), 'a�b\n')
        self.assertIn('1 octets of standard input', said)

    def test_without_it_nothing_is_sent(self):
        self.assertEqual(run('build', *FROM, input=b'\xff\n').returncode, 65)

    def test_not_with_another_charset(self):
        self.assertEqual(run('build', *FROM, '--replace-invalid', '--charset', 'iso-8859-1', input=b'x').returncode, 64)
        self.assertEqual(run('build', *FROM, '--replace-invalid', '--charset', 'UTF-8', input=b'x').returncode, 0)


class FirstLineSubject(unittest.TestCase):
    def test_the_line_and_one_empty_line_are_no_text(self):
        for octets, subject, text in ((b'Hello\n\nbody\n', 'Hello', 'body\n'), (b'Hello\r\n\r\nbody\r\n', 'Hello', 'body\n'),
                                      (b'Hello\nbody\n', 'Hello', 'body\n'), (b'Gr\xc3\xbc\xc3\x9fe', 'Grüße', ''),
                                      (b'  Hello \n\n\nbody\n', 'Hello', '\nbody\n')):
            message, _ = build('--first-line-subject', input=octets)
            self.assertEqual((message['Subject'], text_of(message).replace('\r\n', '\n').rstrip('\n')), (subject, text.rstrip('\n')))

    def test_another_charset(self):
        message, _ = build('--first-line-subject', '--charset', 'iso-8859-1', input=b'Gr\xfc\xdfe\n\nh\xf6\n')
        self.assertEqual((message['Subject'], text_of(message)), ('Grüße', 'hö\n'))

    def test_a_large_text(self):
        message, _ = build('--first-line-subject', input=b'Hello\n\n' + b'line\n' * 500000)
        self.assertEqual(message['Subject'], 'Hello')
        self.assertEqual(len(text_of(message)), 500000 * 5)

    def test_a_subject_is_needed(self):
        for octets in (b'\nbody\n', b'', b'   \nbody\n', b'x' * 999 + b'\n'):
            self.assertEqual(run('build', *FROM, '--first-line-subject', input=octets).returncode, 65, octets[:9])

    def test_nothing_is_sent_for_an_empty_text(self):
        ended = run('-n', '-S', 'localhost', *FROM, '--first-line-subject', '--skip-empty', 'ann@example.org', input=b'')
        self.assertEqual(ended.returncode, 0, ended)

    def test_one_subject(self):
        self.assertEqual(run('build', *FROM, '--first-line-subject', '-s', 'x', input=b'x\n').returncode, 64)
        self.assertEqual(run('build', *FROM, '--first-line-subject', '--html', os.devnull, input=b'x\n').returncode, 64)


ICS = (b'BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nORGANIZER:mailto:joe@example.com\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n')
ANSWERED = b'From: Ann <ann@example.org>\nSubject: Re: lunch\nMessage-ID: <2@example.org>\nReferences: <1@example.com>\n\nx\n'


class Context(unittest.TestCase):
    def test_an_answer(self):
        message, _ = build('--reply', '-', '--text', os.devnull, input=ANSWERED)
        self.assertEqual((message['Subject'], message['To'], message['In-Reply-To'], message['References']),
                         ('Re: lunch', 'Ann <ann@example.org>', '<2@example.org>', '<1@example.com> <2@example.org>'))
        message, _ = build('--reply', '-', '--text', os.devnull, '-t', 'bob@example.org', '-s', 'other', input=ANSWERED)
        self.assertEqual((message['Subject'], message['To']), ('other', 'bob@example.org'))
        message, _ = build('--reply', '-', '--text', os.devnull, input=b'Reply-To: list@example.org\n' + ANSWERED)
        self.assertEqual(message['To'], 'list@example.org')

    def test_an_invitation(self):
        for texts in (('--text', os.devnull), ('--html', os.devnull), ('--text', os.devnull, '--html', os.devnull)):
            message, _ = build('--calendar', '-', *texts, '-t', 'ann@example.org', input=ICS)
            alternative, file = message.iter_parts()
            calendar = list(alternative.iter_parts())[-1]
            self.assertEqual((alternative.get_content_type(), calendar.get_content_type(), calendar.get_param('method')),
                             ('multipart/alternative', 'text/calendar', 'REQUEST'))
            self.assertEqual((file.get_content_type(), file.get_filename(), file.get_content()),
                             ('application/ics', 'invite.ics', ICS.replace(b'\n', b'\r\n')))

    def test_a_list(self):
        message, _ = build('--list-unsubscribe', 'https://example.com/u', '--list-unsubscribe', 'mailto:u@example.com', '--text', os.devnull)
        self.assertEqual(message['List-Unsubscribe'], '<https://example.com/u>, <mailto:u@example.com>')
        self.assertEqual(message['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')

    def test_what_is_wrong_is_said(self):
        for args, octets, code, words in (
                (('--calendar', '-'), ICS.replace(b'METHOD:REQUEST\n', b''), 65, 'no METHOD'),
                (('--calendar', '-'), ICS.replace(b'ORGANIZER', b'X-ORGANIZER'), 65, 'no ORGANIZER'),
                (('--calendar', '-'), ICS.replace(b':x', b':\xe9'), 65, 'line 6'),
                (('--calendar', '/dev/null/missing'), b'', 66, ''), (('--reply', '/dev/null/missing'), b'', 66, ''),
                (('--reply', '-'), b'Subject: x\n\nx\n', 65, 'add -t'),
                (('--list-unsubscribe', 'http://example.com/'), b'', 65, 'https: or mailto:'),
                (('--reply', '-', '--calendar', '-'), b'', 64, 'only once'),
                (('--reply', '-', '--message', '/dev/null'), b'', 64, '--message')):
            ended = run('build', *FROM, *args, *(() if '--message' in args else ('--text', os.devnull)), input=octets)
            self.assertEqual(ended.returncode, code, (args, ended))
            self.assertIn(words, ended.stderr.decode())


if __name__ == '__main__':
    support.main()
