# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benchmarks run: our own small programs, and the peers, as far as this machine has or gets them."""
import atexit
import glob
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
WARN = ['-O2', '-g', '-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wno-unused-parameter',
        '-Wno-missing-field-initializers']
APT = ['curl', 'openssl', 'python3-dkim', 'python3-nacl', 'libopendkim-dev', 'libcurl4-openssl-dev', 'msmtp', 'libesmtp-dev', 'nodejs', 'npm']


class Tools:
    """Paths of programs; None where a peer is missing, and why in `missing`."""

    def __init__(self, build, install):
        self.build = os.path.abspath(build)
        self.folder = os.path.join(self.build, 'bench')
        self.missing = {}
        os.makedirs(self.folder, exist_ok=True)
        if install:
            self.install()
        self.compile_ours()
        self.find_peers()

    def path(self, name):
        return os.path.join(self.folder, name)

    # What is missing of the distribution's packages; without root the peers stay out.
    def install(self):
        have = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n'], capture_output=True,
                              text=True).stdout.splitlines()
        have = {line.split()[0] for line in have if line.endswith(' installed')}
        wanted = [name for name in APT if name not in have and not shutil.which(name.replace('nodejs', 'node'))]
        root = [] if os.getuid() == 0 else ['sudo', '-n']
        if wanted:
            print('Installing:', ' '.join(wanted))
            command = root + ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', 'install',
                              '--no-install-recommends'] + wanted
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        # A mail server is never installed, only unpacked.
        if not os.path.exists(self.path('postfix')):
            subprocess.run(['apt-get', '-q', 'download', 'postfix'], cwd=self.folder, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
            for package in glob.glob(self.path('postfix_*.deb')):
                subprocess.run(['dpkg', '-x', package, self.path('postfix')], check=False)
        if not os.path.exists(self.path('node_modules/nodemailer')) and shutil.which('npm'):
            subprocess.run(['npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', self.folder,
                            'nodemailer'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    @staticmethod
    def flags(*packages):
        return subprocess.run(['pkg-config', '--cflags', '--libs', *packages], capture_output=True, text=True,
                              check=True).stdout.split()

    def compile(self, name, extra, quiet=False):
        source = os.path.join(HERE, name + '.c')
        target = self.path(name)
        command = ['cc', *WARN, source, '-o', target, *extra]
        if subprocess.run(command, check=False, stderr=subprocess.DEVNULL if quiet else None).returncode != 0:
            return None
        return target

    def compile_ours(self):
        library = os.path.join(self.build, 'libmimesend')
        ours = ['-I' + TOP, '-I' + self.build]
        rooms = ['-I' + os.path.join(TOP, 'libmimesend'), '-I' + library]
        archives = [os.path.join(library, name) for name in ('libmimesend-rest.a', 'libmimesend-core.a')]
        gmime = self.flags('gmime-3.0', 'gio-unix-2.0')
        programs = {
            'launch': [], 'delay': [], 'fast-sink': ['-lgnutls'], 'limits': ['-lgnutls'],
            'send': ours + ['-L' + library, '-lmimesend-1', '-Wl,-rpath,' + library] + gmime,
            'core': ours + rooms + archives + gmime + self.flags('gnutls', 'libgsasl'),
        }
        for name, extra in programs.items():
            if self.compile(name, extra) is None:
                raise SystemExit('bench: %s.c does not compile: build the library first' % name)

    def find_peers(self):
        def note(name, found, why):
            if not found:
                self.missing[name] = why
            return found

        self.curl = note('curl', shutil.which('curl'), 'not installed')
        self.msmtp = note('msmtp', shutil.which('msmtp'), 'not installed')
        self.openssl = note('openssl s_client', shutil.which('openssl'), 'not installed')
        self.base64 = note('base64', shutil.which('base64'), 'not installed')
        self.libcurl = note('libcurl', self.compile('peer-libcurl', ['-lcurl'], True), 'libcurl4-openssl-dev missing')
        self.libesmtp = note('libESMTP', self.compile('peer-libesmtp', ['-lesmtp'], True), 'libesmtp-dev missing')
        self.opendkim = note('libopendkim', self.compile('peer-opendkim', ['-lopendkim'] + self.flags('glib-2.0'), True), 'libopendkim-dev missing')
        found = subprocess.run(['/usr/bin/python3', '-c', 'import dkim, nacl'], check=False, stderr=subprocess.DEVNULL).returncode == 0
        self.dkimpy = note('dkimpy', os.path.join(HERE, 'peer-dkimpy.py') if found else None, 'python3-dkim missing')
        self.gmime = self.compile('peer-gmime', self.flags('gmime-3.0'))
        source = self.path('postfix/usr/sbin/smtp-source')
        self.smtp_source = note('smtp-source', source if os.path.exists(source) else None,
                                'apt-get download postfix failed')
        self.smtp_source_env = {'LD_LIBRARY_PATH': self.path('postfix/usr/lib/postfix')}
        module = self.path('node_modules/nodemailer')
        self.nodemailer = note('nodemailer', module if os.path.isdir(module) and shutil.which('node') else None,
                               'npm install nodemailer failed')
        self.mimesend = os.path.join(self.build, 'tools', 'mimesend')

    def dkim_keys(self):
        """Files with new keys, by kind."""
        keys = {}
        for kind, made in ('rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']), ('ed25519', ['-algorithm', 'ed25519']):
            keys[kind] = self.path('dkim-%s.pem' % kind)
            subprocess.run(['openssl', 'genpkey', *made, '-out', keys[kind]], check=True, stderr=subprocess.DEVNULL)
            os.chmod(keys[kind], 0o600)
        return keys

    def keyring(self):
        """Keys and certificates of the tests, in a folder for this run; None: a program is missing."""
        if not all(shutil.which(name) for name in ('gpg', 'gpgsm', 'openssl')):
            return None
        folder = tempfile.mkdtemp(prefix='mimesend-keys-', dir='/tmp')  # a socket's path has 107 octets
        subprocess.run(['sh', os.path.join(TOP, 'tests/secure/keyring.sh'), folder], check=True)

        def remove():
            subprocess.run(['gpgconf', '--homedir', folder, '--kill', 'all'], check=False)
            shutil.rmtree(folder, ignore_errors=True)
        atexit.register(remove)
        return folder

    def certificate(self):
        cert, key = self.path('cert.pem'), self.path('key.pem')
        if not os.path.exists(cert):
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj',
                            '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key,
                            '-out', cert], check=True, stderr=subprocess.DEVNULL)
        return cert, key


