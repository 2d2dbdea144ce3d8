#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run_javascript.py GJS: starts a sink, lets test_javascript.js send to it, and looks at what arrived."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support

GJS = sys.argv.pop(1)
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'test_javascript.js')


class JavaScript(support.Case):
    def run_it(self, name, sink):
        said = subprocess.run([GJS, '-m', SCRIPT, name, sink.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=100)
        self.assertEqual(said.returncode, 0, said.stderr + said.stdout)

    def arrives(self, name, *contents):
        sink = support.Sink(self)
        self.run_it(name, sink)
        self.assertEqual([message['content'] for message in sink.stop()], list(contents))

    def test_values(self):
        self.arrives('values')

    def test_part_stream(self):
        self.arrives('partStream')

    def test_content_subclass(self):
        self.arrives('contentSubclass', b'one\r\ntwo\r\n', b'ahead\r\none\r\ntwo\r\nbehind\r\n')

    def test_content_that_waits(self):
        self.arrives('contentThatWaits', b'one\r\ntwo\r\n', b'ahead\r\none\r\ntwo\r\n')

    def test_twins(self):
        sink = support.Sink(self)
        self.run_it('twins', sink)
        first, second = sink.stop()
        self.assertEqual(first['content'], b'one\r\n')
        self.assertTrue(second['content'].endswith(b'\r\n\r\ntwo\r\n'))

    def test_letter_by_properties(self):
        sink = support.Sink(self)
        self.run_it('letterByProperties', sink)
        message = sink.message()
        self.assertEqual(message['recipients'], ['jimmy@example.org'])
        for words in (b'From: =?UTF-8?B?', b'\r\nReply-To: reply@example.com\r\n', b'\r\nAAEC\r\n', b'<p>text</p>', b'three.bin'):
            self.assertIn(words, message['content'])

    def test_letter_with_content(self):
        sink = support.Sink(self)
        self.run_it('letterWithContent', sink)
        content = sink.message()['content']
        self.assertIn(b'\r\nMessage-ID: <a@example.com>\r\n', content)
        self.assertTrue(content.endswith(b'\r\n\r\none\r\ntwo\r\n'), content)

    def test_content_that_fails(self):
        self.arrives('contentFails')

    def test_bytes_after_the_end(self):
        self.arrives('bytesAfterTheEnd', b'all\r\n')

    def test_small_pieces(self):
        self.arrives('smallPieces', b'x' * 70 + b'\r\n' + (b'x' * 70 + b'\r\n') * 99)

    def test_endless_pieces(self):
        self.arrives('endlessPieces')

    def test_await(self):
        self.arrives('inTurn', b'0\r\n', b'1\r\n', b'2\r\n')

    def test_progress(self):
        self.arrives('progress', b'text\r\n')

    def test_recipient_reply(self):
        self.arrives('recipientReply')

    def test_blocking(self):
        self.arrives('blocking', b'text\r\n')


if __name__ == '__main__':
    support.main()
