#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_mailing.py COMMAND: one tree and many letters, as Python has them and as the example in C does it."""

import os
import subprocess
import sys

import gi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support

gi.require_version('GMime', '3.0')
gi.require_version('Mimesend', '1.0')
from gi.repository import GLib, GMime, Mimesend

COMMAND = sys.argv[1]
del sys.argv[1:]
READERS = ['a@example.net', 'b@example.net', 'c@example.net']


def headers(content):
    return content.split(b'\r\n\r\n')[0].decode().split('\r\n')


class Mailing(support.Case):
    def test_signed(self):
        sink = support.Sink(self)
        key = subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519'], stdout=subprocess.PIPE, check=True).stdout
        dkim = Mimesend.Dkim.new('example.com', 's', GLib.Bytes.new(key)).with_expiry(60).with_headers(['Subject'], ['From'])
        self.assertEqual((dkim.get_algorithm(), dkim.get_expiry()), ('ed25519-sha256', 60))
        self.assertTrue(dkim.dup_record().startswith('v=DKIM1; k=ed25519; p='))
        with self.assertRaises(GLib.Error):
            Mimesend.Dkim.new('localhost', 's', GLib.Bytes.new(key))
        part = Mimesend.part_new_text('text\n')
        part.set_header('From', 'writer@example.com', 'utf-8')
        mailing = Mimesend.Mailing.new(part, ['To'])
        mailing.set_dkims([dkim])
        session = Mimesend.Session.new(Mimesend.Server.new(sink.name))
        session.set_dkims([dkim])
        plain = Mimesend.Content.new_for_part(part, None)
        for content in (mailing.new_content(['a@example.net']), plain, Mimesend.Content.new_dkim(plain, [dkim])):
            envelope = Mimesend.Envelope.new('writer@example.com', ['a@example.net'])
            self.assertTrue(session.send(envelope, content, Mimesend.SendFlags.DEFAULT, None).check())
            self.assertEqual(sink.message()['content'].count(b'h=From:From'), 1)

    def test_letters(self):
        sink = support.Sink(self)
        part = Mimesend.part_new_text('Grüße an alle\n.\n')
        part.set_header('From', 'writer@example.com', 'utf-8')
        before = part.to_string(None)
        mailing = Mimesend.Mailing.new(part, ['To', 'Subject', 'X-Number'])
        self.assertEqual(mailing.props.keep_limit, 1048576)
        mailing.props.keep_limit = 0
        self.assertEqual(mailing.get_keep_limit(), 0)
        mailing.props.keep_limit = 4096
        letters = [mailing.new_content([reader, 'Grüße an ' + reader, str(i) if i else ''])
                   for i, reader in enumerate(READERS)]
        del mailing
        session = Mimesend.Session.new(Mimesend.Server.new(sink.name))
        for reader, letter in zip(READERS, letters):
            envelope = Mimesend.Envelope.new('writer@example.com', [reader])
            receipt = session.send(envelope, letter, Mimesend.SendFlags.DEFAULT, None)
            self.assertTrue(receipt.check())
        del session
        messages = [sink.message() for _ in READERS]
        self.assertEqual(part.to_string(None), before)
        for i, (reader, message) in enumerate(zip(READERS, messages)):
            lines = headers(message['content'])
            self.assertEqual(message['violations'], [])
            self.assertEqual(message['recipients'], [reader])
            self.assertIn('To: ' + reader, lines)
            self.assertIn('MIME-Version: 1.0', lines)
            self.assertEqual('X-Number: %d' % i in lines, i > 0)
            self.assertEqual(message['content'].split(b'\r\n\r\n')[1], messages[0]['content'].split(b'\r\n\r\n')[1])

    def test_refused(self):
        part = Mimesend.part_new_text('text\n')
        with self.assertRaises(GLib.Error) as bcc:
            Mimesend.Mailing.new(part, ['Bcc'])
        self.assertTrue(bcc.exception.matches(Mimesend.error_quark(), Mimesend.Error.ARGUMENT))
        mailing = Mimesend.Mailing.new(part, ['Subject'])
        with self.assertRaises(GLib.Error) as line:
            mailing.new_content(['one\nBcc: two@example.com'])
        self.assertTrue(line.exception.matches(Mimesend.error_quark(), Mimesend.Error.CONTENT))
        with self.assertRaises(GLib.Error) as few:
            mailing.new_content([])
        self.assertTrue(few.exception.matches(Mimesend.error_quark(), Mimesend.Error.ARGUMENT))

    def test_without_a_tree(self):
        mailing = Mimesend.Mailing(keep_limit=5)
        self.assertEqual(mailing.props.keep_limit, 1048576)
        with self.assertRaises(GLib.Error) as none:
            mailing.new_content([])
        self.assertTrue(none.exception.matches(Mimesend.error_quark(), Mimesend.Error.ARGUMENT))

    def test_letter(self):
        letter = Mimesend.Letter.new()
        letter.set_from('writer@example.com')
        letter.set_text('text\n')
        mailing = Mimesend.Mailing.new_for_letter(letter, ['To'])
        ids = set()
        for reader in READERS:
            octets = mailing.new_content([reader]).read_bytes(65536, None).get_data()
            ids |= {line for line in headers(octets) if line.startswith('Message-ID: <')}
        self.assertEqual(len(ids), 3)

    def test_example(self):
        sink = support.Sink(self, '--refuse', 'b@*=550 5.1.1 no such user')
        said = subprocess.run([COMMAND, sink.name, 'writer@example.com', *READERS], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=50)
        self.assertEqual(said.returncode, 1)
        self.assertEqual(said.stdout.splitlines(), ['a@example.net: sent', 'c@example.net: sent'])
        self.assertIn('b@example.net: not sent: ', said.stderr)
        for reader in ['a@example.net', 'c@example.net']:
            message = sink.message()
            self.assertEqual(message['recipients'], [reader])
            self.assertIn('Subject: Invoice for ' + reader, headers(message['content']))


if __name__ == '__main__':
    support.main()
