import type { Cost } from "./plan.ts";
import type { TableStatistics } from "./ports.ts";

/** Measured on two cores with one secondary key (engines research, section 5): about 60,000 rows or 30 MB a second. */
const ROWS_PER_SECOND = 60_000;
const BYTES_PER_SECOND = 30_000_000;
/** The share of the copying time that the checksum adds. */
const CHECKSUM_SHARE = 0.1;

export const NO_COST: Cost = { rows: 0, bytes: 0, seconds: 0, diskBytes: 0 };

/** Copying a table: the slower of its rows and its bytes; the shadow and the log of the copy both take disk. */
export function copyCost(statistics: TableStatistics | undefined): Cost {
  if (statistics === undefined) return NO_COST;
  const bytes = statistics.dataBytes + statistics.indexBytes;
  const copy = Math.max(statistics.rows / ROWS_PER_SECOND, bytes / BYTES_PER_SECOND);
  return {
    rows: statistics.rows,
    bytes,
    seconds: Math.ceil(copy * (1 + CHECKSUM_SHARE)),
    diskBytes: bytes + statistics.dataBytes,
  };
}

/** Renaming a table away costs nothing, and gives its space back when the deployment is finalised. */
export function dropCost(statistics: TableStatistics | undefined): Cost {
  if (statistics === undefined) return NO_COST;
  return { ...NO_COST, rows: statistics.rows, bytes: statistics.dataBytes + statistics.indexBytes };
}
