import { expect, test } from "vitest";
import { DirtyKeys } from "../../src/engine/tail/dirty-keys.ts";

function flush(keys: DirtyKeys): readonly string[] {
  const taken = keys.beginFlush();
  keys.endFlush([], 0);
  return taken;
}

test("a key is flushed once however often it came, and not again", () => {
  const keys = new DirtyKeys();
  keys.add(["1", "2"], 0);
  keys.add(["1"], 1);
  expect(flush(keys)).toEqual(["1", "2"]);
  expect(flush(keys)).toEqual([]);
  expect(keys.applied).toBe(2);
});

test("a key that changes while it is being flushed is flushed again", () => {
  const keys = new DirtyKeys();
  keys.add(["1"], 0);
  keys.beginFlush();
  keys.add(["1"], 1);
  keys.endFlush([], 2);
  expect(flush(keys)).toEqual(["1"]);
});

test("keys that a flush could not bring over are dirty still", () => {
  const keys = new DirtyKeys();
  keys.add(["1", "2"], 0);
  keys.beginFlush();
  keys.endFlush(["2"], 1);
  expect(keys.applied).toBe(1);
  expect(flush(keys)).toEqual(["2"]);
});

test.each<[order: string, run: (keys: DirtyKeys) => void]>([
  [
    "the flush lies inside the chunk",
    (keys) => {
      const chunk = keys.beginChunk();
      flush(keys);
      keys.endChunk(chunk, 1);
    },
  ],
  [
    "the chunk lies inside the flush",
    (keys) => {
      keys.beginFlush();
      const chunk = keys.beginChunk();
      keys.endChunk(chunk, 1);
      keys.endFlush([], 2);
    },
  ],
  [
    "the flush begins first",
    (keys) => {
      keys.beginFlush();
      const chunk = keys.beginChunk();
      keys.endFlush([], 1);
      keys.endChunk(chunk, 2);
    },
  ],
  [
    "the chunk begins first",
    (keys) => {
      const chunk = keys.beginChunk();
      keys.beginFlush();
      keys.endChunk(chunk, 1);
      keys.endFlush([], 2);
    },
  ],
])("a key flushed while a chunk was in flight is flushed again: %s", (_order, run) => {
  const keys = new DirtyKeys();
  keys.add(["1"], 0);
  run(keys);
  expect(flush(keys)).toEqual(["1"]);
});

test("a chunk after the flush repeats nothing, and while one owes keys the log position may not count as applied", () => {
  const keys = new DirtyKeys();
  keys.add(["1"], 0);
  flush(keys);
  const chunk = keys.beginChunk();
  expect(keys.owing()).toEqual([]);
  keys.add(["2"], 1);
  flush(keys);
  expect(keys.owing()).toEqual([chunk]);
  keys.endChunk(chunk, 2);
  expect(keys.owing()).toEqual([chunk]);
  expect(flush(keys)).toEqual(["2"]);
  expect(keys.owing()).toEqual([]);
});

test("a log position waits for keys of a chunk that ended while they were being flushed", () => {
  const keys = new DirtyKeys();
  const chunk = keys.beginChunk();
  keys.add(["1"], 0);
  keys.beginFlush();
  keys.endChunk(chunk, 1);
  keys.endFlush([], 2);
  expect(keys.owing()).toEqual([chunk]);
  expect(flush(keys)).toEqual(["1"]);
  expect(keys.owing()).toEqual([]);
});
