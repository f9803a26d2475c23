import { expect, test } from "vitest";
import { COMMANDS } from "../../src/github/commands/list.ts";
import { parseComment } from "../../src/github/commands/parse.ts";
import { VERBS } from "../../src/github/commands/syntax.ts";

const verbs = (body: string): readonly string[] => parseComment(body).commands.map((command) => command.verb);
const codes = (body: string): readonly string[] => parseComment(body).problems.map((problem) => problem.code);

test.each<[why: string, body: string, verbs: readonly string[]]>([
  ["a line that is a command", "/apply", ["apply"]],
  ["commands among talk, in their order", "Looks good.\n\n/plan\r\n/status  \nThanks!", ["plan", "status"]],
  ["the three a comment may hold", "/plan\n/status\n/help", ["plan", "status", "help"]],
  ["not a word in a sentence", "please /apply this", []],
  ["not an indented line", " /apply\n    /apply\n\t/apply", []],
  ["not a quote", "> /apply", []],
  ["not what Markdown draws into a quote", "> as you said\n/apply", []],
  ["what follows a quote and an empty line", "> as you said\n\n/apply", ["apply"]],
  ["not a fence", "```\n/apply\n```", []],
  ["not a fence with a language, tildes or more ticks", "````sh\n```\n/apply\n````\n~~~\n/apply\n~~~", []],
  ["not an open fence", "```\n/apply", []],
  ["what follows a fence", "```\nls\n```\n/apply", ["apply"]],
  ["not an HTML comment", "<!-- hidden\n/apply\n-->", []],
  ["not behind an HTML comment's end", "<!--\n--> /apply", []],
  ["what follows an HTML comment", "<!-- hidden -->\n/apply", ["apply"]],
  ["not a pre block", "<pre>\n/apply\n</pre>", []],
  ["not a path", "/etc/passwd\n/usr/bin/apply\n/apply/now", []],
  ["not another bot's command", "/assign @ann\n/lgtm\n/retest", []],
  ["not with something invisible before it", "\u200b/apply", []],
])("a comment gives: %s", (_why, body, expected) => {
  expect(verbs(body)).toEqual(expected);
  expect(codes(body)).toEqual([]);
});

test.each<[why: string, body: string, code: string]>([
  ["more than three commands", "/plan\n/status\n/help\n/plan", "github/too-many-commands"],
  ["a command with a bidi override", "/apply \u202e@9c41e0", "github/hostile-characters"],
  ["a command with a zero-width space inside", "/app\u200bly", "github/hostile-characters"],
  ["a command with a control character", "/apply\u0007", "github/hostile-characters"],
  ["a slip of the hand", "/aply", "github/unknown-command"],
  ["a capital letter", "/Apply", "github/unknown-command"],
  ["a pin that is no hex", "/apply @xyz123", "github/bad-argument"],
  ["a pin that is too short", "/apply @9c41", "github/bad-argument"],
  ["two pins", "/apply @9c41e07 @9c41e08", "github/bad-argument"],
  ["words that follow", "/apply please", "github/bad-argument"],
  ["arguments where none are taken", "/help @9c41e07", "github/bad-argument"],
  ["an open reason", '/cancel "why', "github/bad-argument"],
])("a comment acts on nothing when it holds %s", (_why, body, code) => {
  expect(codes(body)).toContain(code);
  expect(verbs(body)).toEqual([]);
});

test("a refused command tells the line to paste", () => {
  expect(parseComment("/revret").problems[0]).toMatchObject({ hint: "Did you mean /revert?", paste: "/revert" });
});

test("pin, database and reason are read in any order", () => {
  const [command] = parseComment('/revert "errors went up" db:shop-prod @9C41E07A').commands;
  expect(command).toEqual({ verb: "revert", index: 0, pin: "9c41e07a", database: "shop-prod", why: "errors went up" });
});

test("every verb has one implementation", () => {
  expect(COMMANDS.map((command) => command.verb).sort()).toEqual([...VERBS].sort());
});
