# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ctrl-C and its like, before and after the end of the message; and a large attachment in little memory."""

import os
import signal
import subprocess
import unittest

import support
from support import MIMESEND, Sink, environment

ARGS = ('-f', 'me@example.com', 'a@example.com')


class Signals(support.Case):
    def start(self, sink, *args, stdin=subprocess.DEVNULL):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # these tests may run under nohup
            self.addCleanup(signal.signal, number, signal.signal(number, signal.default_int_handler))
        child = subprocess.Popen([MIMESEND, '-v', '-S', sink.name, *ARGS, *args], env=environment(), stdin=stdin,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stderr.close)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        return child

    def wait_for(self, child, word):
        for line in child.stderr:
            if word in line:
                return
        self.fail('%r was not said' % word)

    def end(self, child, code, *words):
        child.wait(60)  # ahead of the end of its input, which communicate () brings
        out, said = child.communicate()
        self.assertEqual(child.returncode, code, said)
        for word in words:
            self.assertIn(word, said)
        return out

    def test_before_the_end(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                sink = Sink(self, '--hide', 'CHUNKING', script=['RCPT hang'])
                child = self.start(sink)
                self.wait_for(child, b'> RCPT')
                child.send_signal(number)
                self.end(child, -number, b'nobody has it')
                self.assertEqual(sink.stop(), [])

    def test_within_the_content(self):
        for hide in ([], ['--hide', 'CHUNKING']):
            with self.subTest(hide):
                sink = Sink(self, *hide)
                child = self.start(sink, '--message', '-', stdin=subprocess.PIPE)
                child.stdin.write(b'begun\n')
                child.stdin.flush()
                self.wait_for(child, b'> RCPT')
                child.send_signal(signal.SIGINT)
                self.end(child, -signal.SIGINT, b'nobody has it')
                self.assertEqual(sink.stop(), [])

    def test_while_reading(self):
        sink = Sink(self)
        child = self.start(sink, '--text', '-', stdin=subprocess.PIPE)
        child.stdin.write(b'begun\n')
        child.stdin.flush()
        # Its handlers stand once it has opened what it reads from.
        while 'mimesend' not in open('/proc/%d/comm' % child.pid).read() or not self.handles(child, signal.SIGTERM):
            os.sched_yield()
        child.send_signal(signal.SIGTERM)
        self.end(child, -signal.SIGTERM, b'nobody has the message')

    def handles(self, child, number):
        with open('/proc/%d/status' % child.pid) as f:
            caught = int(next(line for line in f if line.startswith('SigCgt')).split()[1], 16)
        return caught >> (number - 1) & 1

    def test_after_the_end_the_reply_comes(self):
        for hide, mark, step in ((['--hide', 'CHUNKING'], b'> .', 'DOT delay 2s'), ([], b'LAST', 'LAST delay 2s')):
            with self.subTest(step):
                sink = Sink(self, *hide, script=[step])
                child = self.start(sink)
                self.wait_for(child, mark)
                child.send_signal(signal.SIGINT)
                out = self.end(child, 0, b'waiting up to 10 s')
                self.assertIn(b'accepted for 1 of 1', out)

    def test_after_the_end_a_second_signal(self):
        sink = Sink(self, '--hide', 'CHUNKING', script=['DOT hang'])
        child = self.start(sink)
        self.wait_for(child, b'> .')
        child.send_signal(signal.SIGINT)
        self.wait_for(child, b'waiting up to 10 s')
        child.send_signal(signal.SIGINT)
        self.end(child, -signal.SIGINT, b'in doubt', b'Message-ID')

    def test_between_attempts(self):
        """One has it, the other was put off: no reply is waited for, and no attempt made any more."""
        sink = Sink(self, script=['RCPT#2 reply 450 4.2.1 busy'])
        child = self.start(sink, '--retry', '3', 'b@example.com')
        self.wait_for(child, b'* trying again in ')
        child.send_signal(signal.SIGTERM)
        with_one = self.end(child, 79)
        self.assertIn(b'accepted for 1 of 2', with_one)
        self.assertEqual(len(sink.stop()), 1)

    def test_ignored_signals_stay_ignored(self):
        sink = Sink(self, script=['RCPT delay 1s'])
        child = subprocess.Popen(['nohup', MIMESEND, '-v', '-S', sink.name, *ARGS], env=environment(), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.stderr.close)
        self.wait_for(child, b'> RCPT')
        child.send_signal(signal.SIGHUP)
        self.end(child, 0)


class Memory(support.Case):
    def test_one_gibibyte(self):
        """The file has holes: it takes no room on the disk, and reads as zeroes."""
        if support.SANITIZED:
            raise unittest.SkipTest('the sanitizer takes memory of its own')
        path = self.file('large.bin', b'')
        os.truncate(path, 1 << 30)
        sink = Sink(self, store=False)
        child = support.start_measured(MIMESEND, '-S', sink.name, *ARGS, '-a', path, stdout=subprocess.DEVNULL)
        self.assertLess(support.peak_memory(child), 16 << 10)
        self.assertEqual(child.returncode, 0)
        self.assertGreater(sink.message()['octets'], 1 << 30)


if __name__ == '__main__':
    support.main()
