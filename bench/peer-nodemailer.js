// SPDX-License-Identifier: LGPL-2.1-or-later
// nodemailer with a pool of one connection: peer-nodemailer.js MODULE PORT FILE N
// N 0: FILE as an attachment; else FILE, ready for the wire, N times.
const [nodemailer, port, path, count] = process.argv.slice(2);
const fs = require('fs');
const transport = require(nodemailer).createTransport({
  host: '127.0.0.1', port: Number(port), pool: true, maxConnections: 1, maxMessages: Infinity, secure: false,
  ignoreTLS: true, name: 'bench.example',
});
const envelope = { from: 'writer@example.com', to: ['reader0@example.net'] };

async function main() {
  if (count === '0') {
    await transport.sendMail({ from: envelope.from, to: envelope.to, subject: 'a file', text: 'See the file.',
                               attachments: [{ path }] });
  } else {
    const raw = fs.readFileSync(path);
    for (let left = Number(count); left > 0; left -= 100)
      await Promise.all(Array.from({ length: Math.min(left, 100) }, () => transport.sendMail({ envelope, raw })));
  }
  transport.close();
}
main().catch((error) => { console.error(error); process.exit(1); });
