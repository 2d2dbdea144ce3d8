/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/report.h"

void
report_clear (Report *self)
{
  failure_clear (&self->failure);
  g_clear_pointer (&self->server, mimesend_server_unref);
  g_clear_pointer (&self->recipients, g_strfreev);
  g_clear_pointer (&self->message_id, g_free);
  g_clear_pointer (&self->receipt, mimesend_receipt_unref);
  g_clear_error (&self->error);
}

char **
report_get_retry (const Report *self)
{
  if (self->receipt != NULL)
    return mimesend_receipt_get_retry (self->receipt);
  /* No server was asked, so all recipients may be tried again once the cause is removed. */
  if (self->code != EXIT_CODE_OK && self->code != EXIT_CODE_IN_DOUBT && self->recipients != NULL)
    return g_strdupv (self->recipients);
  return g_new0 (char *, 1);
}

const char *
report_get_outcome (const Report *self)
{
  if (self->receipt != NULL)
    return mimesend_outcome_to_string (mimesend_receipt_get_outcome (self->receipt));
  if (self->failure.code != EXIT_CODE_OK)
    return "error";
  return self->code == EXIT_CODE_IN_DOUBT ? "in-doubt" : "not-tried";
}

gint64
report_stage_us (MimesendReceipt *receipt, MimesendStage stage)
{
  return (gint64)(mimesend_receipt_get_stage_time (receipt, stage) * (double)G_TIME_SPAN_SECOND + 0.5);
}
