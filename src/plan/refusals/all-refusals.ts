import { foreignKeys } from "./foreign-keys.ts";
import { noSharedKey } from "./no-shared-key.ts";
import { noValueForRows } from "./no-value-for-rows.ts";
import { notHandled } from "./not-handled.ts";
import { otherEngines } from "./other-engines.ts";
import { partitions } from "./partitions.ts";
import type { Refusal } from "./refusal.ts";
import { renames } from "./renames.ts";
import { triggers } from "./triggers.ts";
import { unreadableTables } from "./unreadable-tables.ts";

/** Every ground of refusal there is. A new one is a file, a line here and a test. */
export const REFUSALS: readonly Refusal[] = [
  notHandled,
  noSharedKey,
  noValueForRows,
  renames,
  foreignKeys,
  triggers,
  partitions,
  otherEngines,
  unreadableTables,
];
