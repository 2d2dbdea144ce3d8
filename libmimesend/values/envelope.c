/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The envelope (RFC 5321 2.3.1): a reverse-path and recipients, checked before a server is asked. A value. */
#include "mimesend-envelope.h"

#include <string.h>

#include "octets/boxed.h"
#include "values/envelope-private.h"
#include "octets/printable.h"
#include "octets/spelled.h"
#include "mimesend-error.h"
#include "octets/mailbox.h"

MIMESEND_DEFINE_BOXED (MimesendEnvelope, mimesend_envelope)

gboolean
mimesend_envelope_check_mailbox (const char *argument, const char *text, GError **error)
{
  MimesendMailbox mailbox;
  MimesendMailboxFault fault = mimesend_mailbox_scan (text, strlen (text), &mailbox);
  g_autofree char *shown = NULL;
  g_autofree char *guess = NULL;

  if (fault == MIMESEND_MAILBOX_OK)
    return TRUE;
  shown = mimesend_printable (text, 100);
  guess = mimesend_mailbox_guess (text, strlen (text));
  if (guess != NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
                 "%s: '%s' %s; an address here is bare: write %s", argument, shown,
                 mimesend_mailbox_fault_words (fault), guess);
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
                 "%s: '%s' %s; write an address like foo@example.com", argument, shown,
                 mimesend_mailbox_fault_words (fault));
  return FALSE;
}

static gboolean
check_recipient (const char *const *recipients, guint i, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autofree char *spelled = NULL;
  g_autofree char *shown = NULL;

  if (mimesend_envelope_check_mailbox ("to", recipients[i], &own))
    return TRUE;
  spelled = mimesend_spelled_text (recipients);
  if (spelled == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
  shown = mimesend_printable (spelled, 100);
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
      "to: '%s' was given letter by letter, as a string where an array of addresses is due; write ['%s']",
      shown, shown);
  return FALSE;
}

/**
 * mimesend_envelope_new:
 * @reverse_path: the address that gets the bounces: "foo" or "foo@bar.com"; "" or "<>": none, the null reverse-path
 *   (RFC 5321 4.5.5)
 * @recipients: (array zero-terminated=1): bare addresses, at least one; duplicates are dropped
 * @error: return location for a #GError
 *
 * Addresses are taken as they are: display names, blanks and controls are refused, nothing is trimmed.
 *
 * Returns: (transfer full): an envelope, or %NULL with %MIMESEND_ERROR_ADDRESS or %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_new (const char *reverse_path, const char *const *recipients, GError **error)
{
  g_autoptr (MimesendEnvelope) self = g_new0 (MimesendEnvelope, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_atomic_ref_count_init (&self->refs);
  self->recipients = g_ptr_array_new_with_free_func (g_free);
  if (reverse_path == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "from: no reverse-path was given; write an address, or \"\" for the null reverse-path");
      return NULL;
    }
  self->reverse_path = g_strdup (g_str_equal (reverse_path, "<>") ? "" : reverse_path);
  if (*self->reverse_path != '\0' && !mimesend_envelope_check_mailbox ("from", self->reverse_path, error))
    return NULL;

  for (guint i = 0; recipients != NULL && recipients[i] != NULL; i++)
    {
      if (g_hash_table_contains (seen, recipients[i]))
        continue;
      if (!check_recipient (recipients, i, error))
        return NULL;
      g_ptr_array_add (self->recipients, g_strdup (recipients[i]));
      g_hash_table_add (seen, g_ptr_array_index (self->recipients, self->recipients->len - 1));
    }
  if (self->recipients->len == 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "to: no recipient was given (a group without members names nobody)");
      return NULL;
    }
  g_ptr_array_add (self->recipients, NULL);
  return g_steal_pointer (&self);
}

/**
 * mimesend_envelope_ref:
 * @self: an envelope
 *
 * Takes a reference; mimesend_envelope_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_ref (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_envelope_unref:
 * @self: (transfer full) (nullable): an envelope
 *
 * Gives a reference back; with the last one the envelope is freed. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_envelope_unref (MimesendEnvelope *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->reverse_path);
  g_ptr_array_unref (self->recipients);
  g_free (self->options.id);
  g_strfreev (self->options.originals);
  g_clear_pointer (&self->options.hold_until, g_date_time_unref);
  g_free (self);
}

/**
 * mimesend_envelope_get_reverse_path:
 * @self: an envelope
 *
 * Gets the bare address that errors are returned to.
 *
 * Returns: the reverse-path; "" is the null one
 *
 * Since: 0.1
 */
const char *
mimesend_envelope_get_reverse_path (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->reverse_path;
}

/**
 * mimesend_envelope_get_recipients:
 * @self: an envelope
 *
 * Gets the recipients, bare addresses.
 *
 * Returns: (transfer none) (array zero-terminated=1): the recipients, each once, in the order given
 *
 * Since: 0.1
 */
const char *const *
mimesend_envelope_get_recipients (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->recipients->pdata;
}

/**
 * mimesend_envelope_get_n_recipients:
 * @self: an envelope
 *
 * Counts the recipients.
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
guint
mimesend_envelope_get_n_recipients (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->recipients->len - 1;
}
