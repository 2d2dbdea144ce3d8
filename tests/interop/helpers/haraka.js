// SPDX-License-Identifier: LGPL-2.1-or-later
// Haraka's plugin for the tests: who exists, which ports want a login, and record.sh as the queue.
'use strict'

const { spawn } = require('node:child_process')

const user = 'user@example.test'
const methods = ['PLAIN', 'LOGIN', 'CRAM-MD5']

exports.register = function () {
  this.inherits('auth/auth_base')
  this.modes = this.config.get('interop.json') // port: mode
}

exports.mode = function (connection) {
  return this.modes.ports[connection.local.port]
}

exports.hook_capabilities = function (next, connection) {
  const clear = this.mode(connection) === 'auth'
  if (this.mode(connection) !== 'plain' && (clear || connection.tls.enabled)) {
    connection.capabilities.push(`AUTH ${methods.join(' ')}`)
    connection.notes.allowed_auth_methods = methods
  }
  next()
}

exports.get_plain_passwd = (name, connection, answer) => answer(name === user ? 'password' : null)

exports.hook_mail = function (next, connection) {
  if (this.mode(connection) === 'plain' || connection.relaying) return next()
  next(DENY, '5.7.0 Authentication required')
}

exports.hook_rcpt = function (next, connection, params) {
  const name = params[0].user
  if (name.startsWith('refuse')) return next(DENY, '5.1.1 no such user')
  if (name.startsWith('later')) return next(DENYSOFT, '4.2.1 try later')
  next(OK)
}

exports.hook_queue = function (next, connection) {
  const transaction = connection.transaction
  const recipients = transaction.rcpt_to.map((address) => address.address)
  const record = spawn(`${this.modes.folder}/bin/record.sh`,
    [`${this.modes.folder}/store`, transaction.mail_from.address || '<>', ...recipients],
    { stdio: ['pipe', 'ignore', 'inherit'] })
  record.on('close', (status) => status === 0 ? next(OK, '2.0.0 kept') : next(DENYSOFT, '4.3.0 not kept'))
  transaction.message_stream.pipe(record.stdin)
}
exports.hook_queue_outbound = exports.hook_queue
