/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A receipt in words, and as a GError. */
#include "values/receipt-private.h"

#include <gio/gio.h>
#include <string.h>

#include "values/passing.h"
#include "octets/printable.h"
#include "values/status-words.h"
#include "mimesend-error.h"

/**
 * mimesend_outcome_to_string:
 * @outcome: an outcome
 *
 * Names an outcome, for logs; the name stays as it is.
 *
 * Returns: its name, as in the command's JSON: "accepted", "in-doubt" …
 *
 * Since: 0.1
 */
const char *
mimesend_outcome_to_string (MimesendOutcome outcome)
{
  static const char *const names[] = {
    [MIMESEND_OUTCOME_NOT_TRIED] = "not-tried", [MIMESEND_OUTCOME_ACCEPTED] = "accepted",
    [MIMESEND_OUTCOME_PARTIAL] = "partial",     [MIMESEND_OUTCOME_REFUSED] = "refused",
    [MIMESEND_OUTCOME_DEFERRED] = "deferred",   [MIMESEND_OUTCOME_IN_DOUBT] = "in-doubt",
  };

  g_return_val_if_fail ((guint)outcome < G_N_ELEMENTS (names), NULL);
  return names[outcome];
}

/**
 * mimesend_stage_to_string:
 * @stage: a stage
 *
 * Names a stage, for logs; the name stays as it is.
 *
 * Returns: its name, as in the command's JSON: "connect", "end-of-data" …
 *
 * Since: 0.1
 */
const char *
mimesend_stage_to_string (MimesendStage stage)
{
  static const char *const names[] = {
    [MIMESEND_STAGE_NONE] = "none",
    [MIMESEND_STAGE_CONNECT] = "connect",
    [MIMESEND_STAGE_GREETING] = "greeting",
    [MIMESEND_STAGE_HELLO] = "hello",
    [MIMESEND_STAGE_TLS] = "tls",
    [MIMESEND_STAGE_AUTH] = "auth",
    [MIMESEND_STAGE_MAIL] = "mail",
    [MIMESEND_STAGE_RCPT] = "rcpt",
    [MIMESEND_STAGE_DATA] = "data",
    [MIMESEND_STAGE_CONTENT] = "content",
    [MIMESEND_STAGE_END_OF_DATA] = "end-of-data",
    [MIMESEND_STAGE_RESET] = "reset",
    [MIMESEND_STAGE_QUIT] = "quit",
  };

  g_return_val_if_fail ((guint)stage < G_N_ELEMENTS (names), NULL);
  return names[stage];
}

