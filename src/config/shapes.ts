import { z } from "zod";

// What is written in the files, before durations, references and defaults are made of it. JSON Schema comes from here,
// so constraints are patterns and not code.

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter or digit");

const duration = z
  .union(
    [z.string().regex(/^(0|[0-9]{1,9}(ms|s|m|h|d))$/), z.literal(0)],
    "must be a duration such as 250ms, 90s, 30m, 12h, 7d or 0",
  )
  .describe("A duration: 250ms, 90s, 30m, 12h, 7d or 0");

const secretReference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/,
    "must be a reference, env:NAME or file:PATH; the value itself never stands here",
  )
  .describe("Where the value comes from: env:NAME or file:PATH; never the value itself");

const login = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$/, "must be a GitHub login")
  .describe("A GitHub login");

const gate = z.strictObject({
  "max-lock-wait": duration.optional().describe("How long clients may queue behind the seal's locks (default 250ms)"),
  attempts: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Tries of the seal before a person has to decide again (default 10)"),
});

const revert = z.strictObject({
  window: duration
    .optional()
    .describe("How long a revert stays possible after the seal (default 30m; 0 finalises at once)"),
});

const shard = z.strictObject({
  id: z
    .string('must be text: write it in quotes, such as "0" or "-80"')
    .regex(/^[a-z0-9-]{1,32}$/, "must be 1 to 32 of a-z, 0-9 and -")
    .describe('"0" for an unsharded database, else a name or key range such as "-80"'),
  dsn: secretReference,
});

const flavour = z.literal("mysql", "must be mysql").describe("Server family");

const database = z.strictObject({
  name: name.describe("Unique in the fleet"),
  channel: name,
  flavour: flavour.optional(),
  shards: z.array(shard).min(1, "must name at least one shard"),
  gate: gate.optional(),
  revert: revert.optional(),
  "keep-old": z.boolean().optional().describe("Keep the retired tables at finalise instead of dropping them"),
});

const channel = z.strictObject({
  branch: z
    .string()
    .regex(/^[^\s~^:?*[\\]+$/, "must be a branch name without refs/heads/")
    .describe("Merges into this branch are deployed"),
  seal: z.enum(["auto", "manual"]).describe("auto seals when ready; manual holds until someone decides"),
});

const group = z.strictObject({
  repository: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "must be owner/name")
    .describe("owner/name"),
  path: z.string().describe("Folder of the .sql files in the repository"),
  channels: z.record(name, channel),
  databases: z.array(database).min(1, "must name at least one database"),
});

export const fleetShape = z
  .strictObject({
    version: z.literal(1, "must be 1"),
    groups: z.record(name, group),
    roles: z
      .strictObject({
        operate: z.array(login).optional(),
        seal: z.array(login).optional(),
        admin: z.array(login).optional(),
      })
      .optional()
      .describe("Who may do what; nobody by default"),
    defaults: z.strictObject({ gate: gate.optional(), revert: revert.optional() }).optional(),
    scratch: z
      .array(
        z.strictObject({
          flavour,
          version: z.string("must be text: write it in quotes").min(1).optional(),
          dsn: secretReference,
        }),
      )
      .min(1, "must name at least one scratch server")
      .describe("Throw-away servers for canonicalising and replaying; never a target"),
  })
  .describe("fleet.yml: the operator's file; it alone binds repositories, branches and databases");

export const repositoryShape = z
  .strictObject({
    version: z.literal(1, "must be 1"),
    lint: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,60}$/), z.enum(["error", "warning", "notice"]))
      .optional()
      .describe("Severity of lint rules"),
    approvals: z.int().min(1).max(10).optional().describe("Votes a seal needs (default 1)"),
    comments: z
      .strictObject({ ping: z.array(z.enum(["ready", "failed", "blocked", "reverted"])).optional() })
      .optional()
      .describe("Which news get a comment of their own (default all)"),
  })
  .describe(".github/sluice.yml: the repository's own habits; it may only tighten what fleet.yml says");

export type FleetFile = z.output<typeof fleetShape>;

/** Publishable JSON Schemas (draft 2020-12) by file name. */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    "fleet.schema.json": { title: "fleet.yml", ...z.toJSONSchema(fleetShape, { io: "input" }) },
    "sluice.schema.json": { title: ".github/sluice.yml", ...z.toJSONSchema(repositoryShape, { io: "input" }) },
  };
}
