# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DNS server (RFC 1035) on 127.0.0.1:53, UDP and TCP, whose whole world is a table that tests write.

    table['example.test', MX] = [mx(10, 'mail.example.test')]
    table['later.test', MX] = SERVFAIL
    table['mute.test', MX] = None                   # never answered
    table['odd.test', MX] = lambda query: b'...'    # any octets

A name that is in the table with other types has no such record; any other name does not exist.
"""

import socket
import socketserver
import struct
import threading

A, NS, CNAME, MX, AAAA, SRV = 1, 2, 5, 15, 28, 33
SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5


def name(text):
    labels = [label.encode() for label in text.rstrip('.').split('.') if label]
    return b''.join(bytes([len(label)]) + label for label in labels) + b'\0'


def a(address):
    return A, socket.inet_aton(address)


def aaaa(address):
    return AAAA, socket.inet_pton(socket.AF_INET6, address)


def cname(target):
    return CNAME, name(target)


def mx(preference, host):
    return MX, struct.pack('>H', preference) + name(host)


def srv(priority, weight, port, host):
    return SRV, struct.pack('>HHH', priority, weight, port) + name(host)


def header(query, flags=0x8180, answers=0):
    return query[:2] + struct.pack('>HHHHH', flags, 1, answers, 0, 0)


def record(owner, kind, data, length=None):
    return owner + struct.pack('>HHIH', kind, 1, 60, len(data) if length is None else length) + data


def question_of(query):
    """The octets of the question, its name and its type."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode('ascii', 'replace').lower())
        at += 1 + query[at]
    return query[12:at + 5], '.'.join(labels), struct.unpack('>H', query[at + 1:at + 3])[0]


class Dns:
    def __init__(self):
        self.table = {}
        self.asked = []
        self._servers = [socketserver.ThreadingUDPServer(('127.0.0.1', 53), self._handler(self._datagram)),
                         socketserver.ThreadingTCPServer(('127.0.0.1', 53), self._handler(self._stream))]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    @staticmethod
    def _handler(serve):
        return type('Handler', (socketserver.BaseRequestHandler,), {'handle': lambda self: serve(self)})

    def _datagram(self, handler, room=512):
        query, ours = handler.request
        reply = self._answer(query)
        # Too long for a datagram: said so (RFC 1035 4.1.1, TC), and asked for again by TCP.
        if reply is not None and len(reply) > room:
            reply = header(query, 0x8380) + question_of(query)[0]
        if reply is not None:
            ours.sendto(reply, handler.client_address)

    def _stream(self, handler):
        request = handler.request
        length = request.recv(2, socket.MSG_WAITALL)
        while len(length) == 2:
            reply = self._answer(request.recv(struct.unpack('>H', length)[0], socket.MSG_WAITALL))
            if reply is not None:
                request.sendall(struct.pack('>H', len(reply)) + reply)
            length = request.recv(2, socket.MSG_WAITALL)

    def _answer(self, query):
        question, owner, kind = question_of(query)
        asked = owner
        self.asked.append((owner, kind))
        chain, records = [], b''
        while (owner, CNAME) in self.table and kind != CNAME and len(chain) < 16:
            chain.append((CNAME, self.table[owner, CNAME][0][1], owner))
            owner = self.table[owner, CNAME][1]
        if (owner, kind) not in self.table:
            known = any(key[0] == owner for key in self.table)
            answer = [] if known or chain else NXDOMAIN
        else:
            answer = self.table[owner, kind]
        if answer is None:
            return None
        if callable(answer):
            return answer(query)
        if isinstance(answer, int):
            return header(query, 0x8180 | answer) + question
        for kind, data, of in chain + [(kind, data, owner) for kind, data in answer]:
            records += record(b'\xc0\x0c' if of == asked else name(of), kind, data)
        return header(query, answers=len(chain) + len(answer)) + question + records

    def alias(self, owner, target):
        self.table[owner, CNAME] = (cname(target), target)
