#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""aio.py T MODE=PORT...: aiosmtpd on those ports. Each message goes to record.sh."""

import asyncio
import functools
import logging
import ssl
import subprocess
import sys

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD, SIZE_LIMIT = b"user@example.test", b"password", 67108864
folder, *ports = sys.argv[1:]


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


class Handler:
    def __init__(self, lmtp):
        self._lmtp = lmtp

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "451 4.2.1 try later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        record = await asyncio.create_subprocess_exec(
            folder + "/bin/record.sh", folder + "/store", envelope.mail_from or "<>", *envelope.rcpt_tos,
            stdin=subprocess.PIPE)
        await record.communicate(envelope.original_content)
        reply = "250 2.0.0 kept" if record.returncode == 0 else "451 4.3.0 not kept"
        # LMTP has a reply for each recipient, and leaves them to the handler
        return "\r\n".join([reply] * len(envelope.rcpt_tos)) if self._lmtp else reply


async def serve():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder + "/ca/good.pem", folder + "/ca/good.key")
    for word in ports:
        mode, port = word.split("=")
        login = mode not in ("plain", "lmtp")
        make = functools.partial(
            LMTP if mode == "lmtp" else SMTP, Handler(mode == "lmtp"), data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True,
            hostname="mail.example.test", authenticator=authenticate, auth_required=login,
            # TLS that was there ahead of the greeting is none to it; where TLS is never had AUTH is not offered
            auth_require_tls=mode not in ("auth", "tls"), tls_context=tls if mode == "starttls" else None)
        await asyncio.get_running_loop().create_server(make, "127.0.0.1", int(port), ssl=tls if mode == "tls" else None)
    await asyncio.Event().wait()


logging.basicConfig(level=logging.WARNING)
asyncio.run(serve())
