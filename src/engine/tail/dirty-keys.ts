/** A copy chunk under way; see `DirtyKeys`. */
export interface ChunkInFlight {
  readonly keysToRepeat: Set<string>;
  isOver: boolean;
}

/**
 * Which rows of one table have changed and are not yet brought over. Level-triggered: a key says *that* its row
 * changed; what it is now is read on the server when the key is flushed.
 *
 * Invariants:
 * K1. A key is in at most one flush at a time (the flush takes *all* dirty keys; the next one starts after it).
 * K2. A key that was flushed while a copy chunk was in flight is dirty again when that chunk has ended: the chunk may
 *     have read the row before the flush and written it after (research: binlog 4b).
 */
export class DirtyKeys {
  #dirty = new Set<string>();
  #flushing: ReadonlySet<string> = new Set();
  readonly #chunks = new Set<ChunkInFlight>();
  /** Chunks that gave keys back which no flush has taken yet. */
  #ended: ChunkInFlight[] = [];
  /** When the oldest key of `#dirty` came, on the caller's clock. */
  #since: number | undefined;
  #applied = 0;
  readonly #watches = new Set<Set<string>>();

  add(keys: readonly string[], nowMs: number): void {
    for (const key of keys) this.#dirty.add(key);
    for (const seen of this.#watches) for (const key of keys) seen.add(key);
    if (this.#dirty.size > 0) this.#since ??= nowMs;
  }

  /** Collects every key that becomes dirty from now on, until `stop`. */
  watch(): { readonly seen: ReadonlySet<string>; readonly stop: () => void } {
    const seen = new Set<string>();
    this.#watches.add(seen);
    return { seen, stop: () => this.#watches.delete(seen) };
  }

  /** Keys not yet brought over, those in a flush included. */
  get pending(): number {
    return this.#dirty.size + this.#flushing.size;
  }

  get applied(): number {
    return this.#applied;
  }

  oldestMs(): number | undefined {
    return this.#since;
  }

  /** Takes every dirty key; `endFlush` must follow. */
  beginFlush(): readonly string[] {
    const keys = this.#dirty;
    this.#dirty = new Set();
    this.#since = undefined;
    this.#flushing = keys;
    this.#ended = [];
    // K2 for chunks that end before the flush does: they get the keys now, and give them back when they end.
    for (const chunk of this.#chunks) for (const key of keys) chunk.keysToRepeat.add(key);
    return [...keys];
  }

  /** @param left keys that were not brought over and are dirty still */
  endFlush(left: readonly string[], nowMs: number): void {
    const keys = this.#flushing;
    this.#flushing = new Set();
    this.#applied += keys.size - left.length;
    // K2 for chunks that began while the flush was under way.
    for (const chunk of this.#chunks) for (const key of keys) chunk.keysToRepeat.add(key);
    this.add(left, nowMs);
  }

  /**
   * Chunks whose end makes flushed keys dirty again, or has done so since the last flush began: until those keys are
   * flushed once more a log position must not count as applied.
   */
  owing(): readonly ChunkInFlight[] {
    return [...this.#chunks, ...this.#ended].filter((chunk) => chunk.keysToRepeat.size > 0);
  }

  beginChunk(): ChunkInFlight {
    // A flush under way hands its keys to this chunk when it ends.
    const chunk: ChunkInFlight = { keysToRepeat: new Set(), isOver: false };
    this.#chunks.add(chunk);
    return chunk;
  }

  /** After the chunk's transaction has ended, however it ended. */
  endChunk(chunk: ChunkInFlight, nowMs: number): void {
    this.#chunks.delete(chunk);
    chunk.isOver = true;
    // A flush may be in the middle of these very keys: what it does not repeat, the next one does.
    for (const key of this.#flushing) chunk.keysToRepeat.add(key);
    this.add([...chunk.keysToRepeat], nowMs);
    this.#ended.push(chunk);
  }
}
