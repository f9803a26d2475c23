export { chromiumPath, findTool, type Tool, type ToolName } from "./servers/tools.ts";
export { startMysql } from "./servers/start-mysql.ts";
export { startRedis } from "./servers/start-redis.ts";
export type { MysqlOptions, MysqlServer, RedisServer } from "./servers/types.ts";
