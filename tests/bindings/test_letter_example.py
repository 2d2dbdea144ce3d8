#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/examples/send-letter.py: a letter with attachments arrives whole, and what is wrong is told."""

import email
import email.policy
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'tools'))
import support


class Letter(support.Case):
    def run_it(self, *args):
        return subprocess.run([sys.executable, os.path.join(os.environ['EXAMPLES'], 'send-letter.py'), *args],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=50)

    def test_with_attachments(self):
        sink = support.Sink(self)
        paths = []
        for name, content in (('ä.txt', 'ä\r\nb\n'.encode()), ('b.bin', bytes(range(256)))):
            paths.append(os.path.join(self.dir, name))
            with open(paths[-1], 'wb') as file:
                file.write(content)
        said = self.run_it(sink.name, 'Jörg <joe@example.com>', 'Ann <ann@example.org>', *paths)
        self.assertEqual((said.returncode, said.stderr), (0, ''))
        message = sink.message()
        self.assertEqual((message['reverse_path'], message['recipients']), ('joe@example.com', ['ann@example.org']))
        parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
        self.assertEqual((parsed['subject'], str(parsed['to'])), ('Grüße from Python', 'Ann <ann@example.org>'))
        self.assertEqual([(part.get_filename(), part.get_payload(decode=True)) for part in parsed.iter_attachments()],
                         [('ä.txt', 'ä\r\nb\n'.encode()), ('b.bin', bytes(range(256)))])

    def test_not_sent(self):
        for args, words in ((('127.0.0.1:1', 'joe@example.com', 'ann@example.org'), 'not sent: '),
                            (('127.0.0.1:1', 'joe', 'ann example'), 'white space'),
                            (('127.0.0.1:1', 'joe@example.com', 'ann@example.org', '/no/such/file'), '/no/such/file')):
            said = self.run_it(*args)
            self.assertEqual((said.returncode, said.stdout), (1, ''))
            self.assertIn(words, said.stderr)


if __name__ == '__main__':
    support.main()
