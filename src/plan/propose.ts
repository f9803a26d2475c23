import { reasonOf, type Clock, type Reason, type ShardName } from "#kernel";
import {
  schemaShape,
  diffSchemas,
  orderStatements,
  splitFiles,
  type AuthoredFile,
  type AuthoredStatement,
  type CanonicalSchema,
  type Renames,
} from "#schema";
import { buildPlan } from "./build-plan.ts";
import { schemaFingerprint } from "./fingerprint.ts";
import { locateIn } from "./locate.ts";
import type { Finding, Plan, Proof } from "./plan.ts";
import type { LiveDatabase, Scratch, TableStatistics } from "./ports.ts";

export interface ProposeRequest {
  readonly files: readonly AuthoredFile[];
  /** At least one; the first one's schema is the plan's live schema. */
  readonly shards: readonly { readonly shard: ShardName; readonly database: LiveDatabase }[];
  readonly scratch: Scratch;
  readonly clock: Clock;
}

export type Proposed =
  | { readonly at: "planned"; readonly plan: Plan }
  /** The files themselves are refused, by us or by the scratch server: there is no plan to speak of. */
  | { readonly at: "refused"; readonly problems: readonly Reason[] };

/**
 * From authored files and live databases to a plan with proof: split, canonicalise on the scratch server, compare with
 * every shard, diff, order, and replay the whole way on the scratch server. Live databases are only read.
 *
 * @throws CodedError of the ports when a server cannot be reached
 */
export async function proposePlan(request: ProposeRequest, signal: AbortSignal): Promise<Proposed> {
  const split = splitFiles(request.files);
  if (split.problems.length > 0) return { at: "refused", problems: split.problems };
  const schemas = await Promise.all(
    request.shards.map(async ({ shard, database }) => ({ shard, schema: await database.readSchema(signal) })),
  );
  const [first] = schemas;
  if (first === undefined)
    return { at: "refused", problems: [{ code: "plan/no-shards", message: "The database has no shards" }] };
  const live = first.schema;
  const canonical = await request.scratch.canonicalise(
    { statements: split.statements, charset: live.charset, collation: live.collation },
    signal,
  );
  if (canonical.at === "refused") return { at: "refused", problems: canonical.problems };
  return {
    at: "planned",
    plan: await planAndProve({ request, split: split.statements, live, desired: canonical.schema, schemas }, signal),
  };
}

interface Known {
  readonly request: ProposeRequest;
  readonly split: readonly AuthoredStatement[];
  readonly live: CanonicalSchema;
  readonly desired: CanonicalSchema;
  readonly schemas: readonly { readonly shard: ShardName; readonly schema: CanonicalSchema }[];
}

async function planAndProve(known: Known, signal: AbortSignal): Promise<Plan> {
  const { request, split, live, desired } = known;
  const renames = renamesOf(split);
  const unequal = differingShards(known.schemas);
  const replayed = unequal.length > 0 ? {} : await replay(known, renames, signal);
  const tables = live.objects.filter((object) => object.kind === "table").map((object) => object.name);
  return buildPlan({
    live,
    desired,
    statistics: await sumStatistics(request, tables, signal),
    renames,
    locate: locateIn(split),
    refusals: [...unequal, ...(replayed.refusal === undefined ? [] : [replayed.refusal])],
    ...(replayed.proof === undefined ? {} : { proof: replayed.proof }),
  });
}

/** By table, then by the new column's name in lower case: the old one, as `-- sluice: renamed from` says. */
export function renamesOf(statements: readonly AuthoredStatement[]): ReadonlyMap<string, Renames> {
  return new Map(
    statements
      .filter((statement) => statement.renames !== undefined)
      .map((statement) => [
        statement.name,
        new Map(statement.renames?.map(({ column, from }) => [column.toLowerCase(), from] as const)),
      ]),
  );
}

/** One plan serves all shards, so they must be alike; what differs is named. */
function differingShards(schemas: Known["schemas"]): readonly Reason[] {
  const [first, ...others] = schemas;
  if (first === undefined) return [];
  return others.flatMap(({ shard, schema }): readonly Reason[] => {
    if (schemaFingerprint(schema) === schemaFingerprint(first.schema)) return [];
    const names = differingObjects(first.schema, schema);
    const what = names.length === 0 ? "the default charset" : names.join(", ");
    return [
      {
        code: "plan/shards-differ",
        message: `Shard ${shard} differs from shard ${first.shard}: ${what}`,
        hint: "Make the shards alike first.",
      },
    ];
  });
}

function differingObjects(a: CanonicalSchema, b: CanonicalSchema): readonly string[] {
  const texts = (schema: CanonicalSchema): ReadonlyMap<string, string> =>
    new Map(schemaShape(schema).map(([kind, name, sql]) => [`${kind} ${name}`, sql]));
  const [left, right] = [texts(a), texts(b)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => left.get(name) !== right.get(name))
    .toSorted();
}

interface Replayed {
  readonly proof?: Proof;
  readonly refusal?: Reason;
}

/** Runs the plan's statements on the scratch server, from the live schema, and compares where that ends. */
async function replay(known: Known, renames: ReadonlyMap<string, Renames>, signal: AbortSignal): Promise<Replayed> {
  const { request, live, desired } = known;
  const differences = diffSchemas(live, desired, { renames });
  const statements = orderStatements(differences).map(({ sql }) => sql);
  if (statements.length === 0) return {};
  const started = request.clock.monotonicMs();
  let end: CanonicalSchema;
  try {
    end = await request.scratch.replay({ from: live, statements }, signal);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason.code !== "plan/replay-refused") throw error;
    return { refusal: reason };
  }
  const unhandled = new Set(differences.filter((change) => change.kind === "not-handled").map((change) => change.name));
  const wrong = diffSchemas(end, desired).filter(
    (change) => change.kind !== "not-handled" || !unhandled.has(change.name),
  );
  if (wrong.length > 0) {
    const names = [...new Set(wrong.map((change) => change.name))].toSorted().join(", ");
    return {
      refusal: {
        code: "plan/replay-differs",
        message: `Replayed on the scratch server, the plan does not lead to the declared schema: ${names} would differ`,
        hint: "This is a mistake of Sluice; please report it with the two definitions.",
      },
    };
  }
  return {
    proof: {
      serverVersion: end.version,
      objects: desired.objects.length,
      ms: Math.round(request.clock.monotonicMs() - started),
      statements: statements.length,
    },
  };
}

async function sumStatistics(
  request: ProposeRequest,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<readonly TableStatistics[]> {
  const all = await Promise.all(request.shards.map(({ database }) => database.statistics(tables, signal)));
  const sums = new Map<string, TableStatistics>();
  for (const entry of all.flat()) {
    const sum = sums.get(entry.table) ?? { table: entry.table, rows: 0, dataBytes: 0, indexBytes: 0 };
    sums.set(entry.table, {
      table: entry.table,
      rows: sum.rows + entry.rows,
      dataBytes: sum.dataBytes + entry.dataBytes,
      indexBytes: sum.indexBytes + entry.indexBytes,
    });
  }
  return [...sums.values()];
}

/** A plan that says nothing has to be done, or that may be staged. */
export function isStageable(plan: Plan): boolean {
  return plan.refusals.length === 0 && !plan.findings.some((finding: Finding) => finding.severity === "error");
}
