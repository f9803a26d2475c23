import type { LogPosition } from "#binlog";
import type { ChunkInFlight } from "./dirty-keys.ts";

/**
 * The log position before which every changed key has been brought over for good: where a new runner reads on. A key
 * that was flushed while a copy chunk was in flight is owed once more, so the position waits for such chunks.
 */
export class AppliedPosition {
  #position: LogPosition | undefined;
  /** Counts as applied once these chunks have ended and their keys were flushed again. */
  #owed: { readonly upTo: LogPosition | undefined; readonly chunks: readonly ChunkInFlight[] } | undefined;

  get position(): LogPosition | undefined {
    return this.#position;
  }

  begin(from: LogPosition | undefined): void {
    this.#position = from;
  }

  /**
   * A round that takes every dirty key begins; `upTo` is how far the stream has come.
   *
   * @returns to be called when the round was complete, with the chunks that owe keys then
   */
  beginRound(upTo: LogPosition | undefined): (owing: readonly ChunkInFlight[]) => void {
    const owed = this.#owed;
    const isPaid = owed?.chunks.every((chunk) => chunk.isOver) ?? false;
    return (owing) => {
      if (owing.length === 0) {
        this.#position = upTo;
        this.#owed = undefined;
        return;
      }
      if (isPaid) this.#position = owed?.upTo;
      if (owed === undefined || isPaid) this.#owed = { upTo, chunks: owing };
    };
  }
}
