#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are written while they are sent: longer is sent as long as it was, anything else is refused."""

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

    # --- messages as they are, and texts ---

    def whole(self, sink, args, path, when, during, stdin=subprocess.DEVNULL):
        """The command sends it as a message or a text; during () is called when it has said `when`."""
        child = subprocess.Popen([support.MIMESEND, '--json', '-v', '-S', sink.name, '-f', 'me@example.com', *args,
                                  '--', 'a@example.com'], env=support.environment(None), stdin=stdin,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        while not child.stderr.readline().startswith(when):
            pass
        during(path)
        out, said = child.communicate(timeout=60)
        return subprocess.CompletedProcess(child.args, child.returncode, out, said)

    def test_message(self):
        """Too large to be read at once: it is read while it is sent, and changed once it has been opened."""
        content = b'Subject: log\r\n\r\n' + LINE.replace(b'\n', b'\r\n') * (2 * 1024 * 1024 // len(LINE))
        for act, code, words in ((touch, 0, None), (append, 0, 'grew'), (overwrite, 66, 'was changed'),
                                 (overwrite_and_append, 66, 'was changed'), (shorten, 66, 'became shorter')):
            for how in ('--message', 'stdin'):
                with self.subTest(act.__name__, how=how):
                    sink = Sink(self, '--hide', 'PIPELINING', script=['DATA delay 300ms', 'BDAT delay 300ms'])
                    path = self.file('mail.eml', content)
                    os.utime(path, (1600000000, 1600000000))
                    with open(path, 'rb') as stdin:
                        result = self.whole(sink, ['--message', path if how == '--message' else '-'], path, b'> MAIL', act,
                                            stdin=stdin)
                    self.check(result, code)
                    report = json.loads(result.stdout)
                    if code == 0:
                        self.assertEqual([w for w in report['warnings'] if 'grew' in w] != [], words is not None)
                        self.assertEqual(sink.message()['content'], content)
                        if words:
                            self.assertIn('%d octets' % len(content), report['warnings'][0])
                            self.assertIn(b'grew', result.stderr)
                    else:
                        self.assertIn(words, report['error']['message'])
                        self.assertEqual(sink.stop(), [])

    def test_message_grows_all_the_time(self):
        sink = Sink(self)
        path = self.file('mail.eml', b'Subject: log\n\n' + LINE * (4 * 1024 * 1024 // len(LINE)))
        before = os.path.getsize(path)
        over = threading.Event()

        def write():
            with open(path, 'ab', buffering=0) as f:
                while not over.wait(0.001):
                    f.write(LINE)

        writer = threading.Thread(target=write)
        writer.start()
        result = self.whole(sink, ['--message', path], path, b'< 220', lambda path: None)
        over.set()
        writer.join()
        self.check(result, 0)
        content = sink.message()['content'].replace(b'\r\n', b'\n')
        self.assertGreaterEqual(len(content), before)
        with open(path, 'rb') as f:
            self.assertEqual(f.read(len(content)), content)

    def test_opened_before_it_is_read(self):
        """A text is opened with all other files, and read when the password was asked for: by a command that changes it.
        What is written in its middle until then is what is sent."""
        for act, code, words in (('touch', 0, None), ('cat %s >>', 0, 'grew'),
                                 ('truncate -s -10', 66, 'became shorter')):
            for option in ('--text', '--html', '--message'):
                with self.subTest(act, option=option):
                    sink = Sink(self, '--auth', 'me:secret')
                    path = self.file('text', b'Subject: a text\n\n' + LINE * 10)
                    os.utime(path, (1600000000, 1600000000))
                    command = '%s %s' % (act.replace('%s', self.file('other', b'other')), path)
                    result = support.run('--json', '-S', sink.name, '-f', 'me@example.com', '--user', 'me', '--password-command',
                                         command + '; echo secret', option, path, '--', 'a@example.com')
                    self.check(result, code)
                    report = json.loads(result.stdout)
                    if code == 0:
                        self.assertEqual([w for w in report['warnings'] if 'grew' in w] != [], words is not None)
                        content = sink.message()['content']
                        self.assertEqual((content.count(LINE[:-1]), content.count(b'other')), (10, 0))
                    else:
                        self.assertIn(words, report['error']['message'])
                        self.assertEqual(sink.stop(), [])

    def test_size_is_no_promise(self):
        """A file of /proc has octets and no size, one of /sys more size than octets."""
        for path in ('/proc/version', '/sys/kernel/mm/transparent_hugepage/enabled'):
            if not os.path.exists(path):
                continue
            with self.subTest(path):
                sink = Sink(self)
                result = support.run('-S', sink.name, '-f', 'me@example.com', '-s', 'x', '--text', path, 'a@example.com')
                self.assertEqual(self.check(result, 0).count('warning'), 0)
                with open(path, 'rb') as f:
                    self.assertIn(f.read().strip()[:20], sink.message()['content'])


if __name__ == '__main__':
    support.main()
