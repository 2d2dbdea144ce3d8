# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the command cannot reach, through the C API: values with line ends in calls, trees that GMime was given raw CR and
LF, streams that break in the middle. A critical of GLib ends this process, and so fails the test."""

import ctypes
import os
import random
import re
import socket
import struct
import sys
import threading

os.environ['G_DEBUG'] = 'fatal-criticals'

import peer  # noqa: E402
import support  # noqa: E402
from peer import Peer, speak  # noqa: E402

SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
if support.SANITIZED:
    print('1..0 # SKIP the library has a runtime of its own under sanitizers')
    sys.exit(0)
try:
    lib = ctypes.CDLL(os.environ['MIMESEND_LIBRARY'], mode=ctypes.RTLD_GLOBAL)
except OSError as error:
    print('1..0 # SKIP %s' % str(error).replace('\n', ' '))
    sys.exit(0)
gmime = ctypes.CDLL('libgmime-3.0.so.0')
gio = ctypes.CDLL('libgio-2.0.so.0')
glib = ctypes.CDLL('libglib-2.0.so.0')
gobject = ctypes.CDLL('libgobject-2.0.so.0')
P, S, N = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t


class GError(ctypes.Structure):
    _fields_ = [('domain', ctypes.c_uint32), ('code', ctypes.c_int), ('message', S)]


def declare(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


ERROR = ctypes.POINTER(ctypes.POINTER(GError))
server_new = declare(lib, 'mimesend_server_new', P, S, ERROR)
content_new = declare(lib, 'mimesend_content_new', P)
add_bytes = declare(lib, 'mimesend_content_add_bytes', ctypes.c_int, P, P, ERROR)
add_string = declare(lib, 'mimesend_content_add_string', ctypes.c_int, P, S, ERROR)
add_stream = declare(lib, 'mimesend_content_add_stream', ctypes.c_int, P, P, ERROR)
add_input = declare(lib, 'mimesend_content_add_input_stream', ctypes.c_int, P, P, ERROR)
part_stream = declare(lib, 'mimesend_part_stream_new', P, P)
send_content = declare(lib, 'mimesend_send_smtp_content', ctypes.c_int, P, S, ctypes.POINTER(S), P, ctypes.c_int, P, P, ERROR)
send_auth = declare(lib, 'mimesend_send_smtp_auth_content', ctypes.c_int, P, S, ctypes.POINTER(S), S, S, P, ctypes.c_int, P, P, ERROR)
bytes_new = declare(glib, 'g_bytes_new', P, S, N)
unix_input = declare(gio, 'g_unix_input_stream_new', P, ctypes.c_int, ctypes.c_int)
stream_pipe = declare(gmime, 'g_mime_stream_pipe_new', P, ctypes.c_int)
stream_mem = declare(gmime, 'g_mime_stream_mem_new_with_buffer', P, S, N)
message_new = declare(gmime, 'g_mime_message_new', P, ctypes.c_int)
part_new = declare(gmime, 'g_mime_part_new_with_type', P, S, S)
multipart_new = declare(gmime, 'g_mime_multipart_new_with_subtype', P, S)
lib_init = declare(lib, 'mimesend_init', None) if hasattr(lib, 'mimesend_init') else lambda: gmime.g_mime_init()
lib_init()


def call(name, *args):
    """A setter of GMime: pointers and strings alone."""
    function = getattr(gmime, name)
    function.restype = P
    function.argtypes = [S if isinstance(a, bytes) or a is None else ctypes.c_int if isinstance(a, bool) else P for a in args]
    return function(*args)


def send_to(listener, content, sender=b'me@example.com', to=(b'a@example.com',), login=None, scheme='smtp+insecure://'):
    """Returns None, or (code, message)."""
    error = ctypes.POINTER(GError)()
    server = server_new((scheme + listener.name).encode(), ctypes.byref(error))
    assert server, error.contents.message
    recipients = (S * (len(to) + 1))(*to, None)
    if login is None:
        good = send_content(server, sender, recipients, content, 0, None, None, ctypes.byref(error))
    else:
        good = send_auth(server, sender, recipients, *login, content, 0, None, None, ctypes.byref(error))
    assert bool(good) == (not error), 'TRUE and an error, or FALSE and none'
    return None if good else (error.contents.code, error.contents.message.decode())


LINE_ENDS = [b'\r\n', b'\n', b'\r', b'\r\n\r\n', b'\n\n', b'\r\n \r\n', b'\r\n\t\r\n']
BAD = [end + b'X-Evil: 1' for end in LINE_ENDS] + [b'>\r\nRSET', b'\x01', b'\x7f', b'"\r\nX-Evil: 1', b'\xff', b'\xed\xa0\x80', b'\xc0\x8a']


class Api(support.Case):
    def listen(self, offers=('8BITMIME', 'SMTPUTF8'), **more):
        return Peer(lambda wire: speak(wire, offers=offers, **more))

    def test_addresses(self):
        for bad in BAD:
            for value in (b'x' + bad + b'@example.com', b'x@example.com' + bad, b'"x' + bad + b'"@example.com', b'x@[' + bad + b']'):
                for sender, to in ((value, (b'a@example.com',)), (b'me@example.com', (value,)), (b'me@example.com', (b'a@example.com', value))):
                    with self.subTest(sender=sender, to=to), self.listen() as listener:
                        content = content_new()
                        add_string(content, b'x\n', None)
                        self.assertIsNotNone(send_to(listener, content, sender, to))
                    self.assertFalse(listener.wires, 'it connected')

    def test_logins(self):
        for bad in BAD:
            for login in ((b'me' + bad, b'secret'), (b'me', b'secret' + bad)):
                with self.subTest(login), self.listen(offers=('AUTH PLAIN LOGIN',)) as listener:
                    content = content_new()
                    add_string(content, b'x\n', None)
                    send_to(listener, content, login=login)
                for wire in listener.wires:
                    self.assertNotRegex(wire.received, rb'(?m)^(X-Evil|RSET)')

    def test_raw_line_ends_in_trees(self):
        """From setters of GMime that write them as they are."""
        setters = {
            'address': lambda m, p, v: call('g_mime_message_add_mailbox', m, True, b'Joe', b'joe' + v + b'@example.com'),
            'quoted address': lambda m, p, v: call('g_mime_message_add_mailbox', m, True, b'Joe', b'"joe' + v + b'"@example.com'),
            'name': lambda m, p, v: call('g_mime_message_add_mailbox', m, True, b'Joe' + v, b'joe@example.com'),
            'subject': lambda m, p, v: call('g_mime_message_set_subject', m, b'x' + v, None),
            'header name': lambda m, p, v: call('g_mime_object_set_header', m, b'X-Mine' + v, b'1', None),
            'header value': lambda m, p, v: call('g_mime_object_set_header', m, b'X-Mine', b'1' + v, None),
            'appended': lambda m, p, v: call('g_mime_object_append_header', m, b'X-Mine', b'1' + v, None),
            'message-id': lambda m, p, v: call('g_mime_message_set_message_id', m, b'x' + v + b'@example.com'),
            'content-id': lambda m, p, v: call('g_mime_part_set_content_id', p, b'x' + v + b'@example.com'),
            'description': lambda m, p, v: call('g_mime_part_set_content_description', p, b'x' + v),
            'md5': lambda m, p, v: call('g_mime_part_set_content_md5', p, b'x' + v),
            'location': lambda m, p, v: call('g_mime_part_set_content_location', p, b'x' + v),
            'file name': lambda m, p, v: call('g_mime_part_set_filename', p, b'x' + v),
            'parameter': lambda m, p, v: call('g_mime_object_set_content_type_parameter', p, b'x', b'y' + v),
            'parameter name': lambda m, p, v: call('g_mime_object_set_content_type_parameter', p, b'x' + v, b'y'),
            'disposition': lambda m, p, v: call('g_mime_object_set_disposition', p, b'attachment' + v),
            'disposition parameter': lambda m, p, v: call('g_mime_object_set_content_disposition_parameter', p, b'x' + v, b'y'),
            'type': lambda m, p, v: call('g_mime_object_set_content_type', p, call('g_mime_content_type_new', b'text' + v, b'plain')),
            'subtype': lambda m, p, v: call('g_mime_object_set_content_type', p, call('g_mime_content_type_new', b'text', b'plain' + v)),
            'boundary': lambda m, p, v: call('g_mime_multipart_set_boundary', self.multipart, b'b' + v),
            'raw header': lambda m, p, v: call('g_mime_header_set_raw_value', self.header(m), b'x' + v + b'\n'),
        }
        for name, setter in setters.items():
            for bad in BAD:
                for offers in (('8BITMIME',), ('8BITMIME', 'PIPELINING', 'CHUNKING')):
                    with self.subTest(setter=name, value=bad, offers=offers):
                        message, part = message_new(1), part_new(b'text', b'plain')
                        self.multipart = multipart_new(b'mixed')
                        text = stream_mem(b'body\n', 5)
                        call('g_mime_part_set_content', part, call('g_mime_data_wrapper_new_with_stream', text, False))
                        call('g_mime_multipart_add', self.multipart, part)
                        call('g_mime_message_set_mime_part', message, self.multipart)
                        setter(message, part, bad)
                        stream, content = part_stream(message), content_new()
                        self.assertTrue(add_stream(content, stream, None))
                        with self.listen(offers) as listener:
                            failed = send_to(listener, content)
                        self.look(listener, failed)

    @staticmethod
    def header(message):
        call('g_mime_object_set_header', message, b'X-Mine', b'1', None)
        return call('g_mime_header_list_get_header', call('g_mime_object_get_header_list', message), b'X-Mine')

    def look(self, listener, failed):
        if failed:
            self.assertFalse(any(w.ended for w in listener.wires), failed)
            return
        wire = listener.wires[0]
        self.assertTrue(wire.ended)
        blocks = re.split(rb'\r\n--[^\r\n]*\r\n', b'\r\n' + wire.content)
        for block in [wire.content] + blocks[1:-1]:
            for line in block.partition(b'\r\n\r\n')[0].split(b'\r\n'):
                self.assertRegex(line, rb'^([^\x00-\x20:\x7f]+:|[ \t]+\S)', wire.content)
        self.assertNotRegex(wire.content, rb'(?m)^X-Evil')
        self.assertNotRegex(wire.content, rb'\r(?!\n)|(?<!\r)\n')

    # --- streams ---

    def broken_pair(self, octets):
        """The end to read from of a connection that is reset behind `octets`."""
        listener = socket.create_server(('127.0.0.1', 0))
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        listener.close()

        def write():
            far.sendall(octets)
            far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            far.close()
        thread = threading.Thread(target=write)
        thread.start()
        self.addCleanup(thread.join)
        return near.detach()

    def test_streams_that_break(self):
        octets = b'Subject: x\r\n\r\n' + b'A line of text.\r\n' * 40000
        for offers in (('8BITMIME',), ('8BITMIME', 'PIPELINING'), ('8BITMIME', 'PIPELINING', 'CHUNKING'), ('8BITMIME', 'CHUNKING')):
            for kind in ('input', 'pipe'):
                for n in (0, 100, len(octets)):
                    with self.subTest(offers=offers, kind=kind, n=n), self.listen(offers) as listener:
                        fd = self.broken_pair(octets[:n])
                        content = content_new()
                        add_string(content, b'Ahead: 1\n', None)
                        if kind == 'input':
                            add_input(content, unix_input(fd, 1), None)
                        else:
                            add_stream(content, stream_pipe(fd), None)
                        add_string(content, b'behind\n', None)
                        failed = send_to(listener, content)
                    self.assertIsNotNone(failed)
                    self.assertFalse(any(w.ended for w in listener.wires), failed)

    def test_bytes(self):
        random_ = random.Random(SEED)
        for i in range(60):
            octets = b''.join(random_.choice((b'\r', b'\n', b'.', b'\r\n', b'\n.\n', b'x' * 70000, b'y\r\n' * 30000)) for _ in range(random_.randrange(9)))
            offers = random_.choice((('8BITMIME',), ('8BITMIME', 'PIPELINING', 'CHUNKING')))
            with self.subTest(i=i, octets=octets[:40], offers=offers):
                content = content_new()
                at = random_.randrange(len(octets) + 1)
                for piece in (octets[:at], octets[at:]):
                    add_bytes(content, bytes_new(piece, len(piece)), None)
                with self.listen(offers) as listener:
                    self.assertIsNone(send_to(listener, content))
                expected = re.sub(rb'\r\n|\r|\n', b'\r\n', octets)
                if expected and not expected.endswith(b'\r\n'):
                    expected += b'\r\n'
                got = listener.wires[0].content
                if 'CHUNKING' not in offers:
                    got = re.sub(rb'(?m)^\.', b'', got)
                self.assertEqual(got, expected)


if __name__ == '__main__':
    print('# seed %d' % SEED)
    support.main()
