# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay between the command and a server, which keeps what the command said and can hold it up in the middle."""

import socket
import threading


class Relay:
    """with Relay (address, hold_after=N): after N octets from the client `held` is set and nothing more is read from
    it until release () is called. Its receive buffer is small, so that the client stands still too."""

    def __init__(self, target, hold_after=None):
        self._target, self._hold_after = target, hold_after
        self.said = bytearray()
        self.held, self._released = threading.Event(), threading.Event()

    def __enter__(self):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self._released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def release(self):
        self._released.set()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._copy, args=pair, daemon=True).start()

    def _copy(self, source, sink, from_client):
        passed = 0
        try:
            while octets := source.recv(65536):
                sink.sendall(octets)
                passed += len(octets)
                if from_client:
                    self.said += octets[:max(0, (1 << 20) - len(self.said))]
                    if self._hold_after is not None and passed >= self._hold_after and not self._released.is_set():
                        self.held.set()
                        self._released.wait()
        except OSError:
            pass
        for end in (sink, source):
            try:
                end.shutdown(socket.SHUT_WR if end is sink else socket.SHUT_RD)
            except OSError:
                pass
