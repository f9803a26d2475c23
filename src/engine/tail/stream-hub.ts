import type { Clock, Log } from "#kernel";
import type { Target } from "../ports.ts";
import { ServerStream } from "./server-stream.ts";

/** A server's stream on loan; disposing gives it back, and the last one closes it. */
export interface StreamLoan extends AsyncDisposable {
  readonly stream: ServerStream;
}

/** Hands out one stream per server to everybody in this process. */
export class StreamHub {
  readonly #context: { readonly clock: Clock; readonly log: Log };
  readonly #streams = new Map<string, { readonly stream: ServerStream; users: number }>();

  constructor(context: { readonly clock: Clock; readonly log: Log }) {
    this.#context = context;
  }

  borrow(target: Target, serverId: string): StreamLoan {
    const running = this.#streams.get(serverId);
    const entry =
      running === undefined || running.stream.hasFailed
        ? { stream: new ServerStream(target, serverId, this.#context), users: 0 }
        : running;
    this.#streams.set(serverId, entry);
    entry.users += 1;
    let given = false;
    return {
      stream: entry.stream,
      [Symbol.asyncDispose]: async () => {
        if (given) return;
        given = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        if (this.#streams.get(serverId) === entry) this.#streams.delete(serverId);
        await entry.stream[Symbol.asyncDispose]();
      },
    };
  }
}
