import { bytesPerCharacter, charsetOf } from "../charset.ts";
import type { ClauseOf } from "../diff/clause.ts";
import { sameName, type Column, type Table } from "../model.ts";
import { printType } from "../print/print-column.ts";
import { quoteName } from "../text/quote.ts";
import type { Verdict } from "./algorithm.ts";
import { rebuild, type ClassifyContext } from "./context.ts";

export function classifyColumn(clause: ClauseOf<"modify-column">, context: ClassifyContext): Verdict {
  const { from, to } = clause;
  const name = quoteName(to.name);
  const stored = storage(clause, context);
  if (stored !== undefined) return stored;
  if (clause.moved && to.generated?.kind !== "VIRTUAL") return rebuild(`${name} moves`, context);
  if ((from.nullability === "not-null") !== (to.nullability === "not-null")) {
    return rebuild(`${name} ${to.nullability === "not-null" ? "may no longer be NULL" : "may be NULL"}`, context);
  }
  return { algorithm: "instant", why: `only the description of ${name} changes` };
}

/** When the stored bytes, or the order of keys over them, may change. */
function storage({ from, to }: ClauseOf<"modify-column">, context: ClassifyContext): Verdict | undefined {
  const name = quoteName(to.name);
  const copy = (why: string): Verdict => ({ algorithm: "copy", why });
  if (from.generated?.expression !== to.generated?.expression || from.generated?.kind !== to.generated?.kind) {
    return copy(`the way ${name} is computed changes`);
  }
  if (from.srid !== to.srid) return copy(`the SRID of ${name} changes`);
  if (from.autoIncrement !== to.autoIncrement)
    return copy(`${name} ${to.autoIncrement ? "starts" : "stops"} to number the rows`);
  const before = charsetOf(context.from, from);
  const after = charsetOf(context.to, to);
  if (before?.charset !== after?.charset) return copy(`${name} is converted to ${after?.charset ?? "another type"}`);
  if (before?.collation !== after?.collation) {
    return isIndexed(context.from, from)
      ? copy(`the collation of the indexed ${name} changes`)
      : { algorithm: "inplace", why: `the collation of ${name} changes` };
  }
  if (printType(from.type) === printType(to.type)) return undefined;
  return typeVerdict(from, to, bytesPerCharacter(after?.charset ?? "binary"));
}

function typeVerdict(from: Column, to: Column, perCharacter: number): Verdict {
  const name = quoteName(to.name);
  const copy: Verdict = {
    algorithm: "copy",
    why: `${name} changes from ${printType(from.type)} to ${printType(to.type)}`,
  };
  if (from.type.name !== to.type.name) return copy;
  if (from.type.name === "varchar" || from.type.name === "varbinary") {
    const bytes = (column: Column): number => Number(column.type.args?.[0] ?? 0) * perCharacter;
    const sameLengthByte = bytes(from) > 255 === bytes(to) > 255;
    return bytes(to) >= bytes(from) && sameLengthByte ? { algorithm: "inplace", why: `${name} becomes longer` } : copy;
  }
  if (from.type.name === "enum" || from.type.name === "set")
    return membersAppended(from, to) ? { algorithm: "instant", why: `${name} gets new members at the end` } : copy;
  return copy;
}

function membersAppended(from: Column, to: Column): boolean {
  const before = from.type.args ?? [];
  const after = to.type.args ?? [];
  if (!before.every((member, at) => after[at] === member)) return false;
  // The stored size grows at 256 enum members, and with every eighth member of a set.
  const size = (count: number): number => (from.type.name === "enum" ? (count > 255 ? 2 : 1) : Math.ceil(count / 8));
  return size(before.length) === size(after.length);
}

function isIndexed(table: Table, column: Column): boolean {
  return table.keys.some((key) =>
    key.parts.some((part) => part.kind === "expression" || sameName(part.column, column.name)),
  );
}
