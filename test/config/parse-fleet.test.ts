import { readFileSync } from "node:fs";
import { type Fleet, parseFleet } from "#config";
import type { Reason } from "#kernel";
import { assert, expect, test } from "vitest";

const example = readFileSync(new URL("../../schemas/config/fleet.example.yml", import.meta.url), "utf8");

function fleetOf(text: string): Fleet {
  const result = parseFleet(text, "fleet.yml");
  assert(result.at === "fleet", JSON.stringify(result));
  return result.fleet;
}

function problemsOf(text: string): readonly Reason[] {
  const result = parseFleet(text, "fleet.yml");
  assert(result.at === "refused", "was accepted");
  return result.problems;
}

test("the example is read with defaults, references and durations made typed", () => {
  const fleet = fleetOf(example);
  const [group] = fleet.groups;
  expect(group).toMatchObject({
    name: "shop",
    repository: { owner: "acme", name: "shop" },
    path: "schemas/shop",
    channels: [
      { name: "dev", branch: "dev", seal: "auto" },
      { name: "prod", branch: "main", seal: "manual" },
    ],
    place: { file: "fleet.yml", line: 5, column: 3 },
  });
  expect(
    group?.databases.map(({ name, revertWindowMs, lockBudgetMs, sealAttempts }) => ({
      name,
      revertWindowMs,
      lockBudgetMs,
      sealAttempts,
    })),
  ).toEqual([
    { name: "shop-dev", revertWindowMs: 0, lockBudgetMs: 250, sealAttempts: 10 },
    { name: "shop-prod", revertWindowMs: 1_800_000, lockBudgetMs: 250, sealAttempts: 10 },
  ]);
  expect(group?.databases[1]?.shards[1]).toEqual({
    name: "80-",
    dsn: { from: "file", path: "/run/secrets/shop-prod-1" },
  });
  expect(fleet.scratch).toEqual([{ flavour: "mysql", dsn: { from: "env", name: "SCRATCH_DSN" } }]);
});

test("a database's own value wins over the defaults, and roles are lower case", () => {
  const text = example
    .replace(
      "max-lock-wait: 250ms, attempts: 10 }\n        revert: { window: 30m }",
      "attempts: 3 }\n        revert: { window: 2h }",
    )
    .replace("defaults:\n  gate: { max-lock-wait: 250ms", "defaults:\n  gate: { max-lock-wait: 1s")
    .replace("[grace]", "[Grace]");
  const fleet = fleetOf(text);
  expect(fleet.groups[0]?.databases[1]).toMatchObject({
    sealAttempts: 3,
    lockBudgetMs: 1000,
    revertWindowMs: 7_200_000,
  });
  expect(fleet.roles.seal).toEqual(["grace"]);
});

const twoGroups = (second: string): string => `version: 1
groups:
  a:
    repository: acme/shop
    path: db
    channels: { prod: { branch: main, seal: auto } }
    databases: [{ name: one, channel: prod, shards: [{ id: "0", dsn: env:A }] }]
  b:
${second}
scratch: [{ flavour: mysql, dsn: env:S }]
`;

const groupB = (parts: { repository?: string; path?: string; name?: string; dsn?: string }): string =>
  `    repository: ${parts.repository ?? "acme/other"}
    path: ${parts.path ?? "db"}
    channels: { prod: { branch: main, seal: auto } }
    databases: [{ name: ${parts.name ?? "two"}, channel: prod, shards: [{ id: "0", dsn: ${parts.dsn ?? "env:B"} }] }]`;

test("who says nothing of the revert window has half an hour", () => {
  const [first, second] = fleetOf(twoGroups(groupB({}))).groups.flatMap(({ databases }) => databases);
  expect([first?.revertWindowMs, second?.revertWindowMs]).toEqual([30 * 60_000, 30 * 60_000]);
});

test.each<
  [
    what: string,
    text: string,
    expected: { code: string; line: number; column?: number; hint?: string; message?: string },
  ]
