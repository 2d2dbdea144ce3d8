/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/envelope.h"

#include <string.h>

static gboolean
take_envelope (MimesendEnvelope **envelope,
               MimesendEnvelope *changed,
               const char *label,
               GError *error,
               Failure *failure)
{
  mimesend_envelope_unref (*envelope);
  *envelope = changed;
  if (changed != NULL)
    return TRUE;
  g_prefix_error (&error, "%s: ", label);
  return failure_set_error (failure, EXIT_CODE_USAGE, label, error);
}

static gboolean
read_notify (const char *text, MimesendNotifyFlags *flags, Failure *failure)
{
  static const char *const words[] = { "never", "success", "failure", "delay" };
  static const MimesendNotifyFlags values[] = { MIMESEND_NOTIFY_NEVER, MIMESEND_NOTIFY_SUCCESS,
                                                MIMESEND_NOTIFY_FAILURE, MIMESEND_NOTIFY_DELAY };
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ",", -1);

  *flags = MIMESEND_NOTIFY_DEFAULT;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize k = 0;

      while (k < G_N_ELEMENTS (words) && g_ascii_strcasecmp (parts[i], words[k]) != 0)
        k++;
      if (k == G_N_ELEMENTS (words))
        return failure_set (
            failure, EXIT_CODE_USAGE, "--notify",
            "--notify takes never, or some of success, failure and delay with commas between them, not '%s'",
            text);
      *flags |= values[k];
    }
  return TRUE;
}

static gboolean
apply_reports (MimesendEnvelope **envelope, const Options *options, Failure *failure)
{
  MimesendReturn what = MIMESEND_RETURN_DEFAULT;
  MimesendNotifyFlags notify;
  GError *error = NULL;
  MimesendEnvelope *changed;

  if (options->notify == NULL && options->returns == NULL && options->envelope_id == NULL)
    return TRUE;
  if (!read_notify (options->notify, &notify, failure))
    return FALSE;
  if (options->returns != NULL && strcmp (options->returns, "full") == 0)
    what = MIMESEND_RETURN_FULL;
  else if (options->returns != NULL && strcmp (options->returns, "headers") == 0)
    what = MIMESEND_RETURN_HEADERS;
  else if (options->returns != NULL)
    return failure_set (failure, EXIT_CODE_USAGE, "--return", "--return takes full or headers, not '%s'",
                        options->returns);
  changed = mimesend_envelope_with_dsn (*envelope, notify, what, options->envelope_id, &error);
  return take_envelope (envelope, changed, options->envelope_id != NULL ? "--envelope-id" : "--notify", error,
                        failure);
}

static gboolean
apply_priority (MimesendEnvelope **envelope, const Options *options, Failure *failure)
{
  gint64 priority;

  if (options->priority == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (options->priority, 10, -9, 9, &priority, NULL))
    return failure_set (failure, EXIT_CODE_USAGE, "--priority",
                        "--priority takes a number from -9 to 9, not '%s'", options->priority);
  return take_envelope (envelope, mimesend_envelope_with_priority (*envelope, (int)priority, NULL), NULL,
                        NULL, failure);
}

/* Parses "3600", "3600,notify", "3600,trace" and "3600,notify,trace". */
static gboolean
apply_deliver_by (MimesendEnvelope **envelope, const Options *options, Failure *failure)
{
  g_auto (GStrv) parts = g_strsplit (options->deliver_by != NULL ? options->deliver_by : "", ",", -1);
  MimesendDeliverByFlags flags = MIMESEND_DELIVER_BY_RETURN;
  guint64 seconds;

  if (options->deliver_by == NULL)
    return TRUE;
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      if (strcmp (parts[i], "notify") == 0)
        flags &= ~(guint)MIMESEND_DELIVER_BY_RETURN;
      else if (strcmp (parts[i], "trace") == 0)
        flags |= MIMESEND_DELIVER_BY_TRACE;
      else
        return failure_set (failure, EXIT_CODE_USAGE, "--deliver-by",
                            "--deliver-by takes seconds, and notify or trace behind a comma, not '%s'",
                            parts[i]);
    }
  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 1, 999999999, &seconds, NULL))
    return failure_set (failure, EXIT_CODE_USAGE, "--deliver-by",
                        "--deliver-by takes whole seconds from 1 to 999999999, not '%s'",
                        options->deliver_by);
  return take_envelope (envelope, mimesend_envelope_with_deliver_by (*envelope, (double)seconds, flags, NULL),
                        NULL, NULL, failure);
}

static gboolean
apply_hold (MimesendEnvelope **envelope, const Options *options, Failure *failure)
{
  g_autoptr (GDateTime) until = NULL;
  GError *error = NULL;
  MimesendEnvelope *changed;

  if (options->hold > 0 && options->hold_until != NULL)
    return failure_set (failure, EXIT_CODE_USAGE, "--hold-until",
                        "--hold and --hold-until: give one of them");
  if (options->hold > 0)
    return take_envelope (envelope, mimesend_envelope_with_hold (*envelope, options->hold, NULL), NULL, NULL,
                          failure);
  if (options->hold_until == NULL)
    return TRUE;
  until = g_date_time_new_from_iso8601 (options->hold_until, NULL);
  if (until == NULL)
    return failure_set (
        failure, EXIT_CODE_USAGE, "--hold-until",
        "--hold-until takes a date with a time and its zone, 2027-01-31T08:00:00+01:00, not '%s'",
        options->hold_until);
  changed = mimesend_envelope_with_hold_until (*envelope, until, &error);
  return take_envelope (envelope, changed, "--hold-until", error, failure);
}

MimesendEnvelope *
envelope_apply (MimesendEnvelope *envelope, const Options *options, Failure *failure)
{
  gboolean good = apply_reports (&envelope, options, failure) &&
                  apply_priority (&envelope, options, failure) &&
                  apply_deliver_by (&envelope, options, failure) && apply_hold (&envelope, options, failure);

  if (good && options->require_tls)
    take_envelope (&envelope, mimesend_envelope_with_require_tls (envelope, TRUE), NULL, NULL, failure);
  if (!good && envelope != NULL)
    g_clear_pointer (&envelope, mimesend_envelope_unref);
  return envelope;
}
