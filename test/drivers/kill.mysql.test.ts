import { createServer, connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { startMysql } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDsn } from "#drivers";
import { killOnServer } from "../../src/drivers/mysql/kill.ts";

let server: Awaited<ReturnType<typeof startMysql>>;
beforeAll(async () => {
  server = await startMysql({ label: "kill" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test("a server that lets us in and then says nothing is not waited for beyond the deadline", async () => {
  let swallowed = 0;
  const proxy = createServer((client) => {
    const upstream = connect(server.port, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
    client.on("close", () => upstream.destroy());
    upstream.pipe(client);
    client.on("data", (data) => {
      if (data.includes("KILL ")) swallowed += 1;
      else upstream.write(data);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  try {
    const { port } = proxy.address() as AddressInfo;
    const dsn = parseDsn(`mysql://root@127.0.0.1:${port}/`);
    const asked = killOnServer(dsn, 4_000_000, "connection", AbortSignal.timeout(1500));
    await expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
    expect(swallowed).toBe(1);
  } finally {
    proxy.close();
  }
}, 20_000);