class Files:
    """The octets that are sent; made once for each size."""

    def __init__(self, tools):
        self.folder = tools.path('files')
        os.makedirs(self.folder, exist_ok=True)

    def make(self, name, write):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            with open(path + '.part', 'wb') as file:
                write(file)
            os.rename(path + '.part', path)
        return path

    def letter(self):
        """One of the letters that bench/send.c makes, ready for the wire."""
        body = (b'--=-b\r\nContent-Type: text/plain\r\n\r\nDear reader,\r\n\r\nthis is what everybody gets.\r\n\r\n--=-b\r\n'
                b'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n'
                + b'\r\n'.join([b'A' * 76] * 18) + b'\r\n--=-b--\r\n')
        header = (b'From: writer@example.com\r\nTo: reader1@example.net\r\nSubject: letter 1\r\nMessage-ID: <1@example.com>\r\n'
                  b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=-b"\r\n\r\n')
        return self.make('letter.eml', lambda file: file.write(header + body))

    def random(self, size):
        def write(file):
            left = size
            while left > 0:
                step = min(left, 1 << 20)
                file.write(os.urandom(step))
                left -= step
        return self.make('random-%d' % size, write)

    def sparse(self, size):
        return self.make('sparse-%d' % size, lambda file: file.truncate(size))

    # The same as a message: base64 in lines of 76, ready for the wire.
    def wire(self, size, end=b'\r\n'):
        import base64
        name = 'wire-%d' % size if end == b'\r\n' else 'lf-%d' % size

        def write(file):
            fields = [b'From: writer@example.com', b'To: reader0@example.net', b'Subject: a file',
                      b'MIME-Version: 1.0', b'Content-Type: application/octet-stream',
                      b'Content-Transfer-Encoding: base64', b'', b'']
            file.write(end.join(fields))
            with open(self.random(size), 'rb') as source:
                while octets := source.read(57 * 16384):
                    lines = base64.encodebytes(octets)
                    file.write(lines if end == b'\n' else lines.replace(b'\n', end))
        return self.make(name, write)

    # 2,040 octets, 2,048 as smtp-source counts.
    def small(self):
        def write(file):
            text = b'From: writer@example.com\r\nTo: reader0@example.net\r\nSubject: small\r\n\r\n'
            while len(text) < 2040 - 80:
                text += b'x' * 76 + b'\r\n'
            file.write(text + b'y' * (2038 - len(text)) + b'\r\n')
        return self.make('small', write)
