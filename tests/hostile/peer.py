# SPDX-License-Identifier: LGPL-2.1-or-later
"""Servers that are wrong on purpose: plain sockets and Python's own TLS, nothing of what is tested."""

import atexit
import base64
import hashlib
import hmac
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

for beside in ('tools', 'support'):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', beside))
import authority  # noqa: E402
import support  # noqa: E402

USER, PASSWORD = 'me', 'pencil-7-secret'
SECRETS = [PASSWORD.encode(), base64.b64encode(PASSWORD.encode()),
           base64.b64encode(b'\0' + USER.encode() + b'\0' + PASSWORD.encode())]


class Gone(Exception):
    """The client went."""


class Cut(Exception):
    """The connection was ended, or left alone, as it was meant to be."""


class Wire:
    """The server's end of one connection. `fault (wire, octets)` says what becomes of what is to be sent."""

    def __init__(self, sock, fault=None):
        self.sock = sock
        self.sock.settimeout(30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fault = fault
        self.input = bytearray()   # read and not yet used
        self.received = bytearray()  # all of it
        self.sent = 0
        self.commands = []
        self.replies = []
        self.verb = None           # of the reply being sent; END and CHUNK stand for content
        self.cut = None            # where a fault ended it
        self.ended = False         # the whole of a message came: its dot, or its LAST
        self.content = b''

    def start_tls(self, context):
        try:
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        self.input.clear()

    def fill(self):
        try:
            octets = self.sock.recv(65536)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        if not octets:
            raise Gone
        self.input += octets
        self.received += octets

    def line(self):
        while b'\n' not in self.input:
            self.fill()
        line, _, rest = bytes(self.input).partition(b'\n')
        self.input = bytearray(rest)
        return line + b'\n'

    def octets(self, n):
        while len(self.input) < n:
            self.fill()
        octets = bytes(self.input[:n])
        del self.input[:n]
        return octets

    def data(self):
        """Content up to the dot, read as strictly as RFC 5321 has it."""
        seen = 0
        while not self.input.startswith(b'.\r\n') and self.input.find(b'\r\n.\r\n', max(seen - 4, 0)) < 0:
            seen = len(self.input)
            self.fill()
        if self.input.startswith(b'.\r\n'):
            octets, self.input = b'', self.input[3:]
        else:
            octets, _, rest = bytes(self.input).partition(b'\r\n.\r\n')
            octets, self.input = octets + b'\r\n', bytearray(rest)
        self.ended = True
        return octets

    def drain(self):
        """Reads until the client goes."""
        while True:
            self.fill()

    def put(self, octets):
        try:
            self.sock.sendall(octets)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        self.sent += len(octets)

    def say(self, octets):
        self.replies.append(octets)
        if self.fault is None:
            self.put(octets)
        else:
            self.fault(self, octets)

    def close(self):
        try:
            self.sock.close()
        except OSError:
            pass

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close()


class Peer:
    """Accepts on a free port of loopback and plays `serve (wire)` with each who comes, one thread each."""

    def __init__(self, serve, fault=None, address='127.0.0.1'):
        self.listener = socket.create_server((address, 0), backlog=16)
        self.port = self.listener.getsockname()[1]
        self.name = '127.0.0.1:%d' % self.port
        self.serve = serve
        self.fault = fault
        self.wires = []
        self.threads = []
        self.faults = []  # what went wrong with the peer itself
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            wire = Wire(sock, self.fault)
            self.wires.append(wire)
            thread = threading.Thread(target=self._play, args=(wire,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _play(self, wire):
        try:
            self.serve(wire)
        except (Gone, Cut):
            pass
        except Exception as error:  # the test has to know
            self.faults.append(error)
        finally:
            wire.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join()
        for thread in self.threads:
            thread.join(30)


class Proxy:
    """A path to a port of loopback on which every octet goes by itself, both ways."""

    def __init__(self, port):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.name = '127.0.0.1:%d' % self.listener.getsockname()[1]
        self.target = port
        self.singles = 0  # octets that went
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        near, _ = self.listener.accept()
        far = socket.create_connection(('127.0.0.1', self.target))
        for sock in (near, far):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, sink in ((near, far), (far, near)):
            thread = threading.Thread(target=self._carry, args=(source, sink), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _carry(self, source, sink):
        try:
            while octets := source.recv(4096):
                for i in range(len(octets)):
                    sink.send(octets[i:i + 1])
                    self.singles += 1
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thread in list(self.threads):
            thread.join(30)
        self.listener.close()


def scram_server(wire, step, user=USER, password=PASSWORD, iterations=4096, tamper=None):
    """SCRAM-SHA-256 (RFC 7677), the server's half; `step (name, octets)` may change what is said."""
    step = step or (lambda name, octets: octets)

    def challenge(name, octets):
        wire.say(step(name, octets))
        return base64.b64decode(wire.line())

    first = base64.b64decode(wire.scram_initial)
    bare = first.split(b',', 2)[2]
    nonce = dict(p.split(b'=', 1) for p in bare.split(b','))[b'r'] + b'server'
    salt = b'saltsalt'
    server_first = b'r=%s,s=%s,i=%d' % (nonce, base64.b64encode(salt), iterations)
    final = challenge('first', b'334 ' + base64.b64encode(server_first) + b'\r\n')
    salted = hashlib.pbkdf2_hmac('sha256', password.encode(), salt, iterations)
    without_proof, _, proof = final.rpartition(b',p=')
    message = bare + b',' + server_first + b',' + without_proof
    client_key = hmac.digest(salted, b'Client Key', 'sha256')
    signature = hmac.digest(hashlib.sha256(client_key).digest(), message, 'sha256')
    if bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature)) != client_key:
        wire.say(b'535 5.7.8 no\r\n')
        return False
    verifier = hmac.digest(hmac.digest(salted, b'Server Key', 'sha256'), message, 'sha256')
    challenge('verifier', b'334 ' + base64.b64encode(b'v=' + base64.b64encode(verifier)) + b'\r\n')
    wire.say(step('done', b'235 2.7.0 welcome\r\n'))
    return True


def speak(wire, offers=(), tls=None, greeting=b'220 host ESMTP\r\n', implicit=None, answers=None, recipients=None,
          lmtp=False):
    """A whole session, right in every way. `answers`: verb to reply, instead of the usual one; None: none at all.
    The verbs END (dot, LAST) and CHUNK stand for content."""
    answers = answers or {}
    secure = False
    accepted = 0
    content = b''

    def reply(verb, usual):
        answer = answers.get(verb, usual)
        wire.verb = verb
        if callable(answer):
            answer = answer(wire)
        if answer is None:
            wire.drain()
        wire.say(answer)
        return answer

    def end():
        nonlocal accepted, content
        wire.content, content = content, b''
        good = None
        for _ in range(accepted if lmtp else 1):
            good = reply('END', b'250 2.0.0 queued as 4F\r\n')
        accepted = 0
        return good

    if implicit is not None:
        wire.start_tls(implicit)
        secure = True
    reply('GREETING', greeting)
    while True:
        line = wire.line()
        wire.commands.append(line)
        verb = line.split()[0].upper().decode() if line.split() else ''
        if verb in ('EHLO', 'LHLO'):
            lines = ['host'] + [o for o in offers if not (secure and o == 'STARTTLS')]
            if tls is not None and not secure:
                lines.append('STARTTLS')
            text = ''.join('250%s%s\r\n' % ('-' if i + 1 < len(lines) else ' ', o) for i, o in enumerate(lines))
            reply(verb, text.encode())
        elif verb == 'STARTTLS':
            if reply(verb, b'220 2.0.0 go\r\n').startswith(b'220'):
                wire.start_tls(tls)
                secure = True
        elif verb == 'AUTH':
            words = line.split()
            wire.mechanism = words[1].decode()
            wire.verb = 'AUTH'
            initial = words[2] if len(words) > 2 else None
            if wire.mechanism == 'PLAIN':
                if initial is None:
                    wire.say(b'334 \r\n')
                    initial = wire.line()
                good = base64.b64decode(initial) == b'\0' + USER.encode() + b'\0' + PASSWORD.encode()
                reply('AUTH', b'235 2.7.0 welcome\r\n' if good else b'535 5.7.8 no\r\n')
            elif wire.mechanism == 'LOGIN':
                wire.say(b'334 VXNlcm5hbWU6\r\n')
                wire.line()
                wire.say(b'334 UGFzc3dvcmQ6\r\n')
                wire.line()
                reply('AUTH', b'235 2.7.0 welcome\r\n')
            else:
                if initial is None:
                    wire.say(b'334 \r\n')
                    initial = wire.line()
                wire.scram_initial = initial
                scram_server(wire, answers.get('SCRAM'), iterations=answers.get('ITERATIONS', 4096))
        elif verb == 'MAIL':
            reply(verb, b'250 2.1.0 sender ok\r\n')
        elif verb == 'RCPT':
            mailbox = line.partition(b'<')[2].partition(b'>')[0].decode()
            usual = (recipients or {}).get(mailbox, b'250 2.1.5 recipient ok\r\n')
            if reply(verb, usual).startswith(b'2'):
                accepted += 1
        elif verb == 'DATA':
            if reply(verb, b'354 go ahead\r\n').startswith(b'3'):
                content = wire.data()
                end()
        elif verb == 'BDAT':
            words = line.split()
            content += wire.octets(int(words[1]))
            if words[-1].upper() == b'LAST':
                wire.ended = True
                end()
            else:
                reply('CHUNK', b'250 2.0.0 chunk ok\r\n')
        elif verb == 'RSET':
            content, accepted = b'', 0
            reply(verb, b'250 2.0.0 reset\r\n')
        elif verb == 'QUIT':
            reply(verb, b'221 2.0.0 bye\r\n')
            return
        elif verb == 'HELO':
            reply(verb, b'250 host\r\n')
        else:
            reply('OTHER', b'500 5.5.1 what\r\n')


_certificates = None


def certificates():
    """The folder of the certificates of a day, made once a process: good, expired, self, wrong, ip."""
    global _certificates
    if _certificates is not None:
        return _certificates
    parent = tempfile.mkdtemp(prefix='mimesend-hostile-')
    atexit.register(shutil.rmtree, parent)
    folder = os.path.join(parent, 'certificates')
    ca = authority.Authority(folder, 'ca')
    ca.issue('good')
    ca.issue('expired', since=-3, until=-1)
    ca.issue('wrong', names='DNS:other.example')
    ca.issue('ip', names='IP:127.0.0.1')
    ca.issue('dnsip', names='DNS:127.0.0.1')
    ca.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
               '/CN=self', '-addext', 'subjectAltName=' + authority.NAMES, '-keyout', 'self.key', '-out', 'self.pem')
    _certificates = folder
    return folder


def context(name='good'):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(certificates(), name + '.pem'), os.path.join(certificates(), name + '.key'))
    return made


