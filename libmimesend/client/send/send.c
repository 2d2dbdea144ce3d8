/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocking functions that send one message, each through a session of its own. */
#include "mimesend-send.h"

#include "client/send/arg-private.h"
#include "client/drive/policy.h"
#include "client/send/one-shot.h"
#include "mimesend-error.h"

/* Runs and frees self; NULL: it could not be made. */
static gboolean
send_and_wait (MimesendOneShot *self, MimesendReceipt **receipt, GCancellable *cancellable, GError **error)
{
  MimesendReceipt *got;
  gboolean sent;

  if (self == NULL)
    return FALSE;
  got = mimesend_session_send (self->session, self->envelope, self->content, self->flags, cancellable, error);
  sent = mimesend_one_shot_end (self, got, error);
  if (got != NULL)
    mimesend_session_close (self->session, cancellable, NULL); /* the reply to QUIT does not matter */
  if (receipt != NULL)
    *receipt = g_steal_pointer (&self->receipt);
  mimesend_one_shot_free (self);
  return sent;
}

/**
 * mimesend_send_smtp_content:
 * @server: the server
 * @from: the reverse-path, a bare address; "" is the null one (RFC 5321 4.5.5)
 * @to: (array zero-terminated=1): bare addresses
 * @content: the message, as octets, from the first (#MimesendContent says how often a content may be sent): no header is
 *   prepended, line ends become CRLF (RFC 5321 2.3.8)
 * @flags: how the message is sent; by default all recipients or none
 * @receipt: (out) (optional) (nullable) (transfer full): the server's words, on %TRUE and on %FALSE, whenever
 * a server was reached
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Asks an SMTP server to send a message and waits.
 *
 * Returns: %TRUE: the server claimed that it received the message. %FALSE sets @error, a #MimesendError
 * or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
mimesend_send_smtp_content (MimesendServer *server,
                            const char *from,
                            const char *const *to,
                            MimesendContent *content,
                            MimesendSendFlags flags,
                            MimesendReceipt **receipt,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (server != NULL && MIMESEND_IS_CONTENT (content), FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (receipt != NULL)
    *receipt = NULL;
  return send_and_wait (mimesend_one_shot_new (server, from, to, content, flags, error), receipt, cancellable,
                        error);
}

/**
 * mimesend_send_smtp_auth_content:
 * @server: the server
 * @from: the reverse-path
 * @to: (array zero-terminated=1): bare addresses
 * @login: the name to log in with
 * @password: the password; it is sent over an unprotected connection only if @server allows that explicitly
 * @content: the message
 * @flags: how the message is sent
 * @receipt: (out) (optional) (nullable) (transfer full): the server's words
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * mimesend_send_smtp_content () to a server that requires authentication (RFC 4954).
 *
 * Returns: as mimesend_send_smtp_content (); %MIMESEND_ERROR_LOGIN in addition
 *
 * Since: 0.1
 */
