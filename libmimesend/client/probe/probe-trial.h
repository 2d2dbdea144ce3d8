/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests whether offered extensions work, without a message: no DATA, and no BDAT that could belong to one. */
#pragma once

#include "client/drive/step-source.h"
#include "client/drive/wire.h"
#include "smtp/capabilities.h"
#include "values/probe-result-private.h"

G_BEGIN_DECLS

typedef struct _MimesendProbeTrial MimesendProbeTrial;

/* The wire is borrowed from the drive, which must be idle. recipients (nullable). result: borrowed; the results are written
 * to it. */
MimesendProbeTrial *mimesend_probe_trial_new (MimesendWire *wire,
                                              const MimesendSmtpCapabilities *offered,
                                              const char *reverse_path,
                                              const char *const *recipients,
                                              MimesendProbeResult *result);
void mimesend_probe_trial_free (MimesendProbeTrial *self);

/* Never blocks. TRUE: done, or the connection is unusable. */
gboolean mimesend_probe_trial_step (MimesendProbeTrial *self, MimesendWait *wait);
gboolean mimesend_probe_trial_is_broken (MimesendProbeTrial *self);

G_END_DECLS
