export { seededFaults, type FaultRates } from "./github/faults.ts";
export { startSandboxGithub } from "./github/start.ts";
export type {
  CheckRunView,
  CommentView,
  CommitFiles,
  CreateRepository,
  Delivery,
  Faults,
  MergeMethod,
  OpenPullRequest,
  Permission,
  PullRequestView,
  SandboxGithub,
  SandboxGithubOptions,
  SandboxRepository,
  Sending,
  Violation,
} from "./github/types.ts";
export { chromiumPath, findTool, type Tool, type ToolName } from "./servers/tools.ts";
export { startMysql } from "./servers/start-mysql.ts";
export { startRedis } from "./servers/start-redis.ts";
export type { MysqlOptions, MysqlServer, RedisServer } from "./servers/types.ts";
export { changedTables, changeShop, createdTables } from "./shop/change.ts";
export {
  type ShopClients,
  type ShopClientsOptions,
  type ShopReport,
  type ShopStats,
  startShopClients,
} from "./shop/clients.ts";
export { createShop, type ShopFiles, shopFiles } from "./shop/files.ts";
export { type FilledRows, type FillOptions, fillShop } from "./shop/fill.ts";
export { type LockProbe, startLockProbe } from "./shop/lock-probe.ts";
