import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { CodedError } from "#kernel";

/** Below the range the kernel takes ports for outgoing connections from, so that a stopped server finds its port again. */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/**
 * A port on loopback that nobody listens on right now. Somebody may take it before the caller does: be ready to ask
 * again.
 *
 * @throws CodedError `sandbox/no-free-port`
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await canListen(port)) return port;
  }
  throw new CodedError("sandbox/no-free-port", `No free port found between ${LOWEST} and ${HIGHEST}`, {
    hint: "Many servers run on this machine; end some.",
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
