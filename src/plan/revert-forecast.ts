import {
  charsetOf,
  columnOf,
  conversionOf,
  quoteName,
  recollatedUniques,
  sameName,
  type AlterTable,
  type Clause,
  type Column,
} from "#schema";
import type { RevertForecast } from "./plan.ts";

/**
 * What `/revert` can promise for a copied table within its window. No write since the seal is lost in any case: a new
 * table with values that the old shape has no place for is kept aside after the revert, and what the old shape does not
 * accept blocks the revert until the data is mended.
 */
export function forecastRevert(change: AlterTable): RevertForecast {
  const conditions: string[] = [];
  const losses: string[] = [];
  for (const clause of change.clauses) {
    conditions.push(...conditionsOf(clause, change));
    const loss = lossOf(clause, change);
    if (loss !== undefined) losses.push(loss);
  }
  for (const { column, key, collation } of recollatedUniques(change, "from")) {
    conditions.push(
      `${quoteName(column.name)}: values that are equal in ${collation} do not go back, since ${quoteName(key.name)} is unique there.`,
    );
  }
  const remarks = change.clauses.flatMap((clause) => remarkOf(clause) ?? []);
  const notes = [...new Set([...conditions, ...losses, ...remarks])];
  if (conditions.length > 0) return { class: "conditional", notes };
  return { class: losses.length > 0 ? "loses-new-values" : "clean", notes };
}

export function forecastCreateRevert(table: string): RevertForecast {
  return {
    class: "loses-new-values",
    notes: [`A revert takes ${quoteName(table)} away; with rows in it, it is kept aside.`],
  };
}

export function forecastDropRevert(table: string): RevertForecast {
  return { class: "clean", notes: [`${quoteName(table)} comes back as it was at the seal.`] };
}

function conditionsOf(clause: Clause, change: AlterTable): readonly string[] {
  switch (clause.kind) {
    case "modify-column":
      if (isComputed(clause.to) !== isComputed(clause.from))
        return needsValue(clause.from) ? [noValueFor(clause.from)] : [];
      return conversionOf(
        clause.to,
        clause.from,
        charsetOf(change.to, clause.to),
        charsetOf(change.from, clause.from),
      ).notes.map((note) => `${quoteName(clause.from.name)}: a newly written value may not go back (${note.text}).`);
    case "drop-column": {
      return needsValue(clause.column) ? [noValueFor(clause.column)] : [];
    }
    case "drop-key":
      return isUnique(clause) && !keptElsewhere(clause, change)
        ? [`${quoteName(clause.key.name)} was unique: duplicates written after the seal do not go back.`]
        : [];
    case "drop-check":
      return clause.check.enforced
        ? [`Check ${quoteName(clause.check.name)} holds again in the old table: rows that break it do not go back.`]
        : [];
    case "check-enforcement":
      return clause.check.enforced
        ? []
        : [`Check ${quoteName(clause.check.name)} is enforced in the old table: rows that break it do not go back.`];
    case "drop-foreign-key":
      return [
        `Foreign key ${quoteName(clause.foreignKey.name)} holds again in the old table: rows without a parent do not go back.`,
      ];
    case "add-column":
    case "add-key":
    case "rename-key":
    case "key-visibility":
    case "add-foreign-key":
    case "add-check":
    case "set-option":
      return [];
  }
}

function lossOf(clause: Clause, change: AlterTable): string | undefined {
  const column = newlyWritable(clause);
  if (column === undefined) return undefined;
  const name = quoteName(column.name);
  return clause.kind === "add-column" && columnOf(change.from, column.name)?.generated === undefined
    ? `The old table has no ${name}: a revert keeps the new table aside if values were written to it.`
    : `${name} is computed in the old table: a revert keeps the new table aside if other values were written to it.`;
}

/** A column whose values have no place in the old table. */
function newlyWritable(clause: Clause): Column | undefined {
  if (clause.kind === "add-column") return isComputed(clause.column) ? undefined : clause.column;
  if (clause.kind !== "modify-column") return undefined;
  return isComputed(clause.from) && !isComputed(clause.to) ? clause.to : undefined;
}

function remarkOf(clause: Clause): string | undefined {
  const column = goneColumn(clause);
  if (column === undefined || isComputed(column) || needsValue(column)) return undefined;
  return `Rows inserted after the seal get the default of ${quoteName(column.name)}; older rows keep their values while their key stays.`;
}

/** A column of the old table that nothing flows back into. */
function goneColumn(clause: Clause): Column | undefined {
  if (clause.kind === "drop-column") return clause.column;
  return clause.kind === "modify-column" && isComputed(clause.to) ? clause.from : undefined;
}

function isComputed(column: Column): boolean {
  return column.generated !== undefined;
}

function noValueFor(column: Column): string {
  return `${quoteName(column.name)} has no default: rows inserted after the seal have no value for it.`;
}

function needsValue(column: Column): boolean {
  return (
    column.nullability === "not-null" &&
    column.default === undefined &&
    column.generated === undefined &&
    !column.autoIncrement
  );
}

function isUnique(clause: Extract<Clause, { kind: "drop-key" }>): boolean {
  return clause.key.kind === "primary" || clause.key.kind === "unique";
}

/** Whether the new table is unique on the same columns under another name or kind. */
function keptElsewhere(clause: Extract<Clause, { kind: "drop-key" }>, change: AlterTable): boolean {
  const columns = (parts: (typeof clause.key)["parts"]): string =>
    parts
      .map((part) =>
        part.kind === "column" && part.prefix === undefined && columnOf(change.to, part.column) !== undefined
          ? part.column.toLowerCase()
          : "?",
      )
      .toSorted()
      .join(",");
  const wanted = columns(clause.key.parts);
  if (wanted.includes("?")) return false;
  return change.to.keys.some(
    (key) =>
      (key.kind === "primary" || key.kind === "unique") && !sameName(key.name, "?") && columns(key.parts) === wanted,
  );
}
