import { expect, test } from "vitest";
import { fit } from "../../src/github/render/cap.ts";
import { block, code, prose, sentence, table } from "../../src/github/render/markdown.ts";

test.each<[why: string, text: string, expected: string]>([
  ["HTML", "<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert\\(1\\)&gt;"],
  ["links and images", "![x](http://evil)", "\\!\\[x\\]\\(http:\u200b//evil\\)"],
  ["mentions", "@acme/dba look", "@\u200bacme/dba look"],
  ["issue references", "see #12 and GH-3", "see \\#\u200b12 and GH-\u200b3"],
  ["headings and lists over lines", "a\n# b\n- c", "a \\# b - c"],
  ["bidi overrides", "a\u202eb", "aU\\+202Eb"],
])("prose defangs %s", (_why, text, expected) => {
  expect(prose(text)).toBe(expected);
});

test("code is fenced longer than any run of backticks inside", () => {
  expect(code("a``b")).toBe("```a``b```");
  expect(code("`a`")).toBe("`` `a` ``");
});

test("a sentence keeps names in backticks as code and escapes what is around them", () => {
  expect(sentence("drop `a``*b` <b>")).toBe("drop ``a`*b`` &lt;b&gt;");
});

test("a cell cannot end its row or add another", () => {
  expect(table(["A", "B"], [[code("x | y"), prose("1 | 2\n3")]])).toBe(
    "| A | B |\n| --- | --- |\n| `x \\| y` | 1 \\| 2 3 |",
  );
});

test("backslashes before a bar do not let a name out of its cell", () => {
  const cell = (text: string): string | undefined => table(["A"], [[code(text)]]).split("\n")[2];
  expect(cell("a\\|b")).toBe("| `a\\|b` |");
  expect(cell("a\\\\|![x](y)")).toBe("| `a\\\\\\|![x](y)` |");
});

test("a block of SQL cannot end its own fence", () => {
  const text = "-- ```\n</details> ```` @ann";
  const [open] = block("sql", text).split("\n");
  expect(open).toBe("`````sql");
  expect(block("sql", text).endsWith("\n`````")).toBe(true);
});

test("a body that is too long gives up its least important part first and stays under the cap", () => {
  const parts = [
    { text: "head", yields: 0 },
    { text: "t".repeat(50), yields: 1, instead: "short table" },
    { text: "d".repeat(500), yields: 2, instead: "short DDL" },
  ];
  expect(fit(parts, 1000)).toContain("ddd");
  expect(fit(parts, 100)).toBe(`head\n\n${"t".repeat(50)}\n\nshort DDL`);
  expect(fit(parts, 60)).toBe("head\n\nshort table\n\nshort DDL");
  expect(Buffer.byteLength(fit([{ text: "ä\n".repeat(500), yields: 0 }], 200))).toBeLessThanOrEqual(200);
});
