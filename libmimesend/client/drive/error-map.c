/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/error-map.h"

#include "values/passing.h"
#include "octets/printable.h"
#include "client/drive/wrong-port.h"
#include "mimesend-error.h"

static MimesendError
code_for (MimesendSmtpFailure failure)
{
  switch (failure)
    {
    case MIMESEND_SMTP_FAILURE_TIMEOUT:
    case MIMESEND_SMTP_FAILURE_CLOSED:
      return MIMESEND_ERROR_CONNECT;
    case MIMESEND_SMTP_FAILURE_PROTOCOL:
      return MIMESEND_ERROR_PROTOCOL;
    case MIMESEND_SMTP_FAILURE_TLS:
      return MIMESEND_ERROR_TLS;
    case MIMESEND_SMTP_FAILURE_AUTH:
      return MIMESEND_ERROR_LOGIN;
    case MIMESEND_SMTP_FAILURE_CONTENT:
    case MIMESEND_SMTP_FAILURE_NUL:
      return MIMESEND_ERROR_CONTENT;
    case MIMESEND_SMTP_FAILURE_EIGHT_BIT:
    case MIMESEND_SMTP_FAILURE_UNSUPPORTED:
      return MIMESEND_ERROR_UNSUPPORTED;
    case MIMESEND_SMTP_FAILURE_NONE:
    case MIMESEND_SMTP_FAILURE_REPLY:
    case MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING:
    case MIMESEND_SMTP_FAILURE_ABORTED:
    default:
      return MIMESEND_ERROR_NOT_TRIED;
    }
}

GError *
mimesend_error_map_to_error (const MimesendSmtpEvent *event)
{
  switch (event->failure)
    {
    case MIMESEND_SMTP_FAILURE_NONE:
    case MIMESEND_SMTP_FAILURE_REPLY:
    case MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING:
      return NULL;
    case MIMESEND_SMTP_FAILURE_EIGHT_BIT:
      return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                          "the content has octets above 127 and the server does not offer 8BITMIME: encode "
                          "it (quoted-printable or base64), or "
                          "allow it to go as it is");
    case MIMESEND_SMTP_FAILURE_NUL:
      return g_error_new (
          MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
          "the content has a NUL octet, which no mail server may be given as text: attach it (base64)");
    case MIMESEND_SMTP_FAILURE_TIMEOUT:
    case MIMESEND_SMTP_FAILURE_CLOSED:
    case MIMESEND_SMTP_FAILURE_PROTOCOL:
    case MIMESEND_SMTP_FAILURE_TLS:
    case MIMESEND_SMTP_FAILURE_AUTH:
    case MIMESEND_SMTP_FAILURE_CONTENT:
    case MIMESEND_SMTP_FAILURE_UNSUPPORTED:
    case MIMESEND_SMTP_FAILURE_ABORTED:
    default:
      return g_error_new_literal (MIMESEND_ERROR, (int)code_for (event->failure),
                                  event->words != NULL ? event->words
                                                       : mimesend_smtp_stage_words (event->stage));
    }
}

/* 4yz is DEFERRED at any stage. The meaning of 5yz depends on the stage, not on the code. */
static MimesendError
code_for_reply (const MimesendSmtpEvent *event)
{
  if (event->reply->code / 100 == 4)
    return MIMESEND_ERROR_DEFERRED;
  if (event->stage == MIMESEND_SMTP_STAGE_AUTH)
    return MIMESEND_ERROR_LOGIN;
  if (event->stage == MIMESEND_SMTP_STAGE_TLS)
    return MIMESEND_ERROR_TLS;
  return MIMESEND_ERROR_REFUSED;
}

GError *
mimesend_error_map_of_closed (const MimesendSmtpEvent *event, const GError *known, MimesendServer *server)
{
  const MimesendSmtpReply *reply = event->reply;
  g_autofree char *text = NULL;

  if (reply != NULL && reply->code >= 400)
    {
      text = mimesend_printable_lines (reply->text, 1024);
      return g_error_new (MIMESEND_ERROR, (int)code_for_reply (event), "%s, %s: %u %s%s%s", server->text,
                          mimesend_smtp_stage_words (event->stage), reply->code, reply->enhanced,
                          reply->enhanced[0] != '\0' ? " " : "", text);
    }
  if (known != NULL)
    return g_error_copy (known);
  if (event->stage == MIMESEND_SMTP_STAGE_GREETING &&
      (event->failure == MIMESEND_SMTP_FAILURE_TIMEOUT || event->failure == MIMESEND_SMTP_FAILURE_CLOSED))
    text = mimesend_wrong_port_hint (server);
  return g_error_new (MIMESEND_ERROR, (int)code_for (event->failure), "%s: %s%s", server->text,
                      event->words != NULL ? event->words : "the connection was closed",
                      text != NULL ? text : "");
}

gboolean
mimesend_error_map_is_passing (MimesendSmtpFailure failure, const GError *reason)
{
  return failure == MIMESEND_SMTP_FAILURE_TIMEOUT || failure == MIMESEND_SMTP_FAILURE_CLOSED ||
         (failure == MIMESEND_SMTP_FAILURE_ABORTED && mimesend_error_is_passing (reason));
}
