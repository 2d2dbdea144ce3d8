/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that send one message. */
#pragma once

#include <gio/gio.h>
#include "mimesend-arg.h"
#include "mimesend-content.h"
#include "mimesend-letter.h"
#include "mimesend-receipt.h"
#include "mimesend-server.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

gboolean mimesend_send_smtp_content (MimesendServer *server,
                                     const char *from,
                                     const char *const *to,
                                     MimesendContent *content,
                                     MimesendSendFlags flags,
                                     MimesendReceipt **receipt,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean mimesend_send_smtp_auth_content (MimesendServer *server,
                                          const char *from,
                                          const char *const *to,
                                          const char *login,
                                          const char *password,
                                          MimesendContent *content,
                                          MimesendSendFlags flags,
                                          MimesendReceipt **receipt,
                                          GCancellable *cancellable,
                                          GError **error);
gboolean mimesend_send_letter_content (MimesendServer *server,
                                       const char *from,
                                       const char *const *to,
                                       MimesendLetter *letter,
                                       MimesendContent *content,
                                       MimesendSendFlags flags,
                                       MimesendReceipt **receipt,
                                       GCancellable *cancellable,
                                       GError **error);

void mimesend_send_smtp_content_async (MimesendServer *server,
                                       const char *from,
                                       const char *const *to,
                                       MimesendContent *content,
                                       MimesendSendFlags flags,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean mimesend_send_smtp_content_finish (GAsyncResult *result, MimesendReceipt **receipt, GError **error);
void mimesend_send_letter_content_async (MimesendServer *server,
                                         const char *from,
                                         const char *const *to,
                                         MimesendLetter *letter,
                                         MimesendContent *content,
                                         MimesendSendFlags flags,
                                         int io_priority,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
mimesend_send_letter_content_finish (GAsyncResult *result, MimesendReceipt **receipt, GError **error);

#ifndef __GI_SCANNER__

gboolean mimesend_send_smtp_args (MimesendArg server,
                                  const char *from,
                                  MimesendArg to,
                                  MimesendReceipt **receipt,
                                  GError **error,
                                  gsize n_messages,
                                  const MimesendArg *messages);
gboolean mimesend_send_smtp_auth_args (MimesendArg server,
                                       const char *from,
                                       MimesendArg to,
                                       const char *login,
                                       const char *password,
                                       MimesendReceipt **receipt,
                                       GError **error,
                                       gsize n_messages,
                                       const MimesendArg *messages);
gboolean mimesend_send_letter_args (MimesendArg server,
                                    const char *from,
                                    MimesendArg to,
                                    MimesendLetter *letter,
                                    MimesendReceipt **receipt,
                                    GError **error,
                                    gsize n_messages,
                                    const MimesendArg *messages);

#endif /* __GI_SCANNER__ */

/* Documented for the reference; the scanner does not evaluate the macros. */
#ifdef __GI_SCANNER__
#define MIMESEND_ARGS
#endif
#ifdef MIMESEND_ARGS

/**
 * mimesend_send_smtp:
 * @server: a string (a name, an address, `host:port`, a URL), an IPv4 address as a number in host order, a
 *   `GInetAddress *`, a `GSocketConnectable *` or a `MimesendServer *` (#MimesendServer)
 * @from: the reverse-path, a bare address; "" is the null one (RFC 5321 4.5.5)
 * @to: a bare address, or a %NULL-terminated array of them
 * @receipt: (out) (optional): a `MimesendReceipt **` or %NULL; set whenever a server was reached
 * @error: a `GError **` or %NULL
 * @...: 1 to 64 messages: strings, `GMimeStream *`, `GInputStream *`, `GBytes *`, `GString *`, `MimesendContent *`, in any
 *   combination; what is sent is their concatenation
 *
 * Sends a message. %TRUE means that the server confirmed that it has the message for every recipient. No header is added,
 * and line ends become CRLF (RFC 5321 2.3.8). Streams are read to their end and not closed; they are rewound only to send
 * the message again, in another transaction or attempt.
 *
 * Since: 0.1
 */
#define mimesend_send_smtp(server, from, to, receipt, error, ...)                                            \
  mimesend_send_smtp_args (MIMESEND_ARG_OF_SERVER (server), from, MIMESEND_ARG_OF_TO (to), receipt, error,   \
                           MIMESEND_ARG_COUNT (__VA_ARGS__), MIMESEND_ARG_LIST (__VA_ARGS__))

/**
 * mimesend_send_smtp_auth:
 * @server: as for mimesend_send_smtp()
 * @from: the reverse-path
 * @to: the recipients
 * @login: the user
 * @password: the password
 * @receipt: (out) (optional): a `MimesendReceipt **` or %NULL
 * @error: a `GError **` or %NULL
 * @...: 1 to 64 messages
 *
 * As mimesend_send_smtp(), with a login (RFC 4954).
 *
 * Since: 0.1
 */
#define mimesend_send_smtp_auth(server, from, to, login, password, receipt, error, ...)                      \
  mimesend_send_smtp_auth_args (MIMESEND_ARG_OF_SERVER (server), from, MIMESEND_ARG_OF_TO (to), login,       \
                                password, receipt, error, MIMESEND_ARG_COUNT (__VA_ARGS__),                  \
                                MIMESEND_ARG_LIST (__VA_ARGS__))

/**
 * mimesend_send_letter:
 * @server: as for mimesend_send_smtp()
 * @from: the sender, with a name or bare
 * @to: the recipients
 * @letter: (nullable): the other fields and attachments
 * @receipt: (out) (optional): a `MimesendReceipt **` or %NULL
 * @error: a `GError **` or %NULL
 * @...: 1 to 64 messages, the letter's text
 *
 * Sends a letter: with a header of From, To and the fields of @letter (Subject, Cc, Reply-To, attachments …), and the
 * messages as its text.
 *
 * Since: 0.1
 */
#define mimesend_send_letter(server, from, to, letter, receipt, error, ...)                                  \
  mimesend_send_letter_args (MIMESEND_ARG_OF_SERVER (server), from, MIMESEND_ARG_OF_TO (to), letter,         \
                             receipt, error, MIMESEND_ARG_COUNT (__VA_ARGS__),                               \
                             MIMESEND_ARG_LIST (__VA_ARGS__))

#endif /* MIMESEND_ARGS */

G_END_DECLS
