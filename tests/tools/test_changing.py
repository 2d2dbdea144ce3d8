#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that somebody writes while they are attached: longer is sent as long as it was, anything else is refused."""

import email
import email.policy
import json
import os
import subprocess
import threading

import support
from support import Sink

LINE = b'2026-11-24 12:00:00 one line of a log that is written all the time\n'


def touch(path):
    os.utime(path)


def append(path):
    with open(path, 'ab') as f:
        f.write(LINE)


def overwrite(path):
    with open(path, 'r+b') as f:
        f.write(b'XXXX')


def overwrite_and_append(path):
    overwrite(path)
    append(path)


def shorten(path):
    os.truncate(path, os.path.getsize(path) - 10)


class Changing(support.Case):
    def attach(self, sink, path, during):
        """The command attaches it; during() is called while it does."""
        old = (1600000000, 1600000000)
        os.utime(path, old)  # that its times are not those of this moment
        child = subprocess.Popen([support.MIMESEND, '--json', '-v', '-S', sink.name, '-f', 'me@example.com', '-a', path,
                                  'a@example.com'], env=support.environment(None), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        during(child)
        out, said = child.communicate(timeout=60)
        return subprocess.CompletedProcess(child.args, child.returncode, out, said)

    def content_of(self, message):
        parsed = email.message_from_bytes(message['content'], policy=email.policy.default)
        return next(parsed.iter_attachments()).get_payload(decode=True)

    def test_grows_all_the_time(self):
        """A line every few milliseconds, from before its size is told until it is sent."""
        sink = Sink(self)
        before = LINE * (8 * 1024 * 1024 // len(LINE))
        for i in range(3):
            path = self.file('app.log', before)
            over = threading.Event()

            def write():
                with open(path, 'ab', buffering=0) as f:
                    while not over.wait(0.002):
                        f.write(LINE)

            writer = threading.Thread(target=write)
            result = self.attach(sink, path, lambda child: writer.start())
            over.set()
            writer.join()
            self.check(result, 0)
            content = self.content_of(sink.message())
            self.assertGreaterEqual(len(content), len(before))
            with open(path, 'rb') as f:
                self.assertEqual(f.read(len(content)), content)
            self.assertEqual(len(content) % len(LINE), 0)

    def test_once_its_size_was_told(self):
        """After MAIL, which tells it, and ahead of the first octet."""
        for act, code, warning in ((touch, 0, False), (append, 0, True), (overwrite, 66, False), (shorten, 66, False)):
            with self.subTest(act.__name__):
                sink = Sink(self, '--hide', 'PIPELINING', script=['MAIL delay 500ms'])
                path = self.file('app.log', LINE * 1000)

                def during(child):
                    while not child.stderr.readline().startswith(b'> MAIL'):
                        pass
                    act(path)

                result = self.attach(sink, path, during)
                self.check(result, code)
                report = json.loads(result.stdout)
                self.assertEqual([w for w in report['warnings'] if 'grew' in w] != [], warning, report['warnings'])
                if code == 0:
                    self.assertEqual(self.content_of(sink.message()), LINE * 1000)
                else:
                    self.assertEqual(sink.stop(), [])


if __name__ == '__main__':
    support.main()
