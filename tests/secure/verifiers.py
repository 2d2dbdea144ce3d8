# SPDX-License-Identifier: LGPL-2.1-or-later
"""Other people's verifiers of DKIM, with the keys of a test in the place of the DNS: dkimpy, Mail::DKIM, libopendkim."""

import base64
import ctypes
import ctypes.util
import os
import subprocess

PERL = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'verify.pl')


def make_keys(folder):
    """rsa.pem and ed25519.pem in FOLDER; the records of the DNS by selector."""
    records = {}
    for name, made in ('rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']), ('ed25519', ['-algorithm', 'ed25519']):
        path = os.path.join(folder, name + '.pem')
        subprocess.run(['openssl', 'genpkey', *made, '-out', path], check=True, stderr=subprocess.DEVNULL)
        os.chmod(path, 0o600)
        der = subprocess.run(['openssl', 'pkey', '-in', path, '-pubout', '-outform', 'DER'], check=True, stdout=subprocess.PIPE).stdout
        octets = der if name == 'rsa' else der[-32:]
        records[name] = 'v=DKIM1; k=%s; p=%s' % (name, base64.b64encode(octets).decode())
    return records


class Dkimpy:
    """Both signatures. 1.1.1 does not find fields with a blank ahead of the colon (RFC 5322 4.5; RFC 6376 3.4.5 has one in its
    example)."""
    unable = {'colon-blank.eml'}
    name, package = 'dkimpy', 'python3-dkim and python3-nacl'

    def __init__(self, records, folder):
        import dkim
        import nacl.signing  # noqa: F401: without it Ed25519 is not known
        self.dkim = dkim
        self.answers = {('%s._domainkey.example.com.' % name).encode(): text.encode() for name, text in records.items()}

    def verify(self, path):
        with open(path, 'rb') as file:
            message = self.dkim.DKIM(file.read())
        try:
            return all(message.verify(idx=index, dnsfunc=lambda name, timeout=5: self.answers.get(name)) for index in (0, 1))
        except self.dkim.ValidationError:
            return False


class MailDkim:
    """The RSA signature: some versions know no other."""
    unable = set()
    name, package = 'Mail::DKIM', 'libmail-dkim-perl'

    def __init__(self, records, folder):
        self.record = records['rsa']
        subprocess.run(['perl', '-MMail::DKIM::Verifier', '-e', '1'], check=True, stderr=subprocess.DEVNULL)

    def verify(self, path):
        result = subprocess.run(['perl', PERL, 'rsa._domainkey.example.com', self.record, path], stdout=subprocess.PIPE, text=True,
                                check=True)
        return result.stdout.split() == ['pass']


class OpenDkim:
    """Both signatures, by libopendkim."""
    unable = set()
    name, package = 'libopendkim', 'opendkim-tools'
    SETOPT, QUERYMETHOD, QUERYINFO, FILE, PASSED = 1, 6, 7, 1, 4

    def __init__(self, records, folder):
        self.lib = ctypes.CDLL('libopendkim.so.11')
        for name in ('dkim_init', 'dkim_verify'):
            getattr(self.lib, name).restype = ctypes.c_void_p
        self.handle = ctypes.c_void_p(self.lib.dkim_init(None, None))
        keys = os.path.join(folder, 'keys.txt')
        with open(keys, 'w') as file:
            file.writelines('%s._domainkey.example.com %s\n' % row for row in records.items())
        method = ctypes.c_int(self.FILE)
        self.option(self.QUERYMETHOD, ctypes.byref(method), ctypes.sizeof(method))
        self.keys = ctypes.c_char_p(keys.encode())
        self.option(self.QUERYINFO, self.keys, len(keys))

    def option(self, number, value, size):
        status = self.lib.dkim_options(self.handle, self.SETOPT, number, value, ctypes.c_size_t(size))
        assert status == 0, status

    def verify(self, path):
        with open(path, 'rb') as file:
            header, blank, body = file.read().partition(b'\r\n\r\n')
        status = ctypes.c_int(0)
        dkim = ctypes.c_void_p(self.lib.dkim_verify(self.handle, b'test', None, ctypes.byref(status)))
        try:
            return self.judge(dkim, header if blank else header.removesuffix(b'\r\n'), body)
        finally:
            self.lib.dkim_free(dkim)

    def judge(self, dkim, header, body):
        fields = []
        for line in header.split(b'\r\n'):
            if line[:1] in (b' ', b'\t'):
                fields[-1] += b'\r\n' + line
            else:
                fields.append(line)
        for field in fields:
            assert self.lib.dkim_header(dkim, field, ctypes.c_size_t(len(field))) == 0, field
        if self.lib.dkim_eoh(dkim) != 0:
            return False
        if body and self.lib.dkim_body(dkim, body, ctypes.c_size_t(len(body))) != 0:
            return False
        if self.lib.dkim_eom(dkim, None) != 0:
            return False
        return self.passed(dkim) == 2

    def passed(self, dkim):
        """How many of the signatures are good; the library itself is content with one."""
        rows, n = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_int(0)
        assert self.lib.dkim_getsiglist(dkim, ctypes.byref(rows), ctypes.byref(n)) == 0
        good = 0
        for i in range(n.value):
            row = ctypes.c_void_p(rows[i])
            self.lib.dkim_sig_process(dkim, row)
            good += bool(self.lib.dkim_sig_getflags(row) & self.PASSED) and self.lib.dkim_sig_getbh(row) == 0
        return good


ALL = (Dkimpy, MailDkim, OpenDkim)


def available(records, folder):
    """(verifier, None) or (class, why not) for each."""
    for kind in ALL:
        try:
            yield kind(records, folder), None
        except (ImportError, OSError, subprocess.CalledProcessError) as error:
            yield kind, '%s is not here (%s): ./bootstrap deps --test' % (kind.package, error)
