import { plural, type Fingerprint, type Reason, type SourcePlace } from "#kernel";
import {
  classifyAlter,
  diffSchemas,
  lint,
  orderStatements,
  printTable,
  quoteName,
  serverFacts,
  withoutAutoIncrement,
  type AlterTable,
  type CanonicalSchema,
  type OrderedStatement,
  type Renames,
  type SchemaChange,
  type ServerFacts,
  type TableChange,
  type UnhandledChange,
} from "#schema";
import { bareTable } from "./bare-table.ts";
import { columnPairs } from "./column-pairs.ts";
import { copyCost, dropCost, NO_COST } from "./cost.ts";
import { planFingerprint, schemaFingerprint } from "./fingerprint.ts";
import { chooseIdentityKey } from "./identity-key.ts";
import type { CopyChange, CreateChange, DropChange, Finding, NotHandled, Plan, PlannedChange, Proof } from "./plan.ts";
import type { TableStatistics } from "./ports.ts";
import { REFUSALS } from "./refusals/all-refusals.ts";
import { forecastCreateRevert, forecastDropRevert, forecastRevert } from "./revert-forecast.ts";

export interface BuildPlanRequest {
  readonly live: CanonicalSchema;
  readonly desired: CanonicalSchema;
  /** Summed over the shards; tables without an entry count as unknown. */
  readonly statistics: readonly TableStatistics[];
  /** Default: the facts of the live schema's server. */
  readonly facts?: ServerFacts;
  /** Per table, new column name in lower case to old one. */
  readonly renames?: ReadonlyMap<string, Renames>;
  /** Where a table or something inside it is authored; default: the object's own place. */
  readonly locate?: (table: string, inside?: string) => SourcePlace | undefined;
  readonly proof?: Proof;
  /** More grounds of refusal, such as a replay that differs. */
  readonly refusals?: readonly Reason[];
}

/** The plan that leads from the live schema to the desired one. Pure: the same input gives the same plan. */
export function buildPlan(request: BuildPlanRequest): Plan {
  const { live, desired } = request;
  const facts = request.facts ?? serverFacts(live.flavour, live.version);
  const differences = diffSchemas(live, desired, request.renames === undefined ? {} : { renames: request.renames });
  const statistics = new Map(request.statistics.map((entry) => [entry.table, entry]));
  const changes = planChanges(differences, facts, statistics);
  const notHandled = differences.filter((difference) => difference.kind === "not-handled").map(toNotHandled);
  const mayHaveRows = (table: string): boolean => (statistics.get(table)?.rows ?? 1) > 0;
  const places = new Map(desired.objects.map((object) => [object.name, object.place]));
  const locate = request.locate ?? ((table: string) => places.get(table));
  const findings: readonly Finding[] = lint({ live, desired, changes: differences, facts, mayHaveRows, locate });
  const renames = request.renames ?? new Map<string, Renames>();
  const grounds = { live, desired, facts, differences, changes, renames, mayHaveRows };
  const refusals = [...REFUSALS.flatMap((refusal) => refusal(grounds)), ...(request.refusals ?? [])];
  const liveSchema: Fingerprint = schemaFingerprint(live);
  return {
    version: 1,
    fingerprint: planFingerprint(liveSchema, changes, notHandled),
    flavour: live.flavour,
    serverVersion: live.version,
    liveSchema,
    desiredSchema: schemaFingerprint(desired),
    changes,
    notHandled,
    findings,
    refusals,
    ...(request.proof === undefined ? {} : { proof: request.proof }),
  };
}

function planChanges(
  differences: readonly SchemaChange[],
  facts: ServerFacts,
  statistics: ReadonlyMap<string, TableStatistics>,
): readonly PlannedChange[] {
  const ordered = orderStatements(differences);
  const due = [...new Set(ordered.map((statement) => statement.change))];
  return due.map((change) => planChange(change, ordered, facts, statistics.get(change.name)));
}

function planChange(
  change: TableChange,
  ordered: readonly OrderedStatement[],
  facts: ServerFacts,
  statistics: TableStatistics | undefined,
): PlannedChange {
  const statements = ordered.filter((statement) => statement.change === change).map(({ sql }) => sql);
  switch (change.kind) {
    case "create-table":
      return {
        ...base("create", change, statements),
        kind: "create",
        after: change.sql,
        summary: [
          `create table ${quoteName(change.name)}${change.table === undefined ? "" : ` with ${plural(change.table.columns.length, "column")}`}`,
        ],
        risks: [],
        revert: forecastCreateRevert(change.name),
        cost: NO_COST,
      } satisfies CreateChange;
    case "drop-table":
      return {
        ...base("drop", change, statements),
        kind: "drop",
        before: withoutAutoIncrement(change.sql),
        summary: [`drop table ${quoteName(change.name)}`],
        risks: [],
        revert: forecastDropRevert(change.name),
        cost: dropCost(statistics),
      } satisfies DropChange;
    case "alter-table":
      return planCopy(change, statements, facts, statistics);
  }
}

function planCopy(
  change: AlterTable,
  statements: readonly string[],
  facts: ServerFacts,
  statistics: TableStatistics | undefined,
): CopyChange {
  const after = { ...change.to, options: change.to.options.filter((option) => option.name !== "AUTO_INCREMENT") };
  const columns = columnPairs(change);
  const bare = bareTable(after);
  const key = chooseIdentityKey(change.from, change.to, columns);
  return {
    ...base("alter", change, statements),
    kind: "copy",
    before: withoutAutoIncrement(change.fromSql),
    after: printTable(after),
    afterBare: bare.sql,
    deferredIndexes: bare.deferred,
    columns,
    ...(key === undefined ? {} : { key }),
    nativeAlgorithm: classifyAlter(change, facts),
    summary: change.clauses.map((clause) => clause.summary),
    risks: risksOf(change),
    revert: forecastRevert(change),
    cost: copyCost(statistics),
  };
}

function base(
  verb: string,
  change: TableChange,
  statements: readonly string[],
): Pick<PlannedChange, "id" | "table" | "statements" | "place"> {
  return {
    id: `${verb}:${change.name}`,
    table: change.name,
    statements,
    ...(change.place === undefined ? {} : { place: change.place }),
  };
}

function risksOf(change: AlterTable): readonly Reason[] {
  return change.clauses.flatMap((clause): readonly Reason[] => {
    switch (clause.danger) {
      case "none":
        return [];
      case "loses-values":
        return [
          {
            code: "plan/loses-values",
            message: `${clause.summary}: its values are gone once the deployment is finalised`,
          },
        ];
      case "may-not-fit":
        return [{ code: "plan/may-not-fit", message: `${clause.summary}: rows that do not fit stop the copy` }];
      case "gives-up-guarantee":
        return [
          {
            code: "plan/gives-up-guarantee",
            message: `${clause.summary}: data may be written that the old shape refused`,
          },
        ];
    }
  });
}

function toNotHandled(change: UnhandledChange): NotHandled {
  return { object: change.object, name: change.name, action: change.action, reason: change.reason };
}
