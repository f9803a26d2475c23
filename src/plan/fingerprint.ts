import { fingerprintOf, type Fingerprint } from "#kernel";
import { comparableText, schemaShape, type CanonicalSchema } from "#schema";
import type { NotHandled, PlannedChange } from "./plan.ts";

/** Identifies the shape of a schema: the same whoever reads it, whatever its AUTO_INCREMENT counters say. */
export function schemaFingerprint(schema: CanonicalSchema): Fingerprint {
  return fingerprintOf({
    flavour: schema.flavour,
    charset: schema.charset,
    collation: schema.collation,
    objects: schemaShape(schema),
  });
}

/** Identifies what a plan does to what: not its estimates, its findings or where things are authored. */
export function planFingerprint(
  liveSchema: Fingerprint,
  changes: readonly PlannedChange[],
  notHandled: readonly NotHandled[],
): Fingerprint {
  return fingerprintOf({
    version: 1,
    liveSchema,
    changes: changes.map((change) => ({
      id: change.id,
      before:
        change.kind === "create"
          ? undefined
          : comparableText({ kind: "table", name: change.table, sql: change.before }),
      after:
        change.kind === "drop" ? undefined : comparableText({ kind: "table", name: change.table, sql: change.after }),
      columns: change.kind === "copy" ? change.columns : undefined,
    })),
    notHandled: notHandled.map(({ object, name, action }) => ({ object, name, action })),
  });
}
