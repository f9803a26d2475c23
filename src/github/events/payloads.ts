import { z } from "zod";

// Only what a handler needs to know *where* to look; what is there now is read from GitHub.
const repository = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });
const sender = z.object({ login: z.string(), type: z.string() });

export const pullRequestPayload = z.object({ repository, number: z.int().positive() });

export const commentPayload = z.object({
  repository,
  sender,
  issue: z.object({ number: z.int().positive(), pull_request: z.unknown().optional() }),
  comment: z.object({ id: z.int().positive(), body: z.string().nullish(), user: sender.nullable() }),
});

export const checkActionPayload = z.object({
  repository,
  sender,
  requested_action: z.object({ identifier: z.string() }),
  check_run: z.object({
    head_sha: z.string(),
    external_id: z.string().nullable(),
    app: z.object({ id: z.number() }).nullable(),
  }),
});

export const checkRunPayload = z.object({
  repository,
  check_run: z.object({ head_sha: z.string(), app: z.object({ id: z.number() }).nullable() }),
});

export const checkSuitePayload = z.object({ repository, check_suite: z.object({ head_sha: z.string() }) });

export const pushPayload = z.object({
  repository: z.object({
    name: z.string(),
    owner: z.object({ login: z.string().optional(), name: z.string().optional() }),
  }),
  ref: z.string(),
  after: z.string(),
  deleted: z.boolean(),
});

export const mergeGroupPayload = z.object({
  repository,
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string(), base_sha: z.string(), base_ref: z.string() }),
});
