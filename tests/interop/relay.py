# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay between the command and a server. It keeps what the command said, can hold it up in the middle, and can hide
extensions of the server, or offer some in its name."""

import socket
import threading


class Relay:
    """with Relay (address, hold_after=N): after N octets from the client `held` is set and nothing more is read from
    it until release () is called. Its receive buffer is small, so that the client stands still too.

    `hold_end`: `held` is set when the line with the dot has come, which is kept back until release (); `ended` when it has
    been written to the server, and `replied` is what the server says from there on. `server_port`: this end of the
    connection to the server.
    `hide`: keywords of EHLO that the client does not see; `add`: lines that it sees beside the server's.
    `said`: the beginning of what the client said; `groups`: the same, in the pieces that it wrote between two replies;
    `offered`: keywords of the server, hidden ones too. All of it in the clear alone."""

    def __init__(self, target, hold_after=None, hide=(), add=(), hold_end=False):
        self._target, self._hold_after, self._hold_end = target, hold_after, hold_end
        self.ended, self.replied, self.server_port = threading.Event(), bytearray(), None
        self._hide, self._add = {word.upper() for word in hide}, tuple(add)
        self.said, self.groups, self.offered = bytearray(), [], set()
        self.held, self._released = threading.Event(), threading.Event()
        self._server_spoke = True
        self._lock = threading.Lock()

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
            self.server_port = server.getsockname()[1]
            hello = threading.Event()  # the next reply answers EHLO
            for copy in ((client, server, self._from_client, hello), (server, client, self._from_server, hello)):
                threading.Thread(target=self._copy, args=copy, daemon=True).start()

    def _copy(self, source, sink, look, hello):
        try:
            while octets := source.recv(65536):
                octets = look(octets, source, hello)
                if look == self._from_client and self._hold_end and self.said.endswith(b"\r\n.\r\n"):
                    sink.sendall(octets[:-5])
                    self.held.set()
                    self._released.wait()
                    sink.sendall(octets[-5:])
                    self.ended.set()
                else:
                    sink.sendall(octets)
        except OSError:
            pass
        for end in (sink, source):
            try:
                end.shutdown(socket.SHUT_WR if end is sink else socket.SHUT_RD)
            except OSError:
                pass

    def _from_client(self, octets, source, hello):
        if octets[:5].upper() in (b"EHLO ", b"LHLO "):
            hello.set()
        with self._lock:
            room = max(0, (1 << 20) - len(self.said))
            self.said += octets[:room]
            if self._server_spoke:
                self.groups.append(bytearray())
                self._server_spoke = False
            self.groups[-1] += octets[:room]
        if self._hold_after is not None and len(self.said) >= self._hold_after and not self._released.is_set():
            self.held.set()
            self._released.wait()
        return octets

    def _from_server(self, octets, source, hello):
        if hello.is_set():
            while not self._is_whole(octets):
                more = source.recv(65536)
                if not more:
                    return octets
                octets += more
            hello.clear()
            octets = self._offer(octets)
        with self._lock:
            self._server_spoke = True
        if self._released.is_set():
            self.replied += octets
        return octets

    @staticmethod
    def _is_whole(reply):
        return reply.endswith(b"\r\n") and reply[:-2].split(b"\r\n")[-1][3:4] != b"-"

    def _offer(self, reply):
        lines = [line[4:] for line in reply.decode("latin-1").split("\r\n")[:-1]]
        if not reply.startswith(b"250"):
            return reply
        shown = lines[:1] + [line for line in lines[1:] if line.split()[0].upper() not in self._hide] + list(self._add)
        self.offered |= {line.split()[0].upper() for line in lines[1:]}
        text = "".join("250-%s\r\n" % line for line in shown[:-1]) + "250 %s\r\n" % shown[-1]
        return text.encode("latin-1")
