import { startMysql, type MysqlServer } from "#sandbox";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, type World } from "../support/engine.ts";
import { Random, type RandomCase, randomCase } from "../support/engine-random.ts";
import { REBORN, Writer } from "../support/engine-writer.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-random" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const FIRST_SEED = Number(process.env["SLUICE_SEED"] ?? Date.now() % 1_000_000);
const SEEDS = Array.from({ length: Number(process.env["SLUICE_SEEDS"] ?? 10) }, (_, i) => FIRST_SEED + i);
const WRITERS = 2;
const TABLE = "t";
/** Small chunks, so that many of them meet the writers. */
const SETTINGS = { chunkRows: { first: 40, most: 150 }, chunkMs: 20 };

test.each(SEEDS)(
  "seed %i: what writers were told is stored is there after the seal and after the revert",
  async (seed) => {
    const random = new Random(seed);
    const kase = randomCase(random, TABLE);
    const servers = seed % 2 === 0 ? [server, server] : [server];
    await using world = await openWorld({ servers, name: `p${seed}`, ...kase });
    const shards = await Promise.all(
      world.databases.map(async (_, i) => ({
        client: await world.client(i),
        writers: await writersOf(world, i, kase, seed),
      })),
    );
    const writers = shards.flatMap((shard) => shard.writers);
    await Promise.all(writers.map((writer) => writer.fill(400)));

    await using runner = await world.runner({ settings: SETTINGS });
    for (const writer of writers) writer.start(1);
    await runner.stage(never);
    expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
    await runner.openWindow(never);
    await stopAll(writers);
    for (const [i, { client, writers: own }] of shards.entries()) {
      expect(differences(expected(own, kase), await modelled(client, kase)), "after the seal").toEqual([]);
      await inStep(world, client, i, kase);
    }

    for (const writer of writers) writer.start(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await runner.revert(never)).toMatchObject({ at: "sealed" });
    await stopAll(writers);
    for (const { client, writers: own } of shards) {
      expect(differences(expected(own, kase), await modelled(client, kase)), "after the revert").toEqual([]);
      const unlike = kase.dropsLegacy ? `born <> ${REBORN} AND born <> legacy` : "FALSE";
      expect(await rowsOf(client, `${TABLE} WHERE ${unlike}`)).toEqual([]);
    }
    expect(writers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(writers.every(({ writes }) => writes > 0)).toBe(true);
    expect(await runner.abandon(never)).toMatchObject({ left: [] });
    const own = await ownDatabases(await world.client());
    expect(own.filter((name) => name.includes(world.deployment))).toEqual([]);
  },
  60_000,
);

async function writersOf(world: World, shard: number, kase: RandomCase, seed: number): Promise<Writer[]> {
  return Promise.all(
    Array.from(
      { length: WRITERS },
      async (_, part) =>
        new Writer({
          client: await world.client(shard),
          table: TABLE,
          kase,
          seed: seed * 31 + shard * 7 + part,
          part,
          parts: WRITERS,
          keys: 600,
        }),
    ),
  );
}

async function stopAll(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.stop()));
}

/** Rows as the writers know them: by their unique value, tag and birth. */
function expected(writers: readonly Writer[], kase: RandomCase): string[] {
  const rows = writers.flatMap((writer) => [...writer.rows.values()]);
  return rows.map(({ u, tag, born }) => JSON.stringify([u ?? null, tag, kase.dropsLegacy ? born : REBORN])).toSorted();
}

async function modelled(client: Connection, kase: RandomCase): Promise<string[]> {
  const [rows] = await client.query<RowDataPacket[]>(`SELECT u, tag, born FROM ${TABLE}`);
  return rows
    .map((row) => JSON.stringify([row["u"] ?? null, row["tag"], kase.dropsLegacy ? row["born"] : REBORN]))
    .toSorted();
}

/** In the window the retired table comes to have the same rows, as far as both definitions go. */
async function inStep(world: World, client: Connection, shard: number, kase: RandomCase): Promise<void> {
  const [found] = await client.query<RowDataPacket[]>(
    "SELECT TABLE_SCHEMA AS db FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE ? AND TABLE_NAME = ?",
    [`\\_sluice\\_${world.deployment}\\_%old`, TABLE],
  );
  const databases = found.map((row) => String(row["db"]));
  expect(databases).toHaveLength(world.databases.length);
  const read = (table: string) => rowsOf(client, table, kase.shared.join(", "), kase.key.columns.join(", "));
  const nearest = async (): Promise<string[]> => {
    const live = await read(TABLE);
    const each = await Promise.all(databases.map(async (db) => differences(live, await read(`${db}.${TABLE}`))));
    return each.toSorted((a, b) => a.length - b.length)[0] ?? [];
  };
  await expect.poll(nearest, { timeout: 5000, message: `shard ${shard}` }).toEqual([]);
}

function differences(left: readonly string[], right: readonly string[]): string[] {
  const [ofLeft, ofRight] = [new Set(left), new Set(right)];
  return [
    ...left.filter((row) => !ofRight.has(row)).map((row) => `- ${row}`),
    ...right.filter((row) => !ofLeft.has(row)).map((row) => `+ ${row}`),
  ].slice(0, 6);
}
