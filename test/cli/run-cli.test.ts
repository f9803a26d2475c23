import { type CliDeps, EXIT, runCli, VERBS } from "#cli";
import { VERBS as COMMENT_VERBS } from "#github";
import { CodedError, silentLog, systemClock } from "#kernel";
import { expect, test } from "vitest";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Only what a command line needs before it opens anything. */
async function run(args: readonly string[], over: Partial<CliDeps> = {}): Promise<Ran> {
  const out: string[] = [];
  const notes: string[] = [];
  const closed = (): never => {
    throw new CodedError("test/opened", "Something was opened");
  };
  const deps: CliDeps = {
    screen: {
      isTerminal: false,
      columns: 80,
      out: (text) => void out.push(text),
      note: (text) => void notes.push(text),
      live: () => undefined,
    },
    keyboard: { enter: () => new Promise(() => undefined), onInterrupt: () => ({ [Symbol.dispose]: () => undefined }) },
    env: {},
    clock: systemClock,
    log: silentLog,
    version: "1.2.3",
    openDeploy: closed,
    openTarget: closed,
    openLive: closed,
    openScratch: closed,
    openRunner: closed,
    serve: () => Promise.resolve(),
    work: () => Promise.resolve(),
    demo: () => Promise.resolve(0),
    ...over,
  };
  const code = await runCli(args, deps);
  return { code, out: out.join("\n"), notes: notes.join("\n") };
}

test("every verb of a comment exists on the command line", () => {
  const verbs = VERBS.map(({ name }) => name);
  // commander itself brings `help`.
  expect(COMMENT_VERBS.filter((verb) => verb !== "help" && !verbs.includes(verb))).toEqual([]);
  expect(COMMENT_VERBS.length).toBeGreaterThanOrEqual(6);
});

test("the help names every verb and every exit code", async () => {
  const { code, out } = await run(["--help"]);
  expect(code).toBe(EXIT.done);
  for (const { name } of VERBS) expect(out).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
  for (const exit of Object.values(EXIT)) expect(out).toContain(`${exit} `);
});

test.each(VERBS.map(({ name }) => name).filter((name) => name !== "demo"))("%s has a help of its own", async (name) => {
  const { code, out } = await run([name, "--help"]);
  expect(code).toBe(EXIT.done);
  expect(out).toContain(`sluice ${name}`);
});

test.each<[what: string, args: readonly string[], env: NodeJS.ProcessEnv, says: string]>([
  ["an unknown verb", ["aply"], {}, "Did you mean apply?"],
  ["an unknown option", ["status", "--wach"], {}, "Did you mean --watch?"],
  ["a missing option", ["alter", "--table", "t"], {}, "--dsn"],
  [
    "a DSN on the command line",
    ["alter", "--dsn", "mysql://root:hunter2@h/d", "--table", "t", "--alter", "ADD a int"],
    {},
    "cli/not-a-reference",
  ],
  [
    "a reference without a value",
    ["alter", "--dsn", "env:NONE", "--table", "t", "--alter", "ADD a int"],
    {},
    "config/secret-missing",
  ],
  ["a decision without a person", ["apply", "d12345"], {}, "SLUICE_ACTOR"],
  ["no scratch server", ["plan", "--schema", ".", "--dsn", "env:D"], { D: "mysql://h/d" }, "SLUICE_SCRATCH"],
  ["a folder that is not there", ["diff", "--from", "/nowhere/a", "--to", "/nowhere/b"], {}, "cli/no-such-path"],
  ["no such deployment's name", ["cancel", "../x", "--as", "ann"], {}, "cli/bad-deployment"],
])("%s is wrong usage, said without a stack and without a secret", async (_what, args, env, says) => {
  const { code, notes } = await run(args, { env });
  expect(code).toBe(EXIT.usage);
  expect(notes).toContain(says);
  expect(notes).not.toMatch(/hunter2|\n\s+at /);
});

test("with --json a wrong usage is JSON with the code", async () => {
  const { code, out } = await run(["apply", "d12345", "--json"]);
  expect(code).toBe(EXIT.usage);
  expect(JSON.parse(out)).toMatchObject({ event: "error", reasons: [{ code: "cli/missing-option" }] });
});

test("a bad clause list is refused before anything is opened, as a JSON line", async () => {
  const { code, out } = await run(["alter", "--dsn", "env:D", "--table", "t", "--alter", "DROP TABLE t; x", "--json"], {
    env: { D: "mysql://h/d" },
  });
  expect(code).toBe(EXIT.refused);
  expect(JSON.parse(out)).toMatchObject({ event: "refused", reasons: [{ code: "alter/not-clauses" }] });
});

test("Ctrl-C while an alter is still being planned is an interruption, not a refusal", async () => {
  const waiting = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  const { code } = await run(["alter", "--dsn", "env:D", "--table", "t", "--alter", "ADD a int"], {
    env: { D: "mysql://h/d" },
    keyboard: {
      enter: () => new Promise(() => undefined),
      onInterrupt: (heard) => {
        setImmediate(heard);
        return { [Symbol.dispose]: () => undefined };
      },
    },
    openTarget: () => ({}) as ReturnType<CliDeps["openTarget"]>,
    openLive: () => ({ readSchema: waiting, statistics: (_tables, signal) => waiting(signal) }),
  });
  expect(code).toBe(EXIT.interrupted);
});

test("what a room refuses has exit code 4, and a fault of ours 1 without its text", async () => {
  const refused = await run(["status"], {
    openDeploy: () => Promise.reject(new CodedError("store/unreachable", "No control database", { hint: "Start it." })),
  });
  expect(refused).toMatchObject({ code: EXIT.refused, notes: expect.stringContaining("Start it.") as string });
  const fault = await run(["status"], { openDeploy: () => Promise.reject(new RangeError("a row's value")) });
  expect(fault.code).toBe(EXIT.unexpected);
  expect(fault.notes).not.toContain("a row's value");
});

test("demo gets its own options untouched", async () => {
  let given: readonly string[] = [];
  const demo = (args: readonly string[]): Promise<number> => {
    given = args;
    return Promise.resolve(0);
  };
  expect((await run(["demo", "--script", "--json", "--rows", "5"], { demo })).code).toBe(EXIT.done);
  expect(given).toEqual(["--script", "--json", "--rows", "5"]);
});
