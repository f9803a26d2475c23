import { CodedError } from "#kernel";
import { Redis, type RedisOptions } from "ioredis";

const LONGEST_RETRY_MS = 2000;
const COMMAND_MS = 3000;

/**
 * A client whose commands fail at once while Redis is away: a wake-up is only a hint, so nobody waits for one.
 *
 * @throws CodedError `dispatch/bad-redis-url`
 */
export function openFailFastRedis(url: string): Redis {
  return open(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS });
}

/** A client for BullMQ's worker, which waits for Redis as long as it takes. */
export function openPatientRedis(url: string): Redis {
  return open(url, { maxRetriesPerRequest: null });
}

type Options = Omit<RedisOptions, "replyMapping">;

function open(url: string, options: Options): Redis {
  const all: Options = { ...options, retryStrategy: (times) => Math.min(50 * times, LONGEST_RETRY_MS) };
  if (!URL.canParse(url)) throw badUrl();
  const { protocol, pathname, host } = new URL(url);
  if (protocol === "unix:" && host === "" && pathname.length > 1)
    return new Redis({ ...all, path: decodeURIComponent(pathname) });
  if (protocol === "redis:" || protocol === "rediss:") return new Redis(url, all);
  throw badUrl();
}

/** The URL itself may hold a password. */
function badUrl(): CodedError {
  return new CodedError("dispatch/bad-redis-url", "Not a Redis URL", {
    hint: "SLUICE_REDIS is redis://host:port, rediss://host:port or unix:///path/to/socket.",
    next: "fix-input",
  });
}
