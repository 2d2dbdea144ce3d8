/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remembers the responses of a login, to redact them where a server repeats them. */
#include "smtp/client-private.h"

#include <string.h>

#include "octets/redact.h"

static void
secret_free (gpointer text)
{
  mimesend_smtp_wipe (text, strlen (text));
  g_free (text);
}

/* text: in base64, as it is sent. */
void
mimesend_smtp_login_remember (MimesendSmtpClient *self, const char *text)
{
  if (self->secrets == NULL)
    self->secrets = g_ptr_array_new_with_free_func (secret_free);
  g_ptr_array_add (self->secrets, g_strdup (text));
}

void
mimesend_smtp_login_forget (MimesendSmtpClient *self)
{
  g_clear_pointer (&self->secrets, g_ptr_array_unref);
}

/* The password of PLAIN is behind the last NUL (RFC 4616 2), a token between "auth=Bearer " and two ^A (RFC 7628 3.1). NULL:
 * nothing is there. */
static char *
last_piece (const char *base64)
{
  static const char bearer[] = "auth=Bearer ";
  gsize n, begin;
  guchar *octets = g_base64_decode (base64, &n);
  char *piece = NULL;

  while (n > 0 && octets[n - 1] <= 1)
    n--;
  for (begin = n; begin > 0 && octets[begin - 1] > 1; begin--)
    ;
  if (n > begin)
    piece = g_strndup ((char *)octets + begin, n - begin);
  if (piece != NULL && g_str_has_prefix (piece, bearer))
    memmove (piece, piece + strlen (bearer), strlen (piece + strlen (bearer)) + 1);
  mimesend_smtp_wipe (octets, n);
  g_free (octets);
  return piece;
}

/* Only the last response that is not empty contains a plain secret: the one before a password is the user's name, which may
 * be shown. */
void
mimesend_smtp_login_redact (MimesendSmtpClient *self, char *reply)
{
  char *piece = NULL;

  for (guint i = 0; self->secrets != NULL && i < self->secrets->len; i++)
    mimesend_redact (reply, g_ptr_array_index (self->secrets, i));
  for (guint i = self->secrets != NULL ? self->secrets->len : 0; i > 0 && piece == NULL; i--)
    piece = last_piece (g_ptr_array_index (self->secrets, i - 1));
  if (piece != NULL)
    {
      char *alone = g_base64_encode ((guchar *)piece, strlen (piece));

      mimesend_redact (reply, alone);
      mimesend_redact (reply, piece);
      secret_free (alone);
      secret_free (piece);
    }
}
