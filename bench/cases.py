# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cases. Each makes its files, runs its variants against each other and says what came of the bars."""
import os

from measure import Variant, interleave, ratio

MIB = 1 << 20
PART = 128 * MIB  # of a large file what slow peers get; their time is multiplied
SLOW = 'msmtp, libESMTP, smtplib and nodemailer got 128 MiB at most; their time is multiplied'
SPIN = ('--spin', '200')  # where both sides have a processor of their own


class Bar:
    """`value` of a ratio against what it must and what it may reach; `most`: the smaller the better."""

    def __init__(self, text, value, must, reach, most=True):
        self.text, self.value, self.must, self.reach, self.most = text, value, must, reach, most

    def met(self):
        return self.value <= self.must if self.most else self.value >= self.must


class Outcome:
    def __init__(self, key, title, unit, variants, bars=(), notes=()):
        self.key, self.title, self.unit = key, title, unit
        self.variants, self.bars, self.notes = variants, list(bars), list(notes)
        self.bars = [bar for bar in self.bars if bar is not None]


class Bench:
    def __init__(self, tools, machine, files, scale, rounds):
        self.tools, self.machine, self.files = tools, machine, files
        self.scale, self.rounds = scale, rounds

    def size(self, octets):
        return max(1024, int(octets * self.scale))

    def count(self, n):
        return max(20, int(n * self.scale))

    # --- variants: a command of ours, a limit, or a peer, against a sink ---

    def to(self, sink, name, argv, kind='peer', stdin='/dev/null', env=None, rounds=None):
        def run():
            result = self.machine.run([a.replace('PORT', str(sink.port)) for a in argv], stdin, env)
            account = sink.account()
            result['bottleneck'] = account['bottleneck']
            result['messages'] = account['messages']
            result['latency'] = account['first'] - result['started']
            return result
        return Variant(name, run, kind, rounds)

    def alone(self, name, argv, kind='peer', rounds=None):
        return Variant(name, lambda: self.machine.run(argv), kind, rounds)

    def ours(self, sink, name, *arguments, scheme=''):
        mode, *rest = arguments
        return self.to(sink, name, [self.tools.path('send'), mode, scheme + '127.0.0.1:PORT', *rest], 'ours')

    def limit(self, sink, name, mode, path, *extra):
        return self.to(sink, name, [self.tools.path('limits'), mode, path, 'PORT', *extra], 'limit')

    # The time of one where there were n (or, with n below one, of the whole where there was a part).
    @staticmethod
    def each(variant, n, *names):
        inner = variant.run

        def run():
            result = inner()
            result['each'] = result['seconds'] / n
            for name in names:
                result[name] /= n
            return result
        variant.run = run
        return variant

    # What each peer makes of a file that is ready for the wire (curl: or is not). Those that take long get a part of a
    # large one, and its time is multiplied: `few` says how large the part is, None: all of it.
    def peers(self, sink, path, n=1, crlf=False, few=None):
        tools, found = self.tools, []
        slow = max(1, self.rounds // 3)
        times = os.path.getsize(path) / os.path.getsize(few) if few else 1
        few = few or path
        envelope = ['--mail-from', 'writer@example.com', '--mail-rcpt', 'reader0@example.net']

        def part(variant):
            return self.each(variant, 1 / times, 'seconds', 'wall') if times > 1 else variant

        if tools.curl and n == 1:
            found.append(self.to(sink, 'curl' + (' --crlf' if crlf else ''),
                                 [tools.curl, '-s', 'smtp://127.0.0.1:PORT', *envelope, '-T', path,
                                  *(['--crlf'] if crlf else [])]))
        if tools.libcurl and not crlf:
            found.append(self.to(sink, 'libcurl', [tools.libcurl, 'smtp://127.0.0.1:PORT', path, str(n)]))
        if tools.msmtp and n == 1:
            found.append(part(self.to(sink, 'msmtp', [tools.msmtp, '--host=127.0.0.1', '--port=PORT',
                                                      '--from=writer@example.com', 'reader0@example.net'],
                                      stdin=few, rounds=1)))
        if tools.libesmtp and not crlf:
            found.append(part(self.to(sink, 'libESMTP', [tools.libesmtp, '127.0.0.1:PORT', few, str(n)], rounds=slow)))
        found.append(part(self.to(sink, 'smtplib', [
            '/usr/bin/python3', self.peer('peer-smtplib.py'), 'PORT', few, str(n)], rounds=slow)))
        if tools.nodemailer and not crlf:
            found.append(part(self.to(sink, 'nodemailer', [
                'node', self.peer('peer-nodemailer.js'), tools.nodemailer, 'PORT', few, str(n)], rounds=slow)))
        return found

    @staticmethod
    def peer(name):
        return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)

    # --- the cases ---

    def attachment(self):
        size = self.size(1024 * MIB)
        source, wire = self.files.random(size), self.files.wire(size)
        part = min(size, PART)
        tools = self.tools
        with self.machine.sink(*SPIN, '--no-chunking') as sink, self.machine.sink(*SPIN) as chunks:
            limit = self.limit(sink, 'read + write of the ready file', 'read', wire)
            tree = self.ours(sink, 'mimesend: tree to wire, DATA', 'tree', source)
            variants = [
                limit, tree,
                self.ours(chunks, 'mimesend: tree to wire, BDAT', 'tree', source),
                self.limit(sink, 'hot write', 'hot', wire),
                self.limit(sink, 'sendfile of the ready file', 'sendfile', wire),
                *self.peers(sink, wire, few=self.files.wire(part)),
            ]
            if tools.nodemailer:
                variants.append(self.each(self.to(sink, 'nodemailer, encoding', [
                    'node', self.peer('peer-nodemailer.js'), tools.nodemailer, 'PORT', self.files.random(part), '0'],
                    rounds=max(1, self.rounds // 3)), part / size, 'seconds', 'wall'))
            if tools.gmime and tools.curl:
                rendered = tools.path('rendered')
                variants.append(self.to(sink, 'GMime to a file, then curl',
                                        ['sh', '-c', '%s %s %s && curl -s smtp://127.0.0.1:PORT --mail-from a@example.com '
                                         '--mail-rcpt b@example.net -T %s' % (tools.gmime, source, rendered, rendered)],
                                        rounds=max(1, self.rounds // 3)))
            interleave(variants, self.rounds)
        return Outcome('a', 'one attachment of %d octets, base64, from the tree to the wire' % size, 's', variants,
                       [Bar('tree to wire, × read + write of the ready file', ratio(tree, limit), 1.05, 0.90)], [SLOW])

    def prebuilt(self, lf):
        size = self.size(1024 * MIB)
        wire = self.files.wire(size)
        path = self.files.wire(size, b'\n') if lf else wire
        few = self.files.wire(min(size, PART), b'\n' if lf else b'\r\n')
        with self.machine.sink(*SPIN, '--no-chunking') as sink:
            limit = self.limit(sink, 'read + write of the CRLF file', 'read', wire)
            ours = self.ours(sink, 'mimesend: a stream', 'stream', path)
            variants = [limit, ours, *self.peers(sink, path, crlf=lf, few=few)]
            interleave(variants, self.rounds)
        key, what = ('b', 'LF') if lf else ('c', 'CRLF')
        return Outcome(key, 'a message that is ready, line ends %s' % what, 's', variants,
                       [Bar('%s, × read + write of the CRLF file' % what, ratio(ours, limit), *((1.5, 1.35) if lf else (1.15, 1.05)))], [SLOW])

    def lf(self):
        return self.prebuilt(True)

    def crlf(self):
        return self.prebuilt(False)

    def binary(self):
        size = self.size(1024 * MIB)
        source = self.files.random(size)
        with self.machine.sink(*SPIN, '--binarymime') as sink, self.machine.sink(*SPIN, '--no-chunking') as plain:
            ours = self.ours(sink, 'mimesend: BINARYMIME', 'tree', source, '--binary')
            variants = [ours, self.limit(plain, 'read + write of the raw file', 'read', source),
                        self.limit(plain, 'sendfile of the raw file', 'sendfile', source)]
            interleave(variants, self.rounds)
        return Outcome('d', 'one attachment of %d octets, unencoded' % size, 's', variants)

    def step(self):
        size = self.size(1024 * MIB)
        wire = self.files.wire(size)
        with self.machine.sink(*SPIN, '--no-chunking') as sink:
            limit = self.limit(sink, 'hot write', 'hot', wire)
            ours = self.to(sink, 'mimesend: a session, hot content',
                           [self.tools.path('core'), 'hot', 'PORT', str(os.path.getsize(wire))], 'ours')
            variants = [limit, ours]
            interleave(variants, self.rounds)
        return Outcome('step', 'the step of the driver against a bare loop of the same writes', 's', variants,
                       [Bar('drive step, × the bare loop', ratio(ours, limit), 1.05, 1.01)])

    def memory(self):
        sizes = [1024, MIB, 64 * MIB, self.size(8192 * MIB)]
        cert, key = self.tools.certificate()
        variants = []
        with self.machine.sink(*SPIN) as sink, self.machine.sink('--tls', cert, key) as tls:
            for size in sizes:
                path = self.files.sparse(size)
                variants.append(self.ours(sink, 'plain, %s' % human(size), 'tree', path))
            for size in sizes[:1] + [self.size(1024 * MIB)]:
                variants.append(self.ours(tls, 'TLS, %s' % human(size), 'tree', self.files.sparse(size), '--ca', cert,
                                          scheme='smtps://'))
            interleave(variants, min(3, self.rounds), 'kib')
        plain = [v.median() for v in variants if v.name.startswith('plain')]
        secure = [v.median() for v in variants if v.name.startswith('TLS')]
        return Outcome('memory', 'peak of resident memory', 'KiB', variants, [
            Bar('plain, MiB', max(plain) / 1024, 12, 10), Bar('TLS, MiB', max(secure) / 1024, 24, 22),
            Bar('largest over 1 KiB, MiB', (max(plain) - plain[0]) / 1024, 1, 0.2)])

    def many(self, n=10000):
        small = self.files.small()
        n = self.count(n)
        tools = self.tools
        few = max(20, n // 20)

        def send(name, way, *extra):
            return self.each(self.ours(sink, name, way, small, str(n), *extra), n)

        def core(name, *extra):
            return self.each(self.to(sink, name, [tools.path('core'), 'many', 'PORT', small, str(n), *extra], 'ours'), n)

        with self.machine.sink(together=True) as sink:
            data = send('mimesend: DATA', 'each', '--no-chunking', '--window', '32')
            chunks = send('mimesend: BDAT, window 32', 'each', '--window', '32')
            task_data = send('mimesend, a task for each message: DATA', 'many', '--no-chunking', '--window', '32')
            task_chunks = send('mimesend, a task for each message: BDAT, window 32', 'many', '--window', '32')
            core_data = core('the core alone: DATA', '32', 'data')
            core_chunks = core('the core alone: BDAT, window 32', '32')
            variants = [data, send('mimesend: DATA, one at a time', 'each', '--no-chunking'), chunks,
                        send('mimesend: BDAT, window 128', 'each', '--window', '128'), task_data, task_chunks,
                        core_data, core_chunks,
                        *(self.each(peer, few) for peer in self.peers(sink, small, few))]
            peer = None
            if tools.smtp_source:
                peer = self.each(self.to(sink, 'smtp-source -d', [
                    tools.smtp_source, '-d', '-l', '2048', '-m', str(n), '127.0.0.1:PORT'], env=tools.smtp_source_env), n)
                variants.append(peer)
            interleave(variants, self.rounds, 'each')
        bars = []
        if peer:
            bars = [Bar('DATA, × the speed of smtp-source -d', ratio(peer, data), 4, 5.3, False),
                    Bar('BDAT, window 32, × the speed of smtp-source -d', ratio(peer, chunks), 40, 56, False),
                    Bar('a task for each message, DATA', ratio(peer, task_data), 4, 5.3, False),
                    Bar('a task for each message, BDAT, window 32', ratio(peer, task_chunks), 40, 56, False),
                    Bar('the core alone, DATA', ratio(peer, core_data), 4, 5.3, False),
                    Bar('the core alone, BDAT, window 32', ratio(peer, core_chunks), 40, 56, False)]
        return Outcome('e', 'messages of 2 KiB over one connection, one processor; the time of one', 's', variants, bars,
                       ['%d messages; libcurl, libESMTP, smtplib and nodemailer %d' % (n, few)])

    def distance(self):
        small = self.files.small()
        n, few = self.count(10000), 20
        with self.machine.sink() as sink, self.machine.proxy(sink.port, 25) as far:
            def direct(name, argv, count, kind='peer'):
                argv = [word.replace('PORT', str(far.port)) for word in argv]

                def run():
                    result = self.machine.run(argv, env=self.tools.smtp_source_env)
                    sink.account()
                    return result
                return self.each(Variant(name, run, kind, max(1, self.rounds // 3)), count)

            send = [self.tools.path('send'), 'many', '127.0.0.1:PORT', small]
            ours = direct('mimesend: BDAT, window 128', send + [str(n), '--window', '128'], n, 'ours')
            variants = [ours,
                        direct('mimesend: BDAT, window 32', send + [str(n), '--window', '32'], n, 'ours'),
                        direct('mimesend: DATA', send + [str(few), '--window', '32', '--no-chunking'], few, 'ours')]
            peers = []
            if self.tools.smtp_source:
                peers.append(direct('smtp-source -d', [self.tools.smtp_source, '-d', '-l', '2048', '-m', str(few),
                                                       '127.0.0.1:PORT'], few))
            if self.tools.libcurl:
                peers.append(direct('libcurl', [self.tools.libcurl, 'smtp://127.0.0.1:PORT', small, str(few)], few))
            if self.tools.libesmtp:
                peers.append(direct('libESMTP', [self.tools.libesmtp, '127.0.0.1:PORT', small, str(few)], few))
            peers.append(direct('smtplib', ['/usr/bin/python3', self.peer('peer-smtplib.py'), 'PORT', small, str(few)], few))
            if self.tools.nodemailer:
                peers.append(direct('nodemailer', ['node', self.peer('peer-nodemailer.js'), self.tools.nodemailer, 'PORT',
                                                   small, str(few)], few))
            interleave(variants + peers, max(1, self.rounds // 3), 'each')
        best = min(peers, key=Variant.median)
        return Outcome('f', 'messages of 2 KiB over a round trip of 50 ms (seconds a message)', 's', variants + peers,
                       [Bar('BDAT, × the speed of the best peer (%s)' % best.name, ratio(best, ours), 100, 500, False)],
                       ['%d messages by BDAT, %d by all others' % (n, few)])

    def tls(self):
        size = self.size(1024 * MIB)
        source, wire = self.files.random(size), self.files.wire(size)
        cert, key = self.tools.certificate()

        def dialogue(file):
            file.write(b'EHLO bench.example\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n')
            with open(wire, 'rb') as octets:
                while step := octets.read(MIB):
                    file.write(step)
            file.write(b'.\r\nQUIT\r\n')

        spoken = self.files.make('dialogue-%d' % size, dialogue)
        with self.machine.sink('--tls', cert, key, '--no-chunking') as sink:
            ours = self.to(sink, 'mimesend: tree to wire, TLS', [
                self.tools.path('send'), 'tree', 'smtps://127.0.0.1:PORT', source, '--ca', cert], 'ours')
            ready = self.to(sink, 'mimesend: CRLF stream, TLS', [
                self.tools.path('send'), 'stream', 'smtps://127.0.0.1:PORT', wire, '--ca', cert], 'ours')
            bare = self.limit(sink, 'GnuTLS, a bare loop', 'gnutls', wire, '--block', '65536')
            client = self.to(sink, 'openssl s_client', [self.tools.openssl, 's_client', '-quiet', '-connect',
                                                        '127.0.0.1:PORT'], stdin=spoken)
            variants = [ours, ready, bare, client]
            if self.tools.curl:
                variants.append(self.to(sink, 'curl', [self.tools.curl, '-s', '--cacert', cert, 'smtps://127.0.0.1:PORT',
                                                       '--mail-from', 'a@example.com', '--mail-rcpt', 'b@example.com',
                                                       '-T', wire]))
            cpu = []
            for variant in variants:
                inner = variant.run

                def run(inner=inner, variant=variant):
                    result = inner()
                    variant.cpu.append(result['cpu'])
                    return result
                variant.cpu = []
                variant.run = run
            interleave(variants, self.rounds)
        return Outcome('g', 'TLS 1.3, %d octets' % size, 's', variants, [
            Bar('time, × openssl s_client', ratio(ours, client, 'walls'), 0.8, 0.6),
            Bar('CPU, × a bare GnuTLS loop', ratio(ours, bare, 'cpu'), 1.1, 1.02)])

    def building(self):
        n = self.count(10000)
        size = self.size(1024 * MIB)
        source = self.files.random(size)
        send = self.tools.path('send')
        variants = [
            self.alone('GMime: build and render %d letters' % n, [send, 'build', 'none', str(n)]),
            self.alone('mimesend: %d letters from one tree' % n, [send, 'letters', 'none', str(n)], 'ours'),
            self.alone('GMime: its writer, a file to /dev/null', [self.tools.gmime, source, '/dev/null'],
                       rounds=max(1, self.rounds // 3)),
        ]
        if self.tools.base64:
            variants.append(self.alone('coreutils base64, the same file', ['sh', '-c', 'base64 %s > /dev/null' % source],
                                       rounds=max(1, self.rounds // 3)))
        interleave(variants, self.rounds)
        return Outcome('h', 'building only', 's', variants)

    # GnuPG hashes in a process of its own, so nothing is pinned here.
    def signing(self):
        size = self.size(1024 * MIB)
        source, part = self.files.random(size), self.files.wire(size)
        send, ring = self.tools.path('send'), self.tools.keyring()
        if ring is None:
            return Outcome('sign', 'left out: gpg, gpgsm or openssl is missing', 's', [])
        env = {'GNUPGHOME': ring}

        def free(name, argv, kind='peer'):
            return Variant(name, lambda: self.machine.run(argv, env=env, pinned=False), kind)

        pgp = free('mimesend: a letter signed by PGP', [send, 'signed', 'none', source, 'pgp'], 'ours')
        smime = free('mimesend: a letter signed by S/MIME', [send, 'signed', 'none', source, 'smime'], 'ours')
        gpg = free('gpg --detach-sign, the part ready in a file', [
            'gpg', '--batch', '--quiet', '--yes', '--armor', '--local-user', 'alice@example.com', '--output', '/dev/null',
            '--detach-sign', part])
        openssl = free('openssl cms -sign -stream, the part ready in a file', [
            'openssl', 'cms', '-sign', '-stream', '-binary', '-in', part, '-signer', ring + '/sam.pem', '-inkey',
            ring + '/sam.key', '-outform', 'SMIME', '-out', '/dev/null'])
        variants = [pgp, gpg, smime, openssl]
        interleave(variants, self.rounds)
        return Outcome('sign', 'a letter with an attachment of %d octets, signed' % size, 's', variants, [
            Bar('PGP, × gpg --detach-sign', ratio(pgp, gpg, 'walls'), 1.3, 1.1),
            Bar('S/MIME, × openssl cms -sign -stream', ratio(smime, openssl, 'walls'), 1.3, 1.1),
            Bar('peak, MiB', max(pgp.kib, smime.kib) / 1024, 24, 16)])

    def recipients(self):
        small, n = self.files.small(), 1000
        with self.machine.sink(*SPIN) as sink:
            variants = [self.ours(sink, 'mimesend: %d recipients' % n, 'recipients', small, str(n))]
            if self.tools.smtp_source:
                variants.append(self.to(sink, 'smtp-source -d -r %d' % n, [
                    self.tools.smtp_source, '-d', '-l', '2048', '-m', '1', '-r', str(n), '127.0.0.1:PORT'],
                    env=self.tools.smtp_source_env))
            interleave(variants, self.rounds)
        return Outcome('i', 'one message to %d recipients' % n, 's', variants)

    def letters(self):
        n = self.count(10000)
        send = self.tools.path('send')
        made = self.alone('mimesend: a mailing of one tree, read to its end', [send, 'letters', 'none', str(n)], 'ours')
        built = self.alone('GMime: each built and rendered', [send, 'build', 'none', str(n)])
        interleave([made, built], self.rounds)
        with self.machine.sink(together=True) as sink:
            sent = self.ours(sink, 'mimesend: the mailing sent', 'letters', str(n), '--window', '32')
            built_sent = self.ours(sink, 'each built by GMime, and sent', 'build', str(n), '--window', '32')
            built_sent.kind = 'peer'
            interleave([sent, built_sent], self.rounds)
        return Outcome('j', '%d letters from one tree; sent by BDAT, one processor for both sides' % n, 's',
                       [made, built, sent, built_sent],
                       [Bar('letters, × the speed of building each', ratio(built, made), 4, 30, False),
                        Bar('the same with the sending', ratio(built_sent, sent), 4, 30, False)])

    def signed(self):
        """Letters of one tree, signed; peers sign one that is ready, and those that take long a part of them."""
        n, few = self.count(10000), self.count(1000)
        send, tools = self.tools.path('send'), self.tools
        keys, letter = tools.dkim_keys(), self.files.letter()
        plain = self.alone('mimesend: a mailing of one tree, read to its end', [send, 'letters', 'none', str(n)], 'ours')
        variants, bars = [plain], []
        for kind, name in (('ed25519', 'Ed25519'), ('rsa', 'RSA-2048')):
            ours = self.alone('mimesend: the same, signed by ' + name, [send, 'letters', 'none', str(n), '--dkim', keys[kind]], 'ours')
            variants.append(ours)
            arguments = [letter, keys[kind], kind]
            if tools.opendkim:
                peer = self.alone('libopendkim: signs the ready letter, ' + name, [tools.opendkim, *arguments, str(n)])
                variants.append(peer)
                bars.append((Bar, 'signed by %s, × the time of libopendkim' % name, ours, peer))
            if tools.dkimpy:
                peer = self.each(self.alone('dkimpy: signs the ready letter, ' + name,
                                            ['/usr/bin/python3', tools.dkimpy, *arguments, str(few)]), few / n, 'seconds')
                variants.append(peer)
        interleave(variants, self.rounds)
        return Outcome('k', '%d letters of one tree, signed (DKIM)' % n, 's', variants,
                       [kind(text, ratio(ours, peer), 1.3, 1) for kind, text, ours, peer in bars])

    def start(self):
        small = self.files.small()
        tools = self.tools
        with self.machine.sink(*SPIN) as sink:
            argv = [tools.mimesend, '-S', 'smtp://127.0.0.1:PORT?tls=none', '-f', 'writer@example.com', '--message', small,
                    'reader0@example.net']
            ours = self.to(sink, 'mimesend', argv, 'ours')
            variants = [ours]
            if tools.curl:
                variants.append(self.to(sink, 'curl', [tools.curl, '-s', 'smtp://127.0.0.1:PORT', '--mail-from',
                                                       'a@example.com', '--mail-rcpt', 'b@example.com', '-T', small]))
            if tools.msmtp:
                variants.append(self.to(sink, 'msmtp', [tools.msmtp, '--host=127.0.0.1', '--port=PORT',
                                                        '--from=writer@example.com', 'reader0@example.net'], stdin=small))
            interleave(variants, max(self.rounds, 9), 'latency')
        bars = [Bar('start to the first octet, × curl', ratio(ours, variants[1]), 3, 1)] if tools.curl else []
        return Outcome('start', 'from the start of the command to the first octet on the wire', 's', variants, bars)


CASES = [('a', Bench.attachment), ('b', Bench.lf), ('c', Bench.crlf), ('d', Bench.binary), ('step', Bench.step),
         ('memory', Bench.memory), ('e', Bench.many), ('f', Bench.distance), ('g', Bench.tls), ('h', Bench.building),
         ('i', Bench.recipients), ('j', Bench.letters), ('k', Bench.signed),
         ('sign', Bench.signing), ('start', Bench.start)]


def human(octets):
    for unit in ('octets', 'KiB', 'MiB', 'GiB'):
        if octets < 1024 or unit == 'GiB':
            return '%g %s' % (round(octets, 1), unit)
        octets /= 1024
    return None
