/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "envelope.h"

#include <string.h>

static gboolean
take (MimesendEnvelope **envelope,
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
  return fail_with (failure, EXIT_CODE_USAGE, label, error);
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
        return fail (
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
    return fail (failure, EXIT_CODE_USAGE, "--return", "--return takes full or headers, not '%s'",
                 options->returns);
  changed = mimesend_envelope_with_dsn (*envelope, notify, what, options->envelope_id, &error);
  return take (envelope, changed, options->envelope_id != NULL ? "--envelope-id" : "--notify", error,
               failure);
}

static gboolean
apply_priority (MimesendEnvelope **envelope, const Options *options, Failure *failure)
{
  gint64 priority;

  if (options->priority == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (options->priority, 10, -9, 9, &priority, NULL))
    return fail (failure, EXIT_CODE_USAGE, "--priority", "--priority takes a number from -9 to 9, not '%s'",
                 options->priority);
  return take (envelope, mimesend_envelope_with_priority (*envelope, (int)priority, NULL), NULL, NULL,
               failure);
}

MimesendEnvelope *
envelope_apply (MimesendEnvelope *envelope, const Options *options, Failure *failure)
{
  gboolean good = apply_reports (&envelope, options, failure) && apply_priority (&envelope, options, failure);

  if (good && options->require_tls)
    take (&envelope, mimesend_envelope_with_require_tls (envelope, TRUE), NULL, NULL, failure);
  if (good && options->deliver_by > 0)
    take (&envelope, mimesend_envelope_with_deliver_by (envelope, options->deliver_by, TRUE, NULL), NULL,
          NULL, failure);
  if (good && options->hold > 0)
    take (&envelope, mimesend_envelope_with_hold (envelope, options->hold), NULL, NULL, failure);
  if (!good && envelope != NULL)
    g_clear_pointer (&envelope, mimesend_envelope_unref);
  return envelope;
}
