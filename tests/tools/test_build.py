# SPDX-License-Identifier: LGPL-2.1-or-later
"""`mimesend build`, read back by an independent parser."""

import email
import email.header
import email.utils
import os
import random
import re
import subprocess
import threading
import unittest

import support
from support import MIMESEND, run

ME = ('--from', 'Jörg Doe <me@example.com>')


class Build(support.Case):
    def test_letter(self):
        message = self.build(*ME, '-t', 'Søren <a@example.com>', '--cc', 'c@example.com', '--bcc', 'secret@example.com',
                             '--reply-to', 'r@example.com', '-s', 'Grüße', '--header', 'X-Test: 1', input=b'Hello\n')
        self.assertEqual(message['subject'], 'Grüße')
        self.assertEqual(message['from'].addresses[0].display_name, 'Jörg Doe')
        self.assertEqual(message['to'].addresses[0].display_name, 'Søren')
        self.assertEqual(message['cc'], 'c@example.com')
        self.assertEqual(message['reply-to'], 'r@example.com')
        self.assertEqual(message['x-test'], '1')
        self.assertEqual(message['mime-version'], '1.0')
        self.assertIsNotNone(message['date'].datetime)
        self.assertRegex(message['message-id'], r'^<[^@<>]+@example\.com>$')
        self.assertNotIn('secret', message.as_string())
        self.assertEqual(message.get_content_type(), 'text/plain')
        self.assertEqual(message.get_content(), 'Hello\n')

    def test_encoded_words(self):
        """RFC 2047 2 in every field that takes text, for scripts without blanks; and Python reads what was written."""
        texts = ('漢字仮名交じり文' * 12, 'ภาษาไทยที่ไม่มีช่องว่าง' * 5, 'Приветствуемвсехучастников' * 4, '😀👍🏽❤️🇩🇪🏳️‍🌈' * 12,
                 '👩‍👩‍👧‍👦' * 9, 'e\u0301' * 90, 'a' * 300, 'Grüße  und Küsse, ' + '漢' * 60 + ' (end)', 'ü' + 'a' * 200 + ' b')
        for text in texts:
            with self.subTest(text):
                attached = self.file('x.bin', b'x')
                result = run('build', '--from', '"%s" <me@example.com>' % text, '-t', '"%s" <a@example.com>, b@example.com' % text,
                             '--cc', '"%s": c@example.com;' % text[:15], '--reply-to', '"%s" <r@example.com>' % text, '-s', text,
                             '--header', 'X-Note: x%s' % text.replace('a', 'ä'), '--header', 'Comments: ' + text, '-a', attached,
                             input=b'x\n')
                self.check(result, 0)
                header = result.stdout.split(b'\n\n')[0]
                for line in header.split(b'\n'):
                    words = re.findall(rb'=\?[^? ]+\?[BQ]\?[^? ]*\?=', line)
                    self.assertLessEqual(max(map(len, words), default=0), 75)
                    self.assertLessEqual(len(line), 76 if words else 998)
                    for word in words:
                        (octets, charset), = email.header.decode_header(word.decode())
                        alone = octets.decode(charset)
                        self.assertNotIn(alone[0], '\u200d\ufe0f\u0301\u0e35\u0e48\U0001f3fd')
                        self.assertNotEqual(alone[-1], '\u200d')
                message = email.message_from_bytes(result.stdout, policy=email.policy.default)
                self.assertEqual(message['subject'], text)
                self.assertEqual(message['comments'], text)
                self.assertEqual(message['x-note'], 'x' + text.replace('a', 'ä'))
                self.assertEqual([a.addr_spec for a in message['to'].addresses], ['a@example.com', 'b@example.com'])
                # The newer interface of Python 3.11 keeps the blanks between encoded words in a phrase.
                fields = email.message_from_bytes(result.stdout, policy=email.policy.compat32)
                for field in ('from', 'to', 'reply-to'):
                    name = email.utils.getaddresses([fields[field]])[0][0]
                    self.assertEqual(str(email.header.make_header(email.header.decode_header(name))), text)
                name = fields['cc'].split(':')[0].strip()
                self.assertEqual(str(email.header.make_header(email.header.decode_header(name))), text[:15])

    def test_only_bcc(self):
        message = self.build(*ME, '--bcc', 'secret@example.com', input=b'x\n')
        self.assertEqual(message['to'], 'undisclosed-recipients:;')
        self.assertNotIn('secret', message.as_string())

    def test_sender_from_either(self):
        self.assertEqual(self.build('-f', 'me@example.com', 'a@example.com', input=b'x\n')['from'], 'me@example.com')
        message = self.build('-f', '<>', *ME, 'a@example.com', input=b'x\n')
        self.assertIn('me@example.com', message['from'])

    def test_date_and_message_id_are_replaced(self):
        message = self.build(*ME, '--header', 'Date: Tue, 24 Nov 2026 12:00:00 +0100', '--header', 'Message-ID: <mine@example.org>',
                             'a@example.com', input=b'x\n')
        self.assertEqual(message.get_all('message-id'), ['<mine@example.org>'])
        self.assertEqual([d.datetime.hour for d in message.get_all('date')], [12])

    def test_source_date_epoch(self):
        env = {'SOURCE_DATE_EPOCH': '1000000000'}
        message = self.build(*ME, 'a@example.com', input=b'x\n', env=env)
        self.assertEqual(message['date'].datetime.timestamp(), 1000000000)

    def test_text_and_html(self):
        html = self.file('x.html', '<p>Grüße</p>\n'.encode())
        message = self.build(*ME, '--text', '-', '--html', html, 'a@example.com', input='Grüße\n'.encode())
        self.assertEqual(message.get_content_type(), 'multipart/alternative')
        self.assertEqual([(p.get_content_type(), support.text_of(p)) for p in message.iter_parts()],
                         [('text/plain', 'Grüße\n'), ('text/html', '<p>Grüße</p>\n')])

    def test_html_alone(self):
        message = self.build(*ME, '--html', '-', 'a@example.com', input=b'<p>x</p>\n')
        self.assertEqual((message.get_content_type(), message.get_content()), ('text/html', '<p>x</p>\n'))

    def test_charset(self):
        message = self.build(*ME, '--charset', 'iso-8859-1', 'a@example.com', input=b'caf\xe9\n')
        self.assertEqual((message.get_content_charset(), support.text_of(message)), ('iso-8859-1', 'café\n'))

    def test_large_text(self):
        text = ''.join('line %d: grüße\n' % i for i in range(100000))
        message = self.build(*ME, 'a@example.com', input=text.encode())
        self.assertEqual(support.text_of(message), text)
        self.assertLessEqual(max(map(len, message.as_bytes().splitlines())), 998)

    def test_empty_text(self):
        message = self.build(*ME, 'a@example.com')
        self.assertEqual(message.get_content(), '')
        result = run('build', '--skip-empty', *ME, 'a@example.com')
        self.check(result, 0)
        self.assertEqual(result.stdout, b'')

    def test_attachments(self):
        binary = random.Random(1).randbytes(100000)
        a, b = self.file('a.bin', binary), self.file('b.txt', 'ü\n'.encode())
        message = self.build(*ME, '-a', a, '-a', b + ';type=text/x-note;name=nöte.txt;inline', '--attach-file', b,
                             'a@example.com', input=b'x\n')
        self.assertEqual(message.get_content_type(), 'multipart/mixed')
        text, one, two, three = message.iter_parts()
        self.assertEqual(text.get_content(), 'x\n')
        self.assertEqual((one.get_filename(), one.get_content_disposition(), one.get_payload(decode=True)),
                         ('a.bin', 'attachment', binary))
        self.assertEqual((two.get_filename(), two.get_content_disposition(), two.get_content_type()),
                         ('nöte.txt', 'inline', 'text/x-note'))
        self.assertEqual((three.get_filename(), three.get_payload(decode=True)), ('b.txt', 'ü\n'.encode()))

    def test_charsets_of_attachments(self):
        """What is true of all of the file, or nothing."""
        late = 'ü' * 600000
        rows = [('a.txt', b'plain\n', 'us-ascii'), ('b.txt', 'café\n'.encode(), 'utf-8'), ('c.txt', b'caf\xe9\n', None),
                ('d.csv', 'straße;1\n'.encode('latin-1'), None), ('e.html', '<p>ü'.encode('cp1252'), None),
                ('f.html', '<p>ü'.encode(), 'utf-8'), ('g.txt', 'ü\n'.encode('utf-16'), 'utf-16'),
                ('h.txt', b'\xfe\xff' + 'ü\n'.encode('utf-16-be'), 'utf-16'), ('i.txt', 'ü\n'.encode('utf-32'), 'utf-32'),
                ('j.txt', 'ü\n'.encode('utf-16-le'), None), ('k.ts', b'G@\0\x10' + random.Random(3).randbytes(184), None),
                ('l.txt', late.encode(), 'utf-8'), ('m.txt', late.encode() + b'\xfc', None), ('n.txt', b'', 'us-ascii'),
                ('o.txt', '日本'.encode('iso-2022-jp'), None), ('p.txt', '日本'.encode('shift-jis'), None),
                ('q.txt', '\ufeffü'.encode(), 'utf-8'), ('r.bin', b'plain\n', None)]
        files = [self.file(name, octets) for name, octets, charset in rows]
        message = self.build(*ME, *[word for path in files for word in ('-a', path)], 'a@example.com', input=b'x\n')
        for part, (name, octets, charset) in zip(message.iter_attachments(), rows, strict=True):
            with self.subTest(name):
                self.assertEqual(part.get_param('charset'), charset)
                self.assertEqual(part.get_payload(decode=True), octets)

    def test_charset_of_a_pipe(self):
        for octets, charset in ((b'plain\n', 'us-ascii'), ('ü\n'.encode() * 1000000, 'utf-8'), (b'caf\xe9', None)):
            fifo = os.path.join(self.dir, 'fifo')
            os.mkfifo(fifo)
            writer = threading.Thread(target=lambda: open(fifo, 'wb').write(octets))
            writer.start()
            message = self.build(*ME, '-a', fifo + ';name=x.txt', 'a@example.com', input=b'x\n')
            writer.join()
            os.unlink(fifo)
            part, = message.iter_attachments()
            self.assertEqual((part.get_content_type(), part.get_param('charset')), ('text/plain', charset))
            self.assertEqual(part.get_payload(decode=True), octets)

    def test_parameters_of_attachments(self):
        path = self.file('a.txt', b'caf\xe9\n')
        rows = [(';type="text/plain; charset=iso-8859-1"', 'text/plain', {'charset': 'iso-8859-1'}, 'a.txt'),
                (';type="text/calendar; method=REQUEST"', 'text/calendar', {'method': 'REQUEST'}, 'a.txt'),
                (';type="text/calendar;method=REQUEST;charset=utf-8";name=i.ics;inline', 'text/calendar',
                 {'method': 'REQUEST', 'charset': 'utf-8'}, 'i.ics'),
                (r';name="a;b.txt";type="application/x-a; note=\"x;y\"; b=\"\\\"\""', 'application/x-a',
                 {'note': 'x;y', 'b': '"'}, 'a;b.txt'),
                (';type="text/plain"', 'text/plain', {}, 'a.txt'), (';type=text/plain', 'text/plain', {}, 'a.txt'),
                (';name="ü ü.txt"', 'text/plain', {}, 'ü ü.txt')]
        for spec, kind, parameters, name in rows:
            with self.subTest(spec):
                part, = self.build(*ME, '-a', path + spec, 'a@example.com', input=b'x\n').iter_attachments()
                self.assertEqual((part.get_content_type(), part.get_filename()), (kind, name))
                self.assertEqual({name: value for name, value in part.get_params()[1:] if name != 'name'}, parameters)
                self.assertEqual(part.get_payload(decode=True), b'caf\xe9\n')

    def test_office_files(self):
        office = 'application/vnd.openxmlformats-officedocument.'
        types = {'a.docx': office + 'wordprocessingml.document', 'a.xlsx': office + 'spreadsheetml.sheet',
                 'a.pptx': office + 'presentationml.presentation'}
        files = [self.file(name, b'PK\3\4') for name in types]
        longest = '%s/%s' % ('t' * 127, 's' * 127)
        message = self.build(*ME, *[word for name in files for word in ('-a', name)], '-a', files[0] + ';type=' + longest,
                             'a@example.com', input=b'x\n')
        self.assertEqual([p.get_content_type() for p in message.iter_attachments()], [*types.values(), longest])

    def test_semicolons_in_names(self):
        odd = self.file('x;name=y', b'odd\n')
        self.file('x', b'plain\n')
        message = self.build(*ME, '-a', odd, 'a@example.com', input=b'x\n')
        self.assertEqual([p.get_payload(decode=True) for p in message.iter_attachments()], [b'odd\n'])
        message = self.build(*ME, '-a', odd + ';name=z', 'a@example.com', input=b'x\n')
        self.assertEqual([(p.get_filename(), p.get_payload(decode=True)) for p in message.iter_attachments()], [('z', b'odd\n')])
        os.unlink(odd)
        message = self.build(*ME, '-a', odd, 'a@example.com', input=b'x\n')
        self.assertEqual([(p.get_filename(), p.get_payload(decode=True)) for p in message.iter_attachments()], [('y', b'plain\n')])
        self.check(run('build', *ME, '--attach-file', odd, 'a@example.com', input=b'x\n'), 66, '--attach-file')

    def test_pipes_as_attachments(self):
        for size in (10, 3 * 1024 * 1024):
            with self.subTest(size):
                fifo = os.path.join(self.dir, 'fifo%d' % size)
                octets = random.Random(2).randbytes(size)
                os.mkfifo(fifo)
                writer = threading.Thread(target=lambda: open(fifo, 'wb').write(octets))
                writer.start()
                message = self.build(*ME, '-a', fifo + ';name=x.bin', 'a@example.com', input=b'x\n')
                writer.join()
                self.assertEqual([(p.get_filename(), p.get_payload(decode=True)) for p in message.iter_attachments()],
                                 [('x.bin', octets)])

    def test_without_recipients(self):
        self.assertEqual(self.build(*ME, input=b'x\n').get_content(), 'x\n')

    def test_raw(self):
        part = self.file('part', b'second\nthird\n')
        result = run('build', '--message-text', 'X: 1\n', '--message', part, '--message', '-', '--message-text', 'end', input=b'stdin\n')
        self.check(result, 0)
        self.assertEqual(result.stdout, b'X: 1\nsecond\nthird\nstdin\nend')

    def test_bcc_in_a_raw_message_stays(self):
        result = run('build', '--message-text', 'Bcc: a@example.com\n\nx\n')
        self.assertEqual(result.stdout, b'Bcc: a@example.com\n\nx\n')

    def test_output_that_cannot_be_written(self):
        with open('/dev/full', 'wb') as full:
            self.check(run('build', *ME, 'a@example.com', input=b'x\n', stdout=full), 73, 'standard output')
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, 'wb') as closed:
            self.check(run('build', *ME, 'a@example.com', input=b'x\n', stdout=closed), 73, 'standard output')

    def test_many_recipients_are_folded(self):
        many = ['r%d@example.com' % i for i in range(5000)]
        result = run('build', *ME, *many, input=b'x\n')
        self.check(result, 0)
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 998)
        message = support.email.message_from_bytes(result.stdout, policy=support.email.policy.default)
        self.assertEqual([a.addr_spec for a in message['to'].addresses], many)

    def test_the_environment_is_not_needed(self):
        result = subprocess.run([MIMESEND, 'build', *ME, '-s', 'Grüße', 'a@example.com'], env={}, input='ü\n'.encode(),
                                stdout=subprocess.PIPE, timeout=60)
        message = support.email.message_from_bytes(result.stdout, policy=support.email.policy.default)
        self.assertEqual((message['subject'], support.text_of(message)), ('Grüße', 'ü\n'))

    def test_constant_memory(self):
        if support.SANITIZED:
            raise unittest.SkipTest('the sanitizer takes memory of its own')
        path = self.file('large', b'')
        os.truncate(path, 256 << 20)
        child = support.start_measured(MIMESEND, 'build', *ME, '-a', path, 'a@example.com', stdout=subprocess.DEVNULL)
        self.assertLess(support.peak_memory(child), 16 << 10)
        self.assertEqual(child.returncode, 0)


if __name__ == '__main__':
    support.main()
