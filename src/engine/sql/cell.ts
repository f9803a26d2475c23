import { CodedError } from "#kernel";

/** A cell of an answer as text; undefined for NULL and for a column that is not there. */
export function cellText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value.toString();
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  throw new CodedError("engine/defect", "The server gave a value of a kind nobody asked for");
}