gboolean
mimesend_send_smtp_auth_content (MimesendServer *server,
                                 const char *from,
                                 const char *const *to,
                                 const char *login,
                                 const char *password,
                                 MimesendContent *content,
                                 MimesendSendFlags flags,
                                 MimesendReceipt **receipt,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_autoptr (MimesendServer) with_login = NULL;

  g_return_val_if_fail (server != NULL && login != NULL && password != NULL, FALSE);
  g_return_val_if_fail (MIMESEND_IS_CONTENT (content), FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (receipt != NULL)
    *receipt = NULL;
  with_login = mimesend_server_with_login (server, login, password, error);
  if (with_login == NULL)
    return FALSE;
  return mimesend_send_smtp_content (with_login, from, to, content, flags, receipt, cancellable, error);
}

/**
 * mimesend_send_letter_content:
 * @server: the server
 * @from: (nullable): the author, who may have a display name, instead of the letter's; %NULL: the letter's
 * @to: (nullable) (array zero-terminated=1): recipients of this message, who may have display names, with the letter's
 * @letter: (nullable) (transfer none): subject, reply-to, cc, bcc, headers and attachments; nothing in it is changed
 * @content: (nullable): the text of the letter, in UTF-8; %NULL: what the letter has
 * @flags: how the message is sent
 * @receipt: (out) (optional) (nullable) (transfer full): the server's words
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Builds the header, constructs the tree, and sends its stream to all of to, cc and bcc; bcc is in no header.
 *
 * Returns: as mimesend_send_smtp_content ()
 *
 * Since: 0.1
 */
gboolean
mimesend_send_letter_content (MimesendServer *server,
                              const char *from,
                              const char *const *to,
                              MimesendLetter *letter,
                              MimesendContent *content,
                              MimesendSendFlags flags,
                              MimesendReceipt **receipt,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (server != NULL, FALSE);
  g_return_val_if_fail (letter == NULL || MIMESEND_IS_LETTER (letter), FALSE);
  g_return_val_if_fail (content == NULL || MIMESEND_IS_CONTENT (content), FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (receipt != NULL)
    *receipt = NULL;
  return send_and_wait (mimesend_one_shot_new_for_letter (server, from, to, letter, content, flags, error),
                        receipt, cancellable, error);
}

/* The arguments of the macros, converted. */
typedef struct
{
  MimesendServer *server;
  char **recipients;
  MimesendContent *content;
} Gathered;

static void
gathered_clear (Gathered *self)
{
  g_clear_pointer (&self->server, mimesend_server_unref);
  g_clear_pointer (&self->recipients, g_strfreev);
  g_clear_object (&self->content);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathered, gathered_clear)

static gboolean
gather_arguments (Gathered *self,
                  const MimesendArg *server,
                  const MimesendArg *to,
                  MimesendReceipt **receipt,
                  GError **error,
                  gsize n_messages,
                  const MimesendArg *messages)
{
  if (receipt != NULL)
    *receipt = NULL;
  self->server = mimesend_arg_to_server (server, error);
  if (self->server == NULL)
    return FALSE;
  self->recipients = mimesend_arg_to_recipients (to);
  self->content = mimesend_arg_to_content (n_messages, messages, error);
  return self->content != NULL;
}

/**
 * mimesend_send_smtp_args: (skip)
 *
 * Implements the macro mimesend_send_smtp ().
 *
 * Since: 0.1
 */
gboolean
mimesend_send_smtp_args (MimesendArg server,
                         const char *from,
                         MimesendArg to,
                         MimesendReceipt **receipt,
                         GError **error,
                         gsize n_messages,
                         const MimesendArg *messages)
{
  g_auto (Gathered) all = { NULL };

  g_return_val_if_fail (messages != NULL || n_messages == 0, FALSE);
  if (!gather_arguments (&all, &server, &to, receipt, error, n_messages, messages))
    return FALSE;
  return mimesend_send_smtp_content (all.server, from, (const char *const *)all.recipients, all.content,
                                     MIMESEND_SEND_DEFAULT, receipt, NULL, error);
}

/**
 * mimesend_send_smtp_auth_args: (skip)
 *
 * Implements the macro mimesend_send_smtp_auth ().
 *
 * Since: 0.1
 */
gboolean
mimesend_send_smtp_auth_args (MimesendArg server,
                              const char *from,
                              MimesendArg to,
                              const char *login,
                              const char *password,
                              MimesendReceipt **receipt,
                              GError **error,
                              gsize n_messages,
                              const MimesendArg *messages)
{
  g_auto (Gathered) all = { NULL };

  g_return_val_if_fail (messages != NULL || n_messages == 0, FALSE);
  g_return_val_if_fail (login != NULL && password != NULL, FALSE);
  if (!gather_arguments (&all, &server, &to, receipt, error, n_messages, messages))
    return FALSE;
  return mimesend_send_smtp_auth_content (all.server, from, (const char *const *)all.recipients, login,
                                          password, all.content, MIMESEND_SEND_DEFAULT, receipt, NULL, error);
}

/**
 * mimesend_send_letter_args: (skip)
 *
 * Implements the macro mimesend_send_letter ().
 *
 * Since: 0.1
 */
gboolean
mimesend_send_letter_args (MimesendArg server,
                           const char *from,
                           MimesendArg to,
                           MimesendLetter *letter,
                           MimesendReceipt **receipt,
                           GError **error,
                           gsize n_messages,
                           const MimesendArg *messages)
{
  g_auto (Gathered) all = { NULL };

  g_return_val_if_fail (messages != NULL || n_messages == 0, FALSE);
  g_return_val_if_fail (letter == NULL || MIMESEND_IS_LETTER (letter), FALSE);
  if (!gather_arguments (&all, &server, &to, receipt, error, n_messages, messages))
    return FALSE;
  return mimesend_send_letter_content (all.server, from, (const char *const *)all.recipients, letter,
                                       all.content, MIMESEND_SEND_DEFAULT, receipt, NULL, error);
}
