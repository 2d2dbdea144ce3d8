/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps outcomes and errors to exit codes. The first entry that matches wins. */
#include "base/exit-code.h"

/* For 5yz when no recipient has the message: by the stage of the refusal. */
static ExitCode
refused_at (MimesendStage stage)
{
  switch (stage)
    {
    case MIMESEND_STAGE_RCPT:
      return EXIT_CODE_RECIPIENTS;
    case MIMESEND_STAGE_TLS:
      return EXIT_CODE_PROTOCOL;
    case MIMESEND_STAGE_AUTH:
      return EXIT_CODE_LOGIN;
    default:
      return EXIT_CODE_UNAVAILABLE;
    }
}

static ExitCode
code_of_error (const GError *error, guint reply_code, MimesendStage stage)
{
  gboolean temporary = reply_code >= 400 && reply_code < 500;

  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return EXIT_CODE_NO_HOST;
  if (error->domain != MIMESEND_ERROR)
    return EXIT_CODE_TEMPORARY; /* cancelled, or the connection failed, before the end of the data */
  switch ((MimesendError)error->code)
    {
    case MIMESEND_ERROR_ARGUMENT:
      return EXIT_CODE_USAGE;
    case MIMESEND_ERROR_ADDRESS:
      return EXIT_CODE_BAD_DATA;
    case MIMESEND_ERROR_CONTENT:
      return EXIT_CODE_NO_INPUT;
    case MIMESEND_ERROR_UNSUPPORTED: /* of a recipient: this server cannot be given its address */
      return stage == MIMESEND_STAGE_RCPT ? EXIT_CODE_RECIPIENTS : EXIT_CODE_UNAVAILABLE;
    case MIMESEND_ERROR_RESOLVE:
      return EXIT_CODE_NO_HOST;
    case MIMESEND_ERROR_TLS:
    case MIMESEND_ERROR_PROTOCOL:
      return temporary ? EXIT_CODE_TEMPORARY : EXIT_CODE_PROTOCOL;
    case MIMESEND_ERROR_LOGIN:
      return temporary ? EXIT_CODE_TEMPORARY : EXIT_CODE_LOGIN;
    case MIMESEND_ERROR_REFUSED:
      return refused_at (stage);
    case MIMESEND_ERROR_PARTIAL:
      return EXIT_CODE_RECIPIENTS;
    case MIMESEND_ERROR_IN_DOUBT:
      return EXIT_CODE_IN_DOUBT;
    case MIMESEND_ERROR_CONNECT:
    case MIMESEND_ERROR_TIMED_OUT:
    case MIMESEND_ERROR_DEFERRED:
    case MIMESEND_ERROR_NOT_TRIED:
    default:
      return EXIT_CODE_TEMPORARY;
    }
}

/* Either may be NULL, not both. 75 is given only when no recipient has the message or may have it. */
ExitCode
exit_code_of (MimesendReceipt *receipt, const GError *error)
{
  g_autoptr (GError) checked = NULL;
  guint n[MIMESEND_OUTCOME_IN_DOUBT + 1] = { 0 };
  guint total = receipt != NULL ? mimesend_receipt_get_n_recipients (receipt) : 0;

  for (guint i = 0; i < total; i++)
    n[mimesend_receipt_get_recipient_outcome (receipt, i)]++;
  if (n[MIMESEND_OUTCOME_IN_DOUBT] > 0)
    return EXIT_CODE_IN_DOUBT;
  if (total > 0 && n[MIMESEND_OUTCOME_ACCEPTED] == total)
    return EXIT_CODE_OK;
  if (n[MIMESEND_OUTCOME_ACCEPTED] > 0)
    return n[MIMESEND_OUTCOME_REFUSED] > 0 ? EXIT_CODE_RECIPIENTS : EXIT_CODE_SOME_LATER;
  if (error == NULL && receipt != NULL)
    mimesend_receipt_check (receipt, &checked);
  if (error == NULL)
    error = checked;
  if (error == NULL)
    return EXIT_CODE_SOFTWARE;
  return code_of_error (error, receipt != NULL ? mimesend_receipt_get_code (receipt) : 0,
                        receipt != NULL ? mimesend_receipt_get_stage (receipt) : MIMESEND_STAGE_NONE);
}
