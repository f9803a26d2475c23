// Started by tests as a process of its own: starts servers, says where they are, and waits to be killed.
import { startMysql, startRedis } from "#sandbox";

const mysql = await startMysql({ label: "owner" });
const redis = await startRedis();
process.stdout.write(
  `${JSON.stringify({ mysql: mysql.pid(), redis: redis.pid(), folders: [mysql.dataDir, redis.socketPath] })}\n`,
);
setInterval(() => undefined, 60_000);
