import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPlan } from "#plan";
import { diffSchemas, orderStatements, parseTable, sameTable, type CanonicalSchema } from "#schema";
import { FEATURE_PROBES } from "./support/feature-probes.ts";
import { tableBody } from "./support/random-tables.ts";
import { startSchemaServer, type SchemaServer } from "./support/server.ts";

let server: SchemaServer;
beforeAll(async () => {
  server = await startSchemaServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** What the server makes of a table body; undefined when it refuses it. */
async function canonical(body: string): Promise<CanonicalSchema | undefined> {
  await server.fresh("probe");
  try {
    await server.run(["CREATE TABLE p (id int primary key)", `CREATE TABLE t ${body}`]);
  } catch {
    return undefined;
  }
  return server.read();
}

async function accepted(body: string): Promise<CanonicalSchema> {
  const schema = await canonical(body);
  if (schema === undefined) throw new Error(`The server refuses ${body}`);
  return schema;
}

const statementsOf = (from: CanonicalSchema, to: CanonicalSchema): readonly string[] =>
  orderStatements(diffSchemas(from, to)).map(({ sql }) => sql);

test.each(FEATURE_PROBES)("%s is seen, and the statements lead there and back", async (_feature, fromBody, toBody) => {
  const to = await accepted(toBody);
  const from = await accepted(fromBody);
  for (const object of [...from.objects, ...to.objects]) expect(parseTable(object.sql).at).toBe("table");
  const changes = diffSchemas(from, to);
  expect(changes.map((change) => change.kind)).toEqual(["alter-table"]);
  await server.run(statementsOf(from, to));
  const end = await server.read();
  expect(diffSchemas(end, to)).toEqual([]);
  await server.run(statementsOf(end, from));
  expect(diffSchemas(await server.read(), from)).toEqual([]);
});

test("random tables: the statements lead from one to the other, and so does the bare table with its deferred keys", async () => {
  let pairs = 0;
  await fc.assert(
    fc.asyncProperty(tableBody, tableBody, async (fromBody, toBody) => {
      const to = await canonical(toBody);
      const from = to && (await canonical(fromBody));
      if (from === undefined || to === undefined || diffSchemas(from, to).length === 0) return;
      pairs += 1;
      await server.run(statementsOf(from, to));
      expect(diffSchemas(await server.read(), to)).toEqual([]);
      const copy = buildPlan({ live: from, desired: to, statistics: [] }).changes.find(
        (change) => change.kind === "copy",
      );
      if (copy?.kind !== "copy") return;
      await server.run(["DROP TABLE t", copy.afterBare]);
      if (copy.deferredIndexes.length > 0) await server.run([`ALTER TABLE t ${copy.deferredIndexes.join(", ")}`]);
      const [row] = await server.rows("SHOW CREATE TABLE t");
      expect(sameTable(String(row?.["Create Table"]), copy.after)).toBe(true);
    }),
    { numRuns: 45 },
  );
  expect(pairs).toBeGreaterThan(15);
});

test("a charset that is named although it is inherited is no difference", async () => {
  const named = await accepted("(id int primary key, a varchar(9) character set utf8mb4 collate utf8mb4_0900_ai_ci)");
  const inherited = await accepted("(id int primary key, a varchar(9))");
  expect(named.objects).not.toEqual(inherited.objects);
  expect(diffSchemas(named, inherited)).toEqual([]);
});

test("running the server's own text again gives no difference, although the text changes", async () => {
  const first = await accepted("(id int primary key, a varchar(9)) collate utf8mb4_bin");
  await server.fresh("again");
  await server.run(first.objects.map((object) => object.sql));
  const second = await server.read();
  expect(second.objects).not.toEqual(first.objects);
  expect(diffSchemas(first, second)).toEqual([]);
});
