import { afterAll, beforeAll, expect, test } from "vitest";
import { diffSchemas, orderStatements } from "#schema";
import { goldenCases, readStatements } from "./support/canonical.ts";
import { startSchemaServer, type SchemaServer } from "./support/server.ts";

let server: SchemaServer;
beforeAll(async () => {
  server = await startSchemaServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function load(name: string, file: string): Promise<Awaited<ReturnType<SchemaServer["read"]>>> {
  await server.fresh("golden");
  await server.run(["SET foreign_key_checks = 0", ...readStatements(`${name}/${file}`), "SET foreign_key_checks = 1"]);
  return server.read();
}

test.each(goldenCases())(
  "golden case %s holds on a server, with foreign keys checked after every statement, there and back",
  async (name) => {
    const to = await load(name, "to.sql");
    const from = await load(name, "from.sql");
    await server.run(readStatements(`${name}/expected.sql`));
    const end = await server.read();
    expect(diffSchemas(end, to)).toEqual([]);
    await server.run(orderStatements(diffSchemas(end, from)).map(({ sql }) => sql));
    expect(diffSchemas(await server.read(), from)).toEqual([]);
  },
);
