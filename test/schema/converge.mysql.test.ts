import { afterAll, beforeAll, expect, test } from "vitest";
import { diffSchemas, orderStatements, parseTable, type CanonicalSchema } from "#schema";
import { FEATURE_PROBES } from "./support/feature-probes.ts";
import { startSchemaServer, type SchemaServer } from "./support/server.ts";

let server: SchemaServer;
beforeAll(async () => {
  server = await startSchemaServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function canonical(body: string): Promise<CanonicalSchema> {
  await server.fresh("probe");
  await server.run(["CREATE TABLE p (id int primary key)", `CREATE TABLE t ${body}`]);
  return server.read();
}

test.each(FEATURE_PROBES)("%s is seen, and applying the statements converges", async (_feature, fromBody, toBody) => {
  const to = await canonical(toBody);
  const from = await canonical(fromBody);
  for (const object of [...from.objects, ...to.objects]) expect(parseTable(object.sql).at).toBe("table");
  const changes = diffSchemas(from, to);
  expect(changes.map((change) => change.kind)).toEqual(["alter-table"]);
  const statements = orderStatements(changes).map(({ sql }) => sql);
  await server.run(statements);
  const end = await server.read();
  expect(diffSchemas(end, to)).toEqual([]);
  // And back again, by the other direction's own statements.
  await server.run(orderStatements(diffSchemas(end, from)).map(({ sql }) => sql));
  expect(diffSchemas(await server.read(), from)).toEqual([]);
});
