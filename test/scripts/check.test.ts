import { expect, test } from "vitest";
import { bansIn } from "../../scripts/check/bans.ts";
import { commandProblems, problemOf } from "../../scripts/check/commands.ts";
import { linkProblems } from "../../scripts/check/docs.ts";
import { anchors, fences, links } from "../../scripts/check/markdown.ts";

test.each([
  ["src/engine/a.ts", "const t = Date.now();", "Date.now"],
  ["src/engine/a.ts", "const t = new Date();", "new Date()"],
  ["src/engine/a.ts", "const x = Math.random();", "Math.random"],
  ["src/engine/a.ts", 'throw new Error("no");', "throw new Error"],
  ["src/engine/a.ts", "const e = process.env;", "process"],
  ["src/engine/a.ts", "console.log(1);", "console"],
  ["src/engine/a.ts", 'import process from "node:process"; process.exit();', "process"],
])("%s with `%s` is refused", (file, code, ban) => {
  const found = bansIn(file, `\n${code}`);
  expect(found.join("\n")).toContain(ban);
  expect(found[0]).toMatch(/^src\/engine\/a\.ts:2 /);
});

test.each([
  ["src/kernel/clock.ts", "const t = new Date();"],
  ["src/cli/a.ts", "console.log(process.argv);"],
  ["src/engine/a.ts", 'const t = new Date("2030-01-01"); const s = "Date.now()"; // Math.random()'],
  ["src/engine/a.ts", "const o = { process: 1, console: 2 }; o.process; interface P { process(): void }"],
  ["src/engine/a.ts", 'throw new CodedError("engine/x", "y");'],
])("%s with `%s` is fine", (file, code) => {
  expect(bansIn(file, code)).toEqual([]);
});

test.each([
  ["npm run no-such-script", "no npm script"],
  ["node scripts/no-such-file.mjs", "no such file"],
  ["frobnicate --all", "unknown command"],
  ["npm test", undefined],
  ["SLUICE_TEST_MYSQLD=/x npm test", undefined],
  ["node dist/kernel/index.js", undefined],
  ["bash .ci/run", undefined],
  ["docker compose up", undefined],
])("the command `%s` in a document: %s", (line, problem) => {
  expect(problemOf(line) ?? "fine").toContain(problem ?? "fine");
});

test("only shell blocks hold commands, and comments and continued lines are read as a shell does", () => {
  const text = "```sh\n# frobnicate\nnpm \\\n  test # frobnicate\n```\n```text\nfrobnicate\n```\n";
  expect(commandProblems("README.md", text)).toEqual([]);
  expect(commandProblems("README.md", "```sh\nnpm test\nfrobnicate\n```")).toEqual([
    "README.md:2 unknown command: frobnicate",
  ]);
});

test("links that lead nowhere are found with their line, links in code and to other sites are left alone", () => {
  const text = "[a](package.json)\n[b](nowhere.md) `[c](gone.md)`\n[d](https://example.org)\n";
  expect(links(text).map(({ target }) => target)).toEqual(["package.json", "nowhere.md", "https://example.org"]);
  expect(linkProblems("README.md", text)).toEqual(["README.md:2 link leads nowhere: nowhere.md"]);
  expect(linkProblems("docs/a.md", "[up](../README.md#no-such-heading)")).toEqual([
    "docs/a.md:1 no such heading: ../README.md#no-such-heading",
  ]);
});

test("headings get the anchors that GitHub gives them", () => {
  expect([...anchors("# See it!\n## A `b` c\n## See it\n```sh\n# no heading\n```\n")]).toEqual([
    "see-it",
    "a-b-c",
    "see-it-1",
  ]);
});

test("fenced blocks carry their language and the line they start on", () => {
  expect(fences("x\n```ts\n// src/a.ts\n```\n")).toEqual([{ language: "ts", line: 3, text: "// src/a.ts" }]);
});