>([
  [
    "an unknown key names the key meant",
    example.replace("shards:", "shrads:"),
    { code: "config/unknown-key", line: 14, column: 9, hint: "Did you mean shards?" },
  ],
  [
    "an unknown top-level key is refused",
    `${example}\nrolez: {}\n`,
    { code: "config/unknown-key", line: 40, hint: "Did you mean roles?" },
  ],
  [
    "soak is refused by name",
    example.replace("branch: main, seal", "branch: main, soak: 7d, seal"),
    { code: "config/not-yet", line: 10, message: "`groups.shop.channels.prod.soak` is not supported yet" },
  ],
  [
    "after is refused by name",
    example.replace("branch: main, seal", "branch: main, after: dev, seal"),
    { code: "config/not-yet", line: 10 },
  ],
  [
    "telemetry of a database is refused by name",
    example.replace("keep-old: false", "telemetry: []"),
    { code: "config/not-yet", line: 24 },
  ],
  ["a ladder is refused by name", `${example}\nladder: []\n`, { code: "config/not-yet", line: 40 }],
  [
    "a team in a role is refused by name",
    example.replace("[grace]", "[team:acme/dba]"),
    { code: "config/not-yet", line: 29, message: "Teams in `roles.seal` are not supported yet" },
  ],
  [
    "mariadb is refused by name",
    example.replace("flavour: mysql", "flavour: mariadb"),
    { code: "config/not-yet", line: 38 },
  ],
  [
    "a missing scratch list is refused",
    example.replace(/scratch:\n.*\n/, ""),
    { code: "config/missing-key", line: 2, message: "`scratch` is missing" },
  ],
  ["a wrong version is refused", example.replace("version: 1", "version: 2"), { code: "config/bad-value", line: 2 }],
  [
    "a bad duration is refused",
    example.replace("window: 30m", "window: 30 minutes"),
    { code: "config/bad-value", line: 23 },
  ],
  [
    "a bad seal is refused with what is allowed",
    example.replace("seal: auto", "seal: yes"),
    { code: "config/bad-value", line: 9, message: "`groups.shop.channels.dev.seal` must be one of: auto, manual" },
  ],
  ["a shard id without quotes is explained", example.replace('"0"', "0"), { code: "config/bad-value", line: 15 }],
  [
    "a folder outside the repository is refused",
    example.replace("path: schemas/shop", "path: ../shop"),
    { code: "config/bad-value", line: 7 },
  ],
  [
    "a database of an unknown channel is refused",
    example.replace("channel: prod", "channel: prd"),
    { code: "config/unknown-channel", line: 18, hint: "Did you mean prod?" },
  ],
  [
    "a channel nobody follows is refused",
    example.replace("channel: dev", "channel: prod"),
    { code: "config/empty-channel", line: 9 },
  ],
  ["two shards of one id are refused", example.replace('"80-"', '"-80"'), { code: "config/duplicate-name", line: 21 }],
  [
    "a DSN of two shards is refused",
    example.replace("shop-prod-1", "shop-prod-0"),
    { code: "config/dsn-twice", line: 21 },
  ],
  [
    "a scratch server that is a target is refused",
    example.replace("env:SCRATCH_DSN", "env:SHOP_DEV_DSN"),
    { code: "config/dsn-twice", line: 38 },
  ],
  [
    "a database name in two groups is refused",
    twoGroups(groupB({ name: "one" })),
    { code: "config/duplicate-name", line: 12 },
  ],
  ["a DSN in two groups is refused", twoGroups(groupB({ dsn: "env:A" })), { code: "config/dsn-twice", line: 12 }],
  [
    "one folder and branch in two groups is refused",
    twoGroups(groupB({ repository: "Acme/Shop", path: "./db/" })),
    { code: "config/claimed-twice", line: 11 },
  ],
  [
    "a folder inside another group's folder is refused",
    twoGroups(groupB({ repository: "acme/shop", path: "db/inner" })),
    { code: "config/claimed-twice", line: 11 },
  ],
  ["a doubled YAML key is refused", `version: 1\n${example}`, { code: "config/yaml", line: 3 }],
  ["broken YAML is refused", example.replace("[ada]", "[ada"), { code: "config/yaml", line: 29 }],
  ["an empty file is refused", "", { code: "config/missing-key", line: 1, message: "The file is empty" }],
])("%s", (_what, text, { code, line, column, ...words }) => {
  expect(problemsOf(text)).toContainEqual(
    expect.objectContaining({
      code,
      ...words,
      where: expect.objectContaining({
        file: "fleet.yml",
        line,
        ...(column === undefined ? {} : { column }),
      }) as unknown,
    }),
  );
});

test("two groups of different repositories stand side by side", () => {
  expect(parseFleet(twoGroups(groupB({})), "fleet.yml").at).toBe("fleet");
  expect(parseFleet(twoGroups(groupB({ repository: "acme/shop", path: "db2" })), "fleet.yml").at).toBe("fleet");
});

test("a DSN pasted in place of a reference is never repeated", () => {
  const problems = problemsOf(example.replace("env:SHOP_DEV_DSN", "mysql://root:hunter2@db/shop"));
  expect(JSON.stringify(problems)).not.toContain("hunter2");
});

test("all problems come at once", () => {
  const problems = problemsOf(example.replace("seal: auto", "seal: no").replace("keep-old: false", "keepold: false"));
  expect(problems.map(({ code }) => code).sort()).toEqual(["config/bad-value", "config/unknown-key"]);
});
