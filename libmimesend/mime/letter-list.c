/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a reader leaves a list: List-Unsubscribe (RFC 2369), and by one click (RFC 8058). */
#include "mime/letter.h"

#include <string.h>

#include "mimesend-error.h"

/* Each stands on a line of its own, in angle brackets. */
#define URI_OCTETS_MAX 900

static gboolean
list_check_uri (const char *uri, GError **error)
{
  const char *why = NULL;

  if (g_ascii_strncasecmp (uri, "https:", 6) != 0 && g_ascii_strncasecmp (uri, "mailto:", 7) != 0)
    why = "it begins with https: or mailto:";
  else if (strlen (uri) > URI_OCTETS_MAX)
    why = "it has at most 900 octets";
  for (const char *c = uri; why == NULL && *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr ("<>\"\\^`{|}", *c) != NULL)
      why = "blanks, angle brackets and what is not ASCII are written as %20 and the like (RFC 3986 2.1)";
    else if (*c == ',')
      why = "a comma is written as %2C: readers take it for the end of the URI (RFC 2369 2)";
  if (why == NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "List-Unsubscribe: '%s' is no URI that can be used: %s", uri, why);
  return FALSE;
}

/**
 * mimesend_letter_set_list_unsubscribe:
 * @self: a letter
 * @uris: (array zero-terminated=1): URIs of https: and mailto:, the best one first; not empty
 * @error: return location for an error, or %NULL
 *
 * Says how the reader leaves the list: List-Unsubscribe (RFC 2369). Where one of them is https: the reader's program can do it by
 * one click (RFC 8058: List-Unsubscribe-Post), which large providers ask of bulk senders: the server behind the URI
 * takes a POST without asking anything, and a DKIM signature must cover both fields.
 *
 * Returns: %TRUE; %FALSE with @error set: #MIMESEND_ERROR_ARGUMENT for what is no such URI, or if it is set already
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_list_unsubscribe (MimesendLetter *self, const char *const *uris, GError **error)
{
  g_autoptr (GString) value = NULL;
  gboolean one_click = FALSE;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (uris != NULL && uris[0] != NULL, FALSE);
  for (guint i = 0; i < self->headers->len; i++)
    if (g_ascii_strncasecmp (((MimesendLetterHeader *)self->headers->pdata[i])->name, "List-Unsubscribe",
                             16) == 0)
      {
        g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                             "the letter has a List-Unsubscribe already");
        return FALSE;
      }
  value = g_string_new (NULL);
  for (guint i = 0; uris[i] != NULL; i++)
    {
      if (!list_check_uri (uris[i], error))
        return FALSE;
      one_click |= g_ascii_strncasecmp (uris[i], "https:", 6) == 0;
      g_string_append_printf (value, "%s<%s>", i > 0 ? ", " : "", uris[i]);
    }
  return mimesend_letter_add_header (self, "List-Unsubscribe", value->str, error) &&
         (!one_click ||
          mimesend_letter_add_header (self, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click", error));
}