def ca():
    return os.path.join(certificates(), 'ca.pem')


class Result:
    def __init__(self, process, out, err, seconds, command):
        self.code = process.returncode
        self.out, self.err = out, err
        self.seconds = seconds
        self.command = command
        self.report = json.loads(out) if '--json' in command and out else None

    def words(self):
        return '%s\nexit %s\n%s\n%s' % (self.command, self.code, self.out.decode(errors='replace'),
                                         self.err.decode(errors='replace'))


def send(*args, input=b'', env=None, timeout=60, json=True, **more):
    """Runs the command. Whatever a server does: it ends, by itself, and nothing raw or secret is printed."""
    command = [support.MIMESEND, *(['--json'] if json else []), *args]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=support.environment(env), **more)
    try:
        out, err = process.communicate(input, timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError('it hangs: %s\n%s' % (command, err.decode(errors='replace'))) from None
    result = Result(process, out, err, time.monotonic() - begun, command)
    look_at(result)
    return result


def look_at(result):
    """What no run may ever show."""
    for octets in (result.out, result.err):
        text = octets.decode('utf-8')  # must be
        for c in text:
            assert c in '\n' or ord(c) >= 0x20 and not 0x7f <= ord(c) < 0xa0 and not 0x202a <= ord(c) <= 0x202e \
                and not 0x2066 <= ord(c) <= 0x2069, 'raw %r: %s' % (c, result.words())
        for secret in SECRETS:
            assert secret not in octets, 'secret: ' + result.words()
    for word in (b'CRITICAL', b'WARNING **', b'Sanitizer', b'runtime error'):
        assert word not in result.err, result.words()
    assert result.code >= 0, 'died of a signal: ' + result.words()
    if result.report is not None:
        assert result.report['exit'] == result.code, result.words()
        agrees(result)


def agrees(result):
    """The exit code, the outcomes and who is to be repeated say the same."""
    outcomes = {r['address']: r['outcome'] for r in result.report['recipients']}
    said = set(outcomes.values())
    assert not outcomes or (result.code == 0) == (said == {'accepted'}), result.words()
    assert (result.code == 74) == ('in-doubt' in said), result.words()
    assert result.code not in (75, 69, 76, 77, 66, 65, 64, 68) or 'accepted' not in said, result.words()
    assert result.code != 79 or 'accepted' in said, result.words()
    for address in result.report['retry']:
        assert outcomes[address] in ('deferred', 'not-tried'), result.words()
    for address, outcome in outcomes.items():
        assert outcome != 'deferred' or address in result.report['retry'], result.words()
