import { CodedError } from "#kernel";
import type { Row } from "./sql.ts";

/** Parse at the door: what a column must be, else `store/bad-row`. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  throw badRow(column);
}

export function textOrNone(row: Row, column: string): string | undefined {
  return row[column] === null || row[column] === undefined ? undefined : text(row, column);
}

export function whole(row: Row, column: string): number {
  const value = Number(row[column]);
  if (row[column] === null || !Number.isSafeInteger(value)) throw badRow(column);
  return value;
}

export function big(row: Row, column: string): bigint {
  const value = row[column];
  if (typeof value === "string" || typeof value === "number") return BigInt(value);
  throw badRow(column);
}

export function bytes(row: Row, column: string): Buffer {
  const value = row[column];
  if (Buffer.isBuffer(value)) return value;
  throw badRow(column);
}

/** What we wrote as JSON ourselves; its shape is trusted. */
export function json<Shape>(row: Row, column: string): Shape {
  return JSON.parse(text(row, column)) as Shape;
}

/** ISO 8601 of a DATETIME(3) that was written in UTC. */
export function time(row: Row, column: string): string {
  return `${text(row, column).replace(" ", "T")}Z`;
}

/** ISO 8601 in UTC as a DATETIME(3) literal. */
export function datetime(iso: string): string {
  return iso.replace("T", " ").replace("Z", "");
}

function badRow(column: string): CodedError {
  return new CodedError("store/bad-row", `Column ${column} of the control database holds something unexpected`);
}
