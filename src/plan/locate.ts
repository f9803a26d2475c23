import type { SourcePlace } from "#kernel";
import type { AuthoredStatement } from "#schema";

/** Finds where a table, or a column or key of it, is authored: the line that begins with its name, else the statement. */
export function locateIn(
  statements: readonly AuthoredStatement[],
): (table: string, inside?: string) => SourcePlace | undefined {
  return (table, inside) => {
    const own = statements.filter(
      (statement) =>
        statement.name === table &&
        (statement.kind === "table" || statement.kind === "alter-table" || statement.kind === "create-index"),
    );
    const whole = own.find((statement) => statement.kind === "table") ?? own[0];
    if (whole === undefined || inside === undefined) return whole?.place;
    for (const statement of own) {
      const line = lineOf(statement.sql, inside);
      if (line > 0) return { file: statement.place.file, line: statement.place.line + line };
    }
    return whole.place;
  };
}

/** 0 when it is not found, or only in the first line, where the statement's own place is as good. */
function lineOf(sql: string, name: string): number {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const head = "(?:(?:unique|fulltext|spatial|primary|constraint|key|index|add|column)\\s+)*";
  const pattern = new RegExp(`^\\s*[,(]?\\s*${head}(?:\`${escaped}\`|${escaped}(?![\\w$]))`, "i");
  return Math.max(
    0,
    sql.split("\n").findIndex((line) => pattern.test(line)),
  );
}
