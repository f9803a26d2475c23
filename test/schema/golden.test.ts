import { expect, test } from "vitest";
import { diffSchemas, orderStatements } from "#schema";
import { goldenCases, readStatements, schemaOf } from "./support/canonical.ts";

test.each(goldenCases())("golden case %s: the expected statements, and none back to itself", (name) => {
  const from = schemaOf(...readStatements(`${name}/from.sql`));
  const to = schemaOf(...readStatements(`${name}/to.sql`));
  expect(orderStatements(diffSchemas(from, to)).map(({ sql }) => sql)).toEqual(readStatements(`${name}/expected.sql`));
  expect(diffSchemas(from, from)).toEqual([]);
  expect(diffSchemas(to, to)).toEqual([]);
});
