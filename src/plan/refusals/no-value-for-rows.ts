import { columnsWithoutValue } from "#schema";
import type { Refusal } from "./refusal.ts";

/** A new NOT NULL column without a default would stop the copy at the first row; better said before. */
export const noValueForRows: Refusal = ({ differences, mayHaveRows }) =>
  differences.flatMap((difference) => {
    if (difference.kind !== "alter-table" || !mayHaveRows(difference.name)) return [];
    return columnsWithoutValue(difference).map((column) => ({
      code: "plan/no-value-for-rows" as const,
      message: `${difference.name}.${column.name} is new, NOT NULL and has no default: existing rows have no value for it`,
      hint: "Give it a default, or allow NULL.",
      ...(difference.place === undefined ? {} : { where: difference.place }),
    }));
  });
