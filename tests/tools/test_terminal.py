# SPDX-License-Identifier: LGPL-2.1-or-later
"""At a terminal: the text is typed, the password is asked for without echo, and the terminal is left as it was."""

import os
import pty
import signal
import termios

import support
from support import MIMESEND, Sink, environment

ARGS = ('-f', 'me@example.com', 'a@example.com')


class Terminal(support.Case):
    def start(self, sink, *args):
        """On a terminal of its own, which is its standard input, output and error."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(MIMESEND, [MIMESEND, '-S', sink.name, *ARGS, *args], environment())
        self.addCleanup(os.close, fd)
        self.pid, self.fd, self.seen = pid, fd, b''

    def wait_for(self, word):
        while word not in self.seen:
            self.seen += os.read(self.fd, 4096)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        while True:
            try:
                octets = os.read(self.fd, 4096)
            except OSError:  # the other side is closed
                octets = b''
            if not octets:
                break
            self.seen += octets
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def test_typed(self):
        sink = Sink(self)
        self.start(sink)
        self.wait_for(b'Ctrl-D')
        os.write(self.fd, 'Grüße\n.\nend\n\x04'.encode())
        self.assertEqual(self.end(), 0, self.seen)
        parsed = support.email.message_from_bytes(sink.message()['content'], policy=support.email.policy.default)
        self.assertEqual(support.text_of(parsed), 'Grüße\n.\nend\n')

    def test_password(self):
        sink = Sink(self, '--auth', 'me:sécret')
        self.start(sink, '--user', 'me', '--text', self.file('text'))
        self.wait_for(b'Password for me: ')
        self.assertFalse(self.echoes())
        os.write(self.fd, 'sécret\n'.encode())
        self.assertEqual(self.end(), 0, self.seen)
        self.assertNotIn(b'cret', self.seen)
        self.assertEqual(sink.message()['auth']['user'], 'me')

    def test_interrupted_at_the_password(self):
        for number, send in ((signal.SIGINT, lambda: os.write(self.fd, b'\x03')),
                             (signal.SIGTERM, lambda: os.kill(self.pid, signal.SIGTERM))):
            with self.subTest(number):
                sink = Sink(self)
                self.start(sink, '--user', 'me', '--text', self.file('text'))
                self.wait_for(b'Password for me: ')
                keep = os.open(os.readlink('/proc/%d/fd/0' % self.pid), os.O_RDWR | os.O_NOCTTY)
                self.addCleanup(os.close, keep)
                send()
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), -number)
                self.assertTrue(self.echoes())
                self.assertEqual(sink.stop(), [])

    def test_hostile_user(self):
        """A name that would paint the prompt."""
        sink = Sink(self)
        self.start(sink, '--user', 'm\x1b[31me', '--text', self.file('text'))
        self.wait_for(b'Password for ')
        os.write(self.fd, b'x\n')
        self.end()
        self.assertNotIn(b'\x1b', self.seen)


if __name__ == '__main__':
    support.main()
