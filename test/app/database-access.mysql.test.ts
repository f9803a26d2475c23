import { parseFleet } from "#config";
import type { DatabaseAccess } from "#deploy";
import { Redactor, silentLog, systemClock } from "#kernel";
import { type MysqlServer, startMysql } from "#sandbox";
import { afterAll, assert, beforeAll, expect, test } from "vitest";
import { createDatabaseAccess } from "../../src/app/database-access.ts";

const quiet = ["--event-scheduler=OFF"];
let shop: MysqlServer;
let other: MysqlServer;
beforeAll(async () => {
  [shop, other] = await Promise.all([
    startMysql({ label: "access-a" }),
    startMysql({ label: "access-b", args: quiet }),
  ]);
});
afterAll(async () => {
  await Promise.all([shop[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});

/** `shop` on one server, the other server as scratch, and these databases besides. */
function access(besides: Readonly<Record<string, string>>): DatabaseAccess {
  const databases = ["SHOP", ...Object.keys(besides)].map(
    (name) => `{ name: ${name.toLowerCase()}, channel: prod, shards: [{ id: "0", dsn: "env:${name}" }] }`,
  );
  const result = parseFleet(
    `version: 1
groups:
  shop:
    repository: acme/shop
    path: db
    channels: { prod: { branch: main, seal: manual } }
    databases: [${databases.join(", ")}]
scratch: [{ flavour: mysql, dsn: "env:SCRATCH" }]
`,
    "fleet.yml",
  );
  assert(result.at === "fleet", JSON.stringify(result));
  const variables = { SHOP: shop.dsn("sys"), SCRATCH: other.dsn(), ...besides };
  return createDatabaseAccess({
    fleet: result.fleet,
    variables,
    redactor: new Redactor(),
    log: silentLog,
    clock: systemClock,
  });
}

async function canonicalise(databases: DatabaseAccess): Promise<string> {
  const scratch = await databases.scratch("shop");
  const empty = { statements: [], charset: "utf8mb4", collation: "utf8mb4_0900_ai_ci" };
  return (await scratch.canonicalise(empty, new AbortController().signal)).at;
}

test("a server that holds any database of the fleet is no scratch server, whichever is planned", async () => {
  await expect(canonicalise(access({ ELSE: other.dsn("sys") }))).rejects.toMatchObject({
    code: "drivers/scratch-is-target",
  });
});

test("a database that cannot be reached does not keep others from being planned", async () => {
  expect(await canonicalise(access({ GONE: "mysql://root@127.0.0.1:1/gone" }))).toBe("canonical");
});
