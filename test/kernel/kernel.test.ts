import {
  advance,
  canonicalJson,
  CodedError,
  fingerprintOf,
  formatBytes,
  formatCount,
  formatDuration,
  type Moves,
  newDeploymentId,
  parseDeploymentId,
  parseDuration,
  parseShardName,
  plural,
  reasonOf,
  Redactor,
  systemClock,
} from "#kernel";
import { describe, expect, test } from "vitest";

describe("fingerprints", () => {
  test("equal values have equal fingerprints whatever the order of their keys", () => {
    expect(fingerprintOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(fingerprintOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  });

  test("the order of a list counts", () => {
    expect(fingerprintOf([1, 2])).not.toBe(fingerprintOf([2, 1]));
  });

  test("a bigint and the same number are different", () => {
    expect(canonicalJson({ n: 1n })).not.toBe(canonicalJson({ n: 1 }));
  });
});

describe("ids", () => {
  test("a new deployment id is one that parses", () => {
    const id = newDeploymentId();
    expect(parseDeploymentId(id)).toBe(id);
  });

  test.each(["", "D1234", "a;b", "x".repeat(21)])("%j is no deployment id", (text) => {
    expect(parseDeploymentId(text)).toBeUndefined();
  });

  test.each([
    ["0", true],
    ["-80", true],
    ["40-c0", true],
    ["A", false],
    ["a_b", false],
  ])("shard name %j: %s", (text, good) => {
    expect(parseShardName(text) !== undefined).toBe(good);
  });
});

describe("durations and quantities", () => {
  test.each<[string, number | undefined]>([
    ["0", 0],
    ["250ms", 250],
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
    ["7 d", undefined],
    ["-1s", undefined],
    ["1w", undefined],
  ])("%j is %s ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    [420, "420 ms"],
    [9_000, "9 s"],
    [720_000, "12 min"],
    [7_800_000, "2 h 10 min"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms reads as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test("a negative duration is refused", () => {
    expect(() => formatDuration(-1)).toThrow(expect.objectContaining({ code: "kernel/bad-duration" }));
  });

  test("counts and bytes are written for people", () => {
    expect(formatCount(1234567n)).toBe("1,234,567");
    expect(plural(1, "table")).toBe("1 table");
    expect(plural(3, "table")).toBe("3 tables");
    expect(formatBytes(512)).toBe("512 B");
    expect(formatBytes(6_100_000)).toBe("6.1 MB");
  });
});

describe("errors", () => {
  test("a coded error becomes its reason", () => {
    const error = new CodedError("engine/drift", "Table `t` has changed", { hint: "Plan again." });
    expect(reasonOf(error)).toEqual({ code: "engine/drift", message: "Table `t` has changed", hint: "Plan again." });
  });

  test("the text of a foreign error is never repeated, for it may hold row values", () => {
    const reason = reasonOf(
      Object.assign(new TypeError("Duplicate entry 'jane@example.org'"), { code: "ER_DUP_ENTRY" }),
    );
    expect(JSON.stringify(reason)).not.toContain("jane");
    expect(reason.message).toBe("Unexpected TypeError (ER_DUP_ENTRY)");
  });
});

describe("redaction", () => {
  test("passwords in URLs and registered secrets disappear, longest first", () => {
    const redactor = new Redactor();
    redactor.add("hunter22");
    redactor.add("hunter22-and-more");
    expect(redactor.redact("mysql://app:pw@db:3306/shop hunter22-and-more hunter22")).toBe(
      "mysql://[redacted]@db:3306/shop [redacted] [redacted]",
    );
  });
});

test("a secret is found inside JSON, too, where its quotes and line breaks are escaped", () => {
  const redactor = new Redactor();
  const secret = 'line one\nline "two"';
  redactor.add(secret);
  expect(redactor.redact(JSON.stringify({ key: secret }))).toBe('{"key":"[redacted]"}');
});

describe("machine and clock", () => {
  type S = { at: "off" } | { at: "on"; level: number };
  type E = { type: "push"; level: number } | { type: "pull" };
  const moves: Moves<S, E> = {
    off: { push: (_, e) => ({ at: "on", level: e.level }) },
    on: { pull: () => ({ at: "off" }) },
  };

  test("a move that is in the table is made", () => {
    expect(advance<S, E>(moves, { at: "off" }, { type: "push", level: 3 })).toEqual({ at: "on", level: 3 });
  });

  test("a move that is not in the table is refused", () => {
    expect(advance<S, E>(moves, { at: "off" }, { type: "pull" })).toBeUndefined();
  });

  test("a sleep ends at once when its signal aborts, before or during", async () => {
    const before = AbortSignal.abort(new CodedError("test/stop", "stop"));
    await expect(systemClock.sleep(60_000, before)).rejects.toMatchObject({ code: "test/stop" });
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(new CodedError("test/stop", "stop"));
    await expect(sleeping).rejects.toMatchObject({ code: "test/stop" });
  });
});
