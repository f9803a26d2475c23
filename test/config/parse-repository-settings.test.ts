import { parseRepositorySettings } from "#config";
import { assert, expect, test } from "vitest";

test("the smallest file gives the defaults", () => {
  expect(parseRepositorySettings("version: 1\n", "sluice.yml")).toEqual({
    at: "settings",
    settings: { lint: {}, approvals: 1, ping: ["ready", "failed", "blocked", "reverted"] },
  });
});

test("severities, approvals and pings are read", () => {
  const text = "version: 1\nlint: { drop-column: error }\napprovals: 2\ncomments: { ping: [ready] }\n";
  expect(parseRepositorySettings(text, "sluice.yml")).toMatchObject({
    settings: { lint: { "drop-column": "error" }, approvals: 2, ping: ["ready"] },
  });
});

test.each<[what: string, text: string, code: string, line: number]>([
  ["a repository cannot name a database", "version: 1\ndatabases: []\n", "config/unknown-key", 2],
  ["a repository cannot choose its channels", "version: 1\nchannels: {}\n", "config/not-yet", 2],
  ["approvals of 0 would loosen and are refused", "version: 1\napprovals: 0\n", "config/bad-value", 2],
  ["a severity of off would loosen and is refused", "version: 1\nlint:\n  drop-column: off\n", "config/bad-value", 3],
  [
    "an alias bomb is refused",
    `version: 1\na: &a [1]\n${"b: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]"}\n`,
    "config/yaml",
    1,
  ],
])("%s", (_what, text, code, line) => {
  const result = parseRepositorySettings(text, "sluice.yml");
  assert(result.at === "refused", "was accepted");
  expect(result.problems[0]).toMatchObject({ code, where: { line } });
});
