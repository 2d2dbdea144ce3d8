/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of a receipt: times, extensions, the end of the dialogue. */
#include "values/receipt-private.h"
#include "octets/seconds.h"

void
mimesend_receipt_set_dialogue (MimesendReceipt *self, char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_utf8_validate (lines[i], -1, NULL))
      {
        char *raw = lines[i];

        lines[i] = g_utf8_make_valid (raw, -1);
        g_free (raw);
      }
  g_strfreev (self->dialogue);
  self->dialogue = lines;
}

/**
 * mimesend_receipt_get_dialogue:
 * @self: a receipt
 *
 * The last lines of the dialogue, 64 lines and 8 KiB at most, of the last transaction that was not accepted, or of the
 * connection that failed: each behind “> ” (sent), “< ” (received) or “* ” (a note). Secrets are hidden, of the content
 * there is only the length. Untrusted: escape controls before showing them.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the lines, the oldest first; %NULL where everything was
 *   accepted, or no server was reached
 *
 * Since: 0.1
 */
const char *const *
mimesend_receipt_get_dialogue (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->dialogue;
}

/**
 * mimesend_receipt_get_stage_time:
 * @self: a receipt
 * @stage: a stage
 *
 * How long a stage took, by the monotonic clock, over all transactions and attempts. The stages follow one another: with
 * PIPELINING one counts from the end of the one before. %MIMESEND_STAGE_CONNECT is resolving and connecting. What is done
 * once a connection (up to %MIMESEND_STAGE_AUTH) is told with the first message that goes by it.
 *
 * Returns: seconds; 0 for a stage that was not passed
 *
 * Since: 0.1
 */
double
mimesend_receipt_get_stage_time (MimesendReceipt *self, MimesendStage stage)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint)stage < G_N_ELEMENTS (self->stage_us), 0);
  return mimesend_seconds_from_us (self->stage_us[stage]);
}

/**
 * mimesend_receipt_is_certain:
 * @self: a receipt
 *
 * Tells whether anything is in doubt.
 *
 * Returns: whether it is known of every recipient whether the server has the message for it; %FALSE for what is in doubt
 *
 * Since: 0.1
 */
gboolean
mimesend_receipt_is_certain (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  for (guint i = 0; i < self->n_recipients; i++)
    if (self->recipients[i].outcome == MIMESEND_OUTCOME_IN_DOUBT)
      return FALSE;
  return TRUE;
}

/**
 * mimesend_receipt_get_extensions:
 * @self: a receipt
 *
 * Which extensions of SMTP the message made use of, by their EHLO keywords: "PIPELINING", "CHUNKING", "STARTTLS" …
 *
 * Returns: (transfer none) (array zero-terminated=1): their names; may be empty
 *
 * Since: 0.1
 */
const char *const *
mimesend_receipt_get_extensions (MimesendReceipt *self)
{
  static const char *const names[] = {
    "PIPELINING", "SIZE", "8BITMIME",   "SMTPUTF8", "CHUNKING",  "BINARYMIME",  "ENHANCEDSTATUSCODES", "DSN",
    "STARTTLS",   "AUTH", "REQUIRETLS", "LIMITS",   "DELIVERBY", "MT-PRIORITY", "FUTURERELEASE",
  };
  const char **made;
  guint n = 0;

  g_return_val_if_fail (self != NULL, NULL);
  made = g_atomic_pointer_get (&self->extensions);
  if (made != NULL)
    return made;
  made = g_new0 (const char *, G_N_ELEMENTS (names) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->used & (1u << i))
      made[n++] = names[i];
  if (g_atomic_pointer_compare_and_exchange (&self->extensions, NULL, made))
    return made;
  g_free (made); /* another thread was faster */
  return g_atomic_pointer_get (&self->extensions);
}
