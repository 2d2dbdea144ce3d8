/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The errors of the library. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MIMESEND_ERROR (mimesend_error_quark ())

/**
 * MimesendError:
 * @MIMESEND_ERROR_ARGUMENT: an invalid argument, option or property
 * @MIMESEND_ERROR_ADDRESS: an address that RFC 5321 does not allow, or of the wrong form
 * @MIMESEND_ERROR_CONTENT: the content could not be read, changed while it was read, or broke a rule of RFC 5322
 * @MIMESEND_ERROR_UNSUPPORTED: the message needs something that the server (or this library) does not support
 * @MIMESEND_ERROR_RESOLVE: the host has no address: the name does not exist
 * @MIMESEND_ERROR_CONNECT: no connection, or one that was lost before the end of the data; trying later is safe
 * @MIMESEND_ERROR_TLS: TLS was refused, or the server's certificate was
 * @MIMESEND_ERROR_LOGIN: the server refused the credentials, or they would have been sent unprotected
 * @MIMESEND_ERROR_PROTOCOL: the server violated SMTP (RFC 5321)
 * @MIMESEND_ERROR_REFUSED: refused permanently (5yz)
 * @MIMESEND_ERROR_DEFERRED: refused temporarily (4yz); trying later is safe
 * @MIMESEND_ERROR_PARTIAL: some recipients have the message, some do not: see the receipt
 * @MIMESEND_ERROR_IN_DOUBT: the connection was lost after the end of the data and before the reply: the server
 *   may have the message, and sending it again may send it twice
 * @MIMESEND_ERROR_NOT_TRIED: given up before the server was asked to take the message to take the message
 * @MIMESEND_ERROR_TIMED_OUT: the deadline for the whole passed before the end of the data; trying later is safe. (A stage
 *   that takes too long is %MIMESEND_ERROR_CONNECT: the connection is given up, and another may do better.)
 *
 * What went wrong. Cancelling before the end of the data is %G_IO_ERROR_CANCELLED, after it
 * %MIMESEND_ERROR_IN_DOUBT.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_ERROR_ARGUMENT,
  MIMESEND_ERROR_ADDRESS,
  MIMESEND_ERROR_CONTENT,
  MIMESEND_ERROR_UNSUPPORTED,
  MIMESEND_ERROR_RESOLVE,
  MIMESEND_ERROR_CONNECT,
  MIMESEND_ERROR_TLS,
  MIMESEND_ERROR_LOGIN,
  MIMESEND_ERROR_PROTOCOL,
  MIMESEND_ERROR_REFUSED,
  MIMESEND_ERROR_DEFERRED,
  MIMESEND_ERROR_PARTIAL,
  MIMESEND_ERROR_IN_DOUBT,
  MIMESEND_ERROR_NOT_TRIED,
  MIMESEND_ERROR_TIMED_OUT
} MimesendError;

GQuark mimesend_error_quark (void);

G_END_DECLS
