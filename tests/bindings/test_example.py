#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test_example.py COMMAND...: an example of docs/examples constructs, streams, sends, and shows every recipient's reply."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support

COMMAND = sys.argv[1:]
del sys.argv[1:]


class Example(support.Case):
    def run_it(self, *args):
        return subprocess.run([*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=50)

    def test_sends_and_shows_every_reply(self):
        sink = support.Sink(self, '--refuse', 'nobody@*=550 5.1.1 no such user')
        said = self.run_it(sink.name, 'joe@example.com', 'jimmy@example.org', 'nobody@example.org')
        self.assertEqual((said.returncode, said.stderr), (1, ''))
        message = sink.message()
        self.assertEqual(said.stdout.splitlines(), ['jimmy@example.org: accepted: stored as ' + message['id'],
                                                    'nobody@example.org: refused: no such user'])
        self.assertEqual(message['reverse_path'], 'joe@example.com')
        self.assertEqual(message['recipients'], ['jimmy@example.org'])
        self.assertEqual(message['violations'], [])
        content = message['content']
        self.assertTrue(content.startswith(b'MIME-Version: 1.0\r\n'), content)
        self.assertIn(b'\r\nSubject: =?', content)
        self.assertTrue(content.endswith(b'\r\n\r\nThis is a test message\r\n.\r\nThat was a dot.\r\n'), content)

    def test_all_accepted(self):
        sink = support.Sink(self)
        said = self.run_it(sink.name, 'joe@example.com', 'jimmy@example.org')
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        self.assertEqual(sink.message()['recipients'], ['jimmy@example.org'])

    def test_not_sent(self):
        said = self.run_it('127.0.0.1:1', 'joe@example.com', 'jimmy@example.org')
        self.assertEqual(said.returncode, 1)
        self.assertEqual(said.stdout, '')
        self.assertIn('not sent: ', said.stderr)


if __name__ == '__main__':
    support.main()
