# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that hardly reads, a path that splits everything, files that are none: little memory, no busy loop, and the
outcome that it is."""

import concurrent.futures
import email
import email.policy
import os
import random
import signal
import socket
import ssl
import subprocess
import threading
import time

import peer
import support
from peer import Cut, Peer, Proxy, send, speak

ME = ('-f', 'me@example.com')
A = 'a@example.com'
SIZE = 12 << 20  # more than the buffers of the sockets hold
PEAK = 24 * 1024  # KiB
SERVERS = {'data': ('8BITMIME',), 'bdat': ('8BITMIME', 'PIPELINING', 'CHUNKING')}
TICK = os.sysconf('SC_CLK_TCK')


def used(pid):
    """Processor time of a process, in seconds."""
    with open('/proc/%d/stat' % pid) as f:
        words = f.read().rpartition(')')[2].split()
    return (int(words[11]) + int(words[12])) / TICK


def peak_of(child):
    """The most memory that a process has had by the last look, in KiB; returns when it has ended. (Its own number is needed
    here, for its processor time and for signals: nothing stands between.)"""
    peak = 0
    while child.poll() is None:
        try:
            with open('/proc/%d/status' % child.pid) as f:
                peak = max([peak] + [int(line.split()[1]) for line in f if line.startswith('VmHWM')])
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.01)
    return peak


class Reluctant(Peer):
    """Once content comes it is read by single octets, `pause` seconds apart, for `seconds`; then as usual, or no more at
    all. Notes what processor time the client took meanwhile."""

    def __init__(self, seconds, pause=None, then=None, secure=False, **server):
        self.seconds, self.pause, self.then = seconds, pause, then
        self.client, self.known = None, threading.Event()
        self.taken = None
        implicit = peer.context() if secure else None
        super().__init__(lambda wire: speak(wire, implicit=implicit, **server))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)

    def _play(self, wire):
        fill = wire.fill

        def slowly():
            if self.taken is None and any(c.startswith((b'DATA', b'BDAT')) for c in wire.commands):
                self.known.wait(30)
                time.sleep(0.3)  # until the client has filled the buffers
                begun, before = time.monotonic(), used(self.client.pid)
                while time.monotonic() - begun < self.seconds:
                    if self.pause is not None:
                        octets = wire.sock.recv(1)
                        wire.input += octets
                        wire.received += octets
                    time.sleep(self.pause or self.seconds)
                self.taken = used(self.client.pid) - before
                if self.then is not None:
                    self.then(wire)
            fill()
        wire.fill = slowly
        super()._play(wire)

    def run(self, *args, stdin=subprocess.DEVNULL):
        self.client = subprocess.Popen([support.MIMESEND, *args], stdin=stdin, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=support.environment())
        self.known.set()
        peak = peak_of(self.client)
        out, err = self.client.communicate(timeout=60)
        return self.client.returncode, peak, (out + err).decode()


class Slow(support.Case):
    def big(self):
        path = os.path.join(self.dir, 'big')
        if not os.path.exists(path):
            self.file('big', b'A line of text, and no more than that.\n' * (SIZE // 39))
        return path

    def each_way(self, work):
        """work (secure, what, offers) in every way at once: most of it is waiting."""
        ways = [(secure, what, offers) for offers in SERVERS.values() for secure in (False, True)
                for what in (('-s', 'x', '-a', self.big()), ('--message', self.big()))]
        peer.certificates()
        with concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
            for way, future in [(way, pool.submit(work, *way)) for way in ways]:
                with self.subTest(way=way):
                    future.result()

    def args(self, listener, secure, what):
        tls = ('--tls', 'implicit', '--ca-file', peer.ca()) if secure else ()
        return ('-S', listener.name, *tls, *ME, *what, A)

    def frugal(self, listener, peak, seconds, where):
        self.assertIsNotNone(listener.taken, 'never came to it: ' + where)
        self.assertLess(listener.taken, 0.2 * seconds, 'busy while there was nothing to do: ' + where)
        if not support.SANITIZED:
            self.assertLess(peak, PEAK, where)

    def test_one_octet_after_another(self):
        def work(secure, what, offers):
            with Reluctant(2, pause=0.5, secure=secure, offers=offers) as listener:
                code, peak, said = listener.run(*self.args(listener, secure, what))
            self.assertEqual(code, 0, said)
            self.assertTrue(listener.wires[0].ended)
            self.frugal(listener, peak, 2, said)
        self.each_way(work)

    def test_closed_window(self):
        """Nothing is read any more: given up after the time for a write, and no recipient has the message."""
        def work(secure, what, offers):
            gone = threading.Event()

            def stay(wire):
                gone.wait(30)
                raise Cut

            with Reluctant(1.5, then=stay, secure=secure, offers=offers) as listener:
                code, peak, said = listener.run(*self.args(listener, secure, what), '--timeout', '3')
                gone.set()
            self.assertEqual(code, 75, said)
            self.assertFalse(listener.wires[0].ended)
            self.frugal(listener, peak, 1.5, said)
        self.each_way(work)

    def test_silent_reader_of_all(self):
        """All is read, no reply comes: waiting for it costs nothing, and then it is in doubt."""
        for server, offers in SERVERS.items():
            taken = []

            def nothing(wire):
                known.wait(30)
                time.sleep(0.2)
                before = used(child.pid)
                time.sleep(1.5)
                taken.append(used(child.pid) - before)
                wire.drain()

            known, child = threading.Event(), None
            with Peer(lambda wire: speak(wire, offers=offers, answers={'END': nothing})) as listener:
                child = subprocess.Popen([support.MIMESEND, '-S', listener.name, *ME, '--final-timeout', '3', '--message-text',
                                          'x\n', A], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         env=support.environment())
                known.set()
                out, err = child.communicate(timeout=60)
            self.assertEqual(child.returncode, 74, (out, err))
            self.assertLess(taken[0], 0.3, server)

    def test_close_notify(self):
        """TLS is ended as RFC 8446 6.1 has it, once QUIT was answered."""
        def serve(wire):
            speak(wire, implicit=strict)
            wire.sock.suppress_ragged_eofs = False
            ending.append(wire.sock.recv(1))  # raises where the connection is merely closed

        strict = peer.context()
        strict.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        ending = []
        with Peer(serve) as listener:
            result = send(*self.args(listener, True, ('--message-text', 'x\n')))
        self.assertEqual(result.code, 0, result.words())
        self.assertEqual(listener.faults, [])
        self.assertEqual(ending, [b''])

    # --- every octet by itself ---

    def test_split_both_ways(self):
        text = 'Subject: x\n\n' + '.\n..\nline é\r\n\r.\r' * 300 + '.end'
        for server, offers in SERVERS.items():
            for secure in (False, True):
                with self.subTest(server=server, secure=secure):
                    implicit = peer.context() if secure else None
                    octets = text.encode()
                    with Peer(lambda wire: speak(wire, offers=offers, implicit=implicit)) as listener:
                        with Proxy(listener.port) as path:
                            result = send(*self.args(path, secure, ('--message', self.file('raw', octets))))
                    self.assertEqual(result.code, 0, result.words())
                    self.assertEqual(len(listener.wires), 1)
                    self.assertGreater(path.singles, len(octets))
                    content = listener.wires[0].content
                    if server == 'data':
                        content = b''.join(line[1:] if line.startswith(b'.') else line for line in content.splitlines(True))
                    lines = octets.replace(b'\r\n', b'\n').replace(b'\r', b'\n').split(b'\n')
                    self.assertEqual(content, b'\r\n'.join(lines) + b'\r\n')

    def test_split_attachment(self):
        octets = random.Random(7).randbytes(40000)
        for server, offers in SERVERS.items():
            with self.subTest(server=server):
                with Peer(lambda wire: speak(wire, offers=offers)) as listener, Proxy(listener.port) as path:
                    result = send(*self.args(path, False, ('-s', 'x', '-a', self.file('x.bin', octets))), input=b'text\n')
                self.assertEqual(result.code, 0, result.words())
                message = email.message_from_bytes(listener.wires[0].content, policy=email.policy.default)
                self.assertEqual([p.get_payload(decode=True) for p in message.iter_attachments()], [octets])

    # --- no files ---

    def test_named_pipe(self):
        octets = random.Random(9).randbytes(700000)
        text = b'Subject: x\n\n' + b'A line.\n.\n' * 60000
        for server, offers in SERVERS.items():
            for what, fed in ((('-s', 'x', '-a'), octets), (('--message',), text)):
                with self.subTest(server=server, what=what[0]):
                    path = os.path.join(self.dir, 'pipe-%s%s' % (server, what[0]))
                    os.mkfifo(path, 0o600)

                    def feed(path=path, fed=fed):
                        with open(path, 'wb', buffering=0) as f:
                            for at in range(0, len(fed), 4099):
                                f.write(fed[at:at + 4099])
                    feeder = threading.Thread(target=feed, daemon=True)
                    feeder.start()
                    with Peer(lambda wire: speak(wire, offers=offers)) as listener:
                        result = send('-S', listener.name, *ME, *what, path, A)
                    feeder.join(30)
                    self.assertEqual(result.code, 0, result.words())
                    content = listener.wires[0].content
                    if what[0] == '--message':
                        dots = b'..\r\n' if server == 'data' else b'.\r\n'
                        self.assertEqual(content, text.replace(b'.\n', b'.\r\n').replace(b'\r\n.\r\n', b'\r\n' + dots)
                                         .replace(b'x\n\n', b'x\r\n\r\n'))
                    else:
                        message = email.message_from_bytes(content, policy=email.policy.default)
                        self.assertEqual([p.get_payload(decode=True) for p in message.iter_attachments()], [octets])

    def test_empty_device(self):
        with Peer(lambda wire: speak(wire)) as listener:
            result = send('-S', listener.name, *ME, '-s', 'x', '-a', '/dev/null', A, input=b'text\n')
        self.assertEqual(result.code, 0, result.words())
        message = email.message_from_bytes(listener.wires[0].content, policy=email.policy.default)
        self.assertEqual([p.get_payload(decode=True) for p in message.iter_attachments()], [b''])

    def test_text_of_a_device(self):
        """A device of zeros is no text, and that is found in its first octets, not at its end."""
        for option in ('--text', '--html'):
            with self.subTest(option):
                self.refuse(65, '-s', 'x', option, '/dev/zero', *ME, A, words=('/dev/zero',))
        with Peer(lambda wire: speak(wire)) as listener:
            result = send('-S', listener.name, *ME, '--message', '/dev/zero', A)
        self.assertEqual(result.code, 65, result.words())
        self.assertFalse(any(w.ended for w in listener.wires))

    def test_endless_pipe(self):
        """Sent without end in the same memory, until it is stopped; the server gets no end, either."""
        for server, offers in SERVERS.items():
            with self.subTest(server):
                child, known = None, threading.Event()

                def swallow(wire, n=1 << 62):
                    """Content is let go; at 100 MiB of it the client is stopped."""
                    nonlocal total
                    while n > 0:
                        if not wire.input:
                            wire.fill()
                        step = min(n, len(wire.input))
                        del wire.input[:step], wire.received[:]
                        n -= step
                        total += step
                        if total >> 20 >= 100 and not stopped.is_set():
                            stopped.set()
                            known.wait(30)
                            child.send_signal(signal.SIGTERM)
                    return b''

                def serve(wire):
                    wire.data = lambda: swallow(wire)
                    wire.octets = lambda n: swallow(wire, n)
                    speak(wire, offers=offers)

                def endless(path):
                    with open(path, 'wb', buffering=0) as f:
                        try:
                            f.write(b'Subject: x\n\n')
                            while True:
                                f.write(b'A line of text\n.\n' * 4000)
                        except BrokenPipeError:
                            pass

                total, stopped = 0, threading.Event()
                path = os.path.join(self.dir, 'endless-' + server)
                os.mkfifo(path, 0o600)
                feeder = threading.Thread(target=endless, args=(path,), daemon=True)
                feeder.start()
                with Peer(serve) as listener:
                    child = subprocess.Popen([support.MIMESEND, '-S', listener.name, *ME, '--message', path, A],
                                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                             env=support.environment())
                    known.set()
                    peak = peak_of(child)
                    _, err = child.communicate(timeout=60)
                feeder.join(30)
                self.assertTrue(stopped.is_set(), err)
                self.assertEqual(child.returncode, -signal.SIGTERM, err)
                self.assertFalse(listener.wires[0].ended)
                if not support.SANITIZED:
                    self.assertLess(peak, PEAK)


if __name__ == '__main__':
    support.main()
