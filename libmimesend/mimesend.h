/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libmimesend: builds MIME part trees with GMime and sends them by SMTP or LMTP. The headers are in reading order. */
#pragma once

#include <libmimesend/mimesend-version.h>
#include <libmimesend/mimesend-init.h>
#include <libmimesend/mimesend-error.h>
#include <libmimesend/mimesend-enum-types.h>
#include <libmimesend/mimesend-part.h>
#include <libmimesend/mimesend-part-stream.h>
#include <libmimesend/mimesend-flags.h>
#include <libmimesend/mimesend-content.h>
#include <libmimesend/mimesend-dkim.h>
#include <libmimesend/mimesend-address.h>
#include <libmimesend/mimesend-letter.h>
#include <libmimesend/mimesend-security.h>
#include <libmimesend/mimesend-mailing.h>
#include <libmimesend/mimesend-envelope.h>
#include <libmimesend/mimesend-server.h>
#include <libmimesend/mimesend-receipt.h>
#include <libmimesend/mimesend-retry.h>
#include <libmimesend/mimesend-metrics.h>
#include <libmimesend/mimesend-trace-event.h>
#include <libmimesend/mimesend-session.h>
#include <libmimesend/mimesend-pool.h>
#include <libmimesend/mimesend-probe-result.h>
#include <libmimesend/mimesend-probe.h>
#include <libmimesend/mimesend-send.h>
