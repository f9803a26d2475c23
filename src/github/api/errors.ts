import { type Clock, type Code, CodedError } from "#kernel";

/** The HTTP status that GitHub answered with; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("status" in error)) return undefined;
  // Octokit reports a request that failed on the way as status 500 without a response.
  if (!("response" in error) || error.response === undefined) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}

/** A stable code for logs and retries; the text of the answer is not repeated. */
export function codeOf(error: unknown): Code {
  if (error instanceof CodedError) return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const status = statusOf(error);
  if (status !== undefined) return `github/http-${status}`;
  return typeof error === "object" && error !== null && "status" in error ? "github/no-answer" : "github/unexpected";
}

/** How long GitHub asks to stay away, milliseconds; undefined when the error is no rate limit. */
export function rateLimitMs(error: unknown, clock: Clock): number | undefined {
  const status = statusOf(error);
  if (status !== 403 && status !== 429) return undefined;
  const headers = headersOf(error);
  const after = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(after)) return Math.max(1, after) * 1000;
  if (headers["x-ratelimit-remaining"] === "0") {
    const reset = Number(headers["x-ratelimit-reset"]) * 1000 - clock.now().getTime();
    return Number.isFinite(reset) ? Math.max(1000, reset) : 60_000;
  }
  // GitHub: without headers, wait at least a minute.
  return status === 429 || /secondary rate limit/i.test(messageOf(error)) ? 60_000 : undefined;
}

function headersOf(error: unknown): Readonly<Record<string, string | undefined>> {
  const response = typeof error === "object" && error !== null && "response" in error ? error.response : undefined;
  if (typeof response !== "object" || response === null || !("headers" in response)) return {};
  return response.headers as Record<string, string | undefined>;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
