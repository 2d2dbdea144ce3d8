# SPDX-License-Identifier: LGPL-2.1-or-later
"""Content that fails on the way, and clients that are stopped: no server may get the end of a truncated message."""

import email
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import threading

import peer
import support
from peer import Peer, send, speak

SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
ALL = os.environ.get('MIMESEND_HOSTILE') == 'all'
ME = ('-f', 'me@example.com')
A = 'a@example.com'
SIZE = 24 << 20  # more than the buffers of the sockets hold
SERVERS = {'data': ('8BITMIME',), 'bdat': ('8BITMIME', 'PIPELINING', 'CHUNKING')}
SHIM = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
static ssize_t count (int fd, ssize_t n)
{
  static size_t done;
  struct stat st;
  const char *inode = getenv ("SHIM_INODE"), *limit = getenv ("SHIM_LIMIT");
  if (n <= 0 || inode == NULL || fstat (fd, &st) != 0 || st.st_ino != strtoull (inode, NULL, 10))
    return n;
  done += n;
  if (done < strtoull (limit, NULL, 10))
    return n;
  errno = EIO;
  return -1;
}
#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))
ssize_t read (int fd, void *p, size_t n) { return count (fd, REAL (read) (fd, p, n)); }
ssize_t pread (int fd, void *p, size_t n, off_t at) { return count (fd, REAL (pread) (fd, p, n, at)); }
ssize_t pread64 (int fd, void *p, size_t n, off64_t at) { return count (fd, REAL (pread64) (fd, p, n, at)); }
ssize_t readv (int fd, const struct iovec *v, int n) { return count (fd, REAL (readv) (fd, v, n)); }
'''


class Slow(Peer):
    """Reads `first` octets of the content, calls `then`, and reads on."""

    def __init__(self, server, first, then, **more):
        self.first, self.then, self.more = first, then, more
        super().__init__(lambda wire: speak(wire, offers=SERVERS[server], **more))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)

    def _play(self, wire):
        fill = wire.fill

        def slowly():
            fill()
            if len(wire.received) >= self.first and self.then is not None:
                then, self.then = self.then, None
                then()
        wire.fill = slowly
        super()._play(wire)


class Truncation(support.Case):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)

    def big(self, name='big', line=b'A line of text, and no more than that.\n'):
        return self.file(name, line * (SIZE // len(line)))

    def failing(self, args, spoil, code=66, first=200000, word=None, **more):
        for server in SERVERS:
            for make in args:
                with self.subTest(server=server, args=make.__name__):
                    path = self.big()
                    with Slow(server, first, lambda: spoil(path)) as listener:
                        result = send('-S', listener.name, *ME, *make(path), A, **more)
                    self.assertIsNone(listener.then, 'never came to it')
                    self.assertEqual(result.code, code, result.words())
                    self.assertFalse(any(w.ended for w in listener.wires), result.words())
                    self.assertIn(os.path.basename(path) if word is None else word, result.err.decode(), result.words())
                    if os.path.exists(path):
                        os.unlink(path)

    @staticmethod
    def message(path):
        return ('--message', path)

    @staticmethod
    def attachment(path):
        return ('-s', 'x', '-a', path)

    @staticmethod
    def behind_another(path):
        return ('--message', path, '--message-text', 'the end\n')

    def test_shrinks(self):
        self.failing([self.message, self.attachment, self.behind_another], lambda path: os.truncate(path, 300000))
        self.failing([self.message, self.attachment], lambda path: os.truncate(path, 0))
        self.failing([self.message, self.attachment], lambda path: os.truncate(path, SIZE - SIZE % 39 - 1))

    @staticmethod
    def grow(path):
        with open(path, 'ab') as f:
            f.write(b'more\n')

    def test_message_grows(self):
        """It is sent as long as it was, and what comes behind it follows there."""
        for server in SERVERS:
            for make, end in ((self.message, b''), (self.behind_another, b'the end\n')):
                with self.subTest(server=server, args=make.__name__):
                    path = self.big()
                    with open(path, 'rb') as f:
                        before = f.read()
                    with Slow(server, 200000, lambda: self.grow(path)) as listener:
                        result = send('-S', listener.name, *ME, *make(path), A)
                    self.assertIsNone(listener.then, 'never came to it')
                    self.assertEqual(result.code, 0, result.words())
                    self.assertIn('grew', result.report['warnings'][0])
                    wire, = [w for w in listener.wires if w.ended]
                    self.assertEqual(wire.content.replace(b'\r\n', b'\n'), before + end)

    def test_attachment_grows(self):
        """It is sent as long as it was."""
        for server in SERVERS:
            with self.subTest(server):
                path = self.big()
                with open(path, 'rb') as f:
                    before = f.read()
                with Slow(server, 200000, lambda: self.grow(path)) as listener:
                    result = send('-S', listener.name, *ME, *self.attachment(path), A)
                self.assertIsNone(listener.then, 'never came to it')
                self.assertEqual(result.code, 0, result.words())
                self.assertIn('part 2 (big): the file grew', result.report['warnings'][0])
                wire, = [w for w in listener.wires if w.ended]
                message = email.message_from_bytes(wire.content)
                self.assertEqual(message.get_payload()[-1].get_payload(decode=True), before)

    def test_is_changed(self):
        """What was sent is not what it holds any more: also where it grew meanwhile."""
        def overwrite(path):
            with open(path, 'r+b') as f:
                f.write(b'Another')

        def both(path):
            overwrite(path)
            self.grow(path)
        self.failing([self.message, self.attachment, self.behind_another], overwrite)
        self.failing([self.message, self.attachment, self.behind_another], both)

    def test_vanishes(self):
        """The second one, before its turn."""
        second = self.file('second', b'x' * 1000)

        def two(path):
            self.file('second', b'x' * 1000)
            return ('-s', 'x', '-a', path, '-a', second)
        self.failing([two], lambda path: os.unlink(second), word='second')
        for change in (lambda path: os.truncate(second, 10), lambda path: self.file('second', b'y' * 1001)):
            self.failing([two], change, word='second')

    def test_read_error(self):
        if support.SANITIZED or not shutil.which('cc'):
            self.skipTest('needs a compiler and a build without sanitizers')
        source, shim = self.file('shim.c', SHIM.encode()), os.path.join(self.dir, 'shim.so')
        subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl'], check=True)
        path = self.big('broken')
        for server in SERVERS:
            for make in (self.message, self.attachment, lambda path: ('--text', path), lambda path: ('--html', path)):
                for limit in (1, 70000, 5000000):
                    with self.subTest(server=server, limit=limit):
                        with Peer(lambda wire: speak(wire, offers=SERVERS[server])) as listener:
                            result = send('-S', listener.name, *ME, *make(path), A, env={
                                'LD_PRELOAD': shim, 'SHIM_INODE': str(os.stat(path).st_ino), 'SHIM_LIMIT': str(limit)})
                        self.assertEqual(result.code, 66, result.words())
                        self.assertFalse(any(w.ended for w in listener.wires), result.words())
                        self.assertIn('broken', result.err.decode())

    def test_silent_producer(self):
        for server in SERVERS:
            read, write = os.pipe()
            with Peer(lambda wire: speak(wire, offers=SERVERS[server])) as listener:
                os.write(write, b'Subject: x\n\nhalf of it\n')
                result = self.run_with(read, '-S', listener.name, *ME, '--message', '-', '--timeout', '1', A)
                os.close(write)
                os.close(read)
            self.assertEqual(result.returncode, 66, result.stderr)
            self.assertFalse(any(w.ended for w in listener.wires), result.stderr)

    def run_with(self, stdin, *args):
        return subprocess.run([support.MIMESEND, *args], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              env=support.environment())

    # --- stopped ---

    def stop(self, server, first, number, args, answers=None):
        """A signal once the server has `first` octets. Returns (exit status, report, server's end of the connection)."""
        child = None
        known = threading.Event()

        def then():
            known.wait(30)
            child.send_signal(number)
        with Slow(server, first, then, answers=answers or {}) as listener:
            child = subprocess.Popen([support.MIMESEND, '--json', '-S', listener.name, *ME, *args, A], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=support.environment())
            known.set()
            out, err = child.communicate(timeout=60)
        return child.returncode, json.loads(out), listener.wires[0], '%s %r %s' % (child.returncode, out, err.decode())

    def test_signals(self):
        """At a random moment of the content: dropped, and it says so by the signal."""
        path = self.big()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # these tests may run under nohup
            self.addCleanup(signal.signal, number, signal.signal(number, signal.SIG_DFL))
        for i in range(24 if ALL else 8):
            server = self.random.choice(list(SERVERS))
            number = self.random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
            first = self.random.choice((1, 30, 60, 100, self.random.randrange(SIZE // 2)))
            args = self.random.choice((self.message, self.attachment))(path)
            with self.subTest(server=server, number=number, first=first, args=args):
                code, report, wire, where = self.stop(server, first, number, args)
                self.assertEqual(code, -number, where)
                self.assertFalse(wire.ended, where)
                self.assertEqual(report['exit'], 128 + number, where)
                self.assertNotIn(report['outcome'], ('accepted', 'in-doubt'), where)

    def test_signal_after_the_end(self):
        """The reply is waited for; if it comes, it counts."""
        for server in SERVERS:
            for number in (signal.SIGINT, signal.SIGTERM):
                for answers, code, outcome in (({}, 0, 'accepted'), ({'END': b'554 no\r\n'}, 69, 'refused'),
                                               ({'END': b'25'}, -number, 'in-doubt'), ({'END': self.hang_up}, -number, 'in-doubt')):
                    with self.subTest(server=server, number=number, outcome=outcome):
                        waits = threading.Event()
                        child = None

                        def end(wire, answers=answers):
                            waits.wait(30)
                            child.send_signal(number)
                            answer = answers.get('END', b'250 2.0.0 ok\r\n')
                            if callable(answer):
                                answer(wire)
                            if answer == b'25':
                                wire.put(answer)
                                raise peer.Cut
                            return answer
                        with Peer(lambda wire: speak(wire, offers=SERVERS[server], answers={'END': end})) as listener:
                            child = subprocess.Popen([support.MIMESEND, '--json', '-S', listener.name, *ME, '--message-text', 'x\n', A],
                                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                                     env=support.environment())
                            waits.set()
                            out, err = child.communicate(timeout=60)
                        report = json.loads(out)
                        self.assertEqual(report['outcome'], outcome, (out, err))
                        # the end of the connection may be seen ahead of the signal
                        self.assertIn(child.returncode, (code, 74) if outcome == 'in-doubt' else (code,), (out, err))

    @staticmethod
    def hang_up(wire):
        wire.reset()
        raise peer.Cut

    def test_killed(self):
        """SIGKILL leaves no end mark."""
        path = self.big()
        for server in SERVERS:
            code, wire = self.kill(server, path)
            self.assertEqual(code, -signal.SIGKILL)
            self.assertFalse(wire.ended)

    def kill(self, server, path):
        child = None
        known = threading.Event()

        def then():
            known.wait(30)
            child.kill()
        with Slow(server, self.random.randrange(100, SIZE // 2), then) as listener:
            child = subprocess.Popen([support.MIMESEND, '-S', listener.name, *ME, '--message', path, A], stdin=subprocess.DEVNULL,
                                     env=support.environment())
            known.set()
            code = child.wait(60)
        return code, listener.wires[0]

    def test_closed_outputs(self):
        """What is printed is not read: the mail goes all the same."""
        for redirect in ('>&-', '2>&-', '>&- 2>&-', '>/dev/full', '<&-', '<&- >&- 2>&-'):
            with self.subTest(redirect):
                with Peer(speak) as listener:
                    done = subprocess.run(['sh', '-c', 'exec "$0" "$@" ' + redirect, support.MIMESEND, '-S', listener.name, *ME,
                                           '--message-text', 'x\n', A], timeout=60, env=support.environment(), stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 0, done)
                self.assertTrue(listener.wires[0].ended)
                # a socket that got number 0, 1 or 2 would have the report written into it
                self.assertEqual([c.split()[0] for c in listener.wires[0].commands], [b'EHLO', b'MAIL', b'RCPT', b'DATA', b'QUIT'], redirect)


if __name__ == '__main__':
    print('# seed %d' % SEED)
    support.main()
