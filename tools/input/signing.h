/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --dkim, and 'dkim' of the configuration: the signers, and the message behind their signatures. */
#pragma once

#include "base/asked.h"

/* Reads the keys. FALSE with failure: one cannot be used. *dkims NULL: the message is not signed. */
gboolean signing_load (GPtrArray **dkims, const Options *options, const Config *config, Failure *failure);

/* The content behind its signatures; takes it. Warns where receivers do not take a signature for the author's. tree (nullable): the
 * letter, else the content can be begun again, and its header is read. */
MimesendContent *signing_apply (MimesendContent *content, GMimeObject *tree, GPtrArray *dkims);