/* The id follows one of these, up to a blank or a closing mark. */
char *
mimesend_receipt_find_queue_id (const char *text)
{
  static const char *const marks[] = { "queued as ",
                                       "stored as ",
                                       "queued: ",
                                       "id=",
                                       "Message accepted for delivery: ",
                                       "Saved id ",
                                       "Message queued with id ",
                                       "accepted with id " };
  gsize length;

  if (text == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      const char *at = strstr (text, marks[i]);

      if (at == NULL)
        continue;
      at += strlen (marks[i]);
      length = strspn (at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=@");
      while (length > 0 && strchr (".,", at[length - 1]) != NULL)
        length--;
      if (length >= 4 && length <= 128)
        return g_strndup (at, length);
    }
  /* Dovecot's LMTP: "<box> W1w2x3y4 Saved"; OpenSMTPD: "2.0.0 1a2b3c4d Message accepted for delivery". */
  {
    const char *tail = strstr (text, " Message accepted for delivery");
    const char *head = tail;

    if (tail == NULL)
      tail = head = strstr (text, " Saved");
    while (head != NULL && head > text && !g_ascii_isspace (head[-1]))
      head--;
    if (head != NULL && tail - head >= 4 && tail - head <= 128)
      return g_strndup (head, (gsize)(tail - head));
  }
  return NULL;
}

static MimesendError
error_for (MimesendOutcome outcome)
{
  switch (outcome)
    {
    case MIMESEND_OUTCOME_PARTIAL:
      return MIMESEND_ERROR_PARTIAL;
    case MIMESEND_OUTCOME_REFUSED:
      return MIMESEND_ERROR_REFUSED;
    case MIMESEND_OUTCOME_DEFERRED:
      return MIMESEND_ERROR_DEFERRED;
    case MIMESEND_OUTCOME_IN_DOUBT:
      return MIMESEND_ERROR_IN_DOUBT;
    case MIMESEND_OUTCOME_ACCEPTED:
    case MIMESEND_OUTCOME_NOT_TRIED:
    default:
      return MIMESEND_ERROR_NOT_TRIED;
    }
}

static void
append_words (GString *out, const MimesendWords *words)
{
  g_autofree char *text = mimesend_printable_lines (words->text != NULL ? words->text : "", 1024);

  if (words->code != 0)
    g_string_append_printf (out, "%u ", words->code);
  if (words->enhanced[0] != '\0')
    g_string_append_printf (out, "%s ", words->enhanced);
  g_string_append (out, text);
}

/* The first recipient that stands for the outcome. */
static const MimesendReceiptRecipient *
recipient_that_decided (MimesendReceipt *self, MimesendOutcome outcome)
{
  for (guint i = 0; i < self->n_recipients; i++)
    {
      const MimesendReceiptRecipient *r = &self->recipients[i];

      if (outcome == MIMESEND_OUTCOME_PARTIAL ? r->outcome != MIMESEND_OUTCOME_ACCEPTED
                                              : r->outcome == outcome)
        return r;
    }
  return NULL;
}

/* A refusal of some recipients stays the outcome when the connection is lost for the others. */
static gboolean
failure_decided (MimesendReceipt *self, MimesendOutcome outcome)
{
  return self->failure != NULL &&
         !(outcome == MIMESEND_OUTCOME_REFUSED && mimesend_error_is_passing (self->failure));
}

/* Returns the reply that decided; NULL: something else did. */
static const MimesendWords *
append_cause (GString *out, MimesendReceipt *self, MimesendOutcome outcome)
{
  const MimesendReceiptRecipient *recipient = recipient_that_decided (self, outcome);

  if (failure_decided (self, outcome))
    {
      g_string_append (out, self->failure->message);
      return self->last.code >= 400 ? &self->last : NULL;
    }
  if (recipient != NULL && recipient->words.text != NULL)
    {
      if (self->stage == MIMESEND_STAGE_RCPT || outcome == MIMESEND_OUTCOME_PARTIAL)
        g_string_append_printf (out, "%s: ", recipient->address);
      append_words (out, &recipient->words);
      return &recipient->words;
    }
  append_words (out, &self->last);
  return &self->last;
}

/* The stage of the reply. Where other recipients have the message, the refusal was a reply to RCPT, unless each recipient
 * has a final reply of its own (LMTP). */
static MimesendStage
decided_at (MimesendReceipt *self, MimesendOutcome outcome, const MimesendWords *decided)
{
  return outcome == MIMESEND_OUTCOME_PARTIAL && decided != &self->last ? MIMESEND_STAGE_RCPT : self->stage;
}

static void
append_sentence (GString *out, const char *lead, const char *sentence)
{
  if (sentence == NULL || *sentence == '\0')
    return;
  if (out->len > 0 && out->str[out->len - 1] != '.')
    g_string_append_c (out, '.');
  g_string_append_printf (out, " %s%s", lead, sentence);
}

/**
 * mimesend_receipt_explain:
 * @self: a receipt
 *
 * What happened, why, what a refusal means in plain words (the registry of RFC 3463), and whether trying again is safe,
 * in a few sentences.
 *
 * Returns: (transfer full): the sentences; printable, one line
 *
 * Since: 0.1
 */
char *
mimesend_receipt_explain (MimesendReceipt *self)
{
  static const char *const lead[] = {
    "Not sent: ",         "Accepted: ",         "Accepted for some recipients only; ",
    "Refused for good: ", "Not accepted now: ", "In doubt: "
  };
  static const char *const turn[] = {
    "Nobody has the message: once that is mended it may be sent again.",
    "",
    "The others have it: send again to those alone that were not refused for good.",
    "Sending the same again will not help.",
    "Trying again later is safe.",
    "The server may have the message: sending it again may send it twice.",
  };
  MimesendOutcome outcome;
  g_auto (GStrv) retry = NULL;
  GString *out;
  const MimesendWords *decided;

  g_return_val_if_fail (self != NULL, NULL);
  outcome = mimesend_receipt_get_outcome (self);
  retry = mimesend_receipt_get_retry (self);
  out = g_string_new (lead[outcome]);
  decided = append_cause (out, self, outcome);
  if (outcome != MIMESEND_OUTCOME_ACCEPTED && decided != NULL)
    append_sentence (out, "That is: ",
                     mimesend_status_words (decided_at (self, outcome, decided), decided->code,
                                            mimesend_words_get_enhanced (decided)));
  if (self->attempts > 1)
    {
      g_autofree char *attempts = g_strdup_printf ("It was tried %u times.", self->attempts);

      append_sentence (out, "", attempts);
    }
  if (outcome == MIMESEND_OUTCOME_PARTIAL && *retry == NULL)
    append_sentence (out, "", "The others have it: sending it again will not help.");
  else if (outcome == MIMESEND_OUTCOME_REFUSED && *retry != NULL)
    append_sentence (out, "", "Send again to the others alone: they were not refused for good.");
  else if (outcome == MIMESEND_OUTCOME_NOT_TRIED &&
           g_error_matches (self->failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    append_sentence (out, "", "Nobody has the message.");
  else if (outcome != MIMESEND_OUTCOME_DEFERRED || strstr (out->str, "rying again later is safe") == NULL)
    append_sentence (out, "", turn[outcome]);
  return g_string_free (out, FALSE);
}

/**
 * mimesend_receipt_check:
 * @self: a receipt
 * @error: return location for a #GError
 *
 * The outcome as an error, for callers that want all or nothing: %TRUE means that the server said
 * that it has the message for every recipient.
 *
 * Returns: %TRUE when the outcome is %MIMESEND_OUTCOME_ACCEPTED; else @error is set: %MIMESEND_ERROR_REFUSED,
 * DEFERRED, PARTIAL, IN_DOUBT, NOT_TRIED, CONTENT, UNSUPPORTED, PROTOCOL, CONNECT or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
mimesend_receipt_check (MimesendReceipt *self, GError **error)
{
  MimesendOutcome outcome;
  g_autofree char *words = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  outcome = mimesend_receipt_get_outcome (self);
  if (outcome == MIMESEND_OUTCOME_ACCEPTED)
    return TRUE;
  words = mimesend_receipt_explain (self);
  if (failure_decided (self, outcome) && outcome != MIMESEND_OUTCOME_IN_DOUBT &&
      outcome != MIMESEND_OUTCOME_PARTIAL)
    g_propagate_error (error, g_error_copy (self->failure));
  else
    g_set_error_literal (error, MIMESEND_ERROR, (int)error_for (outcome), words);
  return FALSE;
}
