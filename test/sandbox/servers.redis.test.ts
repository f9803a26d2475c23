import { startRedis } from "#sandbox";
import { Redis } from "ioredis";
import { expect, test } from "vitest";

test("a private Redis listens on its socket only and keeps its data over a SIGKILL", async () => {
  await using server = await startRedis();
  const client = new Redis(server.socketPath);
  await client.set("k", "v");
  expect(await client.config("GET", "port")).toEqual(["port", "0"]);
  expect(await client.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  // The append-only file is written once a second; ask for it now.
  await client.config("SET", "appendfsync", "always");
  await client.set("k2", "v2");
  client.disconnect();
  await server.kill("SIGKILL");
  await server.restart();
  const again = new Redis(server.socketPath);
  expect(await again.mget("k", "k2")).toEqual(["v", "v2"]);
  again.disconnect();
});
