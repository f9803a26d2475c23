import { expect, test } from "vitest";
import { drawEmoji } from "../../src/sandbox/github/pages/emoji.ts";
import { renderMarkdown } from "../../src/sandbox/github/pages/markdown.ts";

test.each<[what: string, text: string, html: string]>([
  ["headings", "### Plan · `shop`", "<h3>Plan · <code>shop</code></h3>"],
  ["emphasis", "**a** *b* _c_ ~~d~~ e_f_g", "<p><strong>a</strong> <em>b</em> <em>c</em> <del>d</del> e_f_g</p>"],
  ["line breaks as comments have them", "a\nb", "<p>a<br>\nb</p>"],
  ["links", "[x](https://a.b/c_d_e)", '<p><a href="https://a.b/c_d_e">x</a></p>'],
  ["bare addresses", "see https://a.b/c_d.", '<p>see <a href="https://a.b/c_d">https://a.b/c_d</a>.</p>'],
  ["code spans as they are", "`a **b** <c>`", "<p><code>a **b** &lt;c&gt;</code></p>"],
  ["mentions", "cc @alice-b", '<p>cc <span class="mention">@alice-b</span></p>'],
  ["fences", "```txt\na <b>\n```", '<pre class="code"><code>a &lt;b&gt;</code></pre>'],
  ["lists", "- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
  ["numbered lists", "1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"],
  ["quotes", "> a\n> b", "<blockquote><p>a<br>\nb</p></blockquote>"],
  ["rules", "---", "<hr>"],
  ["nothing of hidden markers", "<!-- sluice:plan x -->\na", "<p>a</p>"],
  ["small print", "<sub>plan `@9c`</sub>", "<sub>plan <code>@9c</code></sub>"],
])("shows %s", (_what, text, html) => {
  expect(renderMarkdown(text)).toBe(html);
});

test("tables have columns where code holds bars, empty heads and sides", () => {
  const html = renderMarkdown("| | Table | Rows |\n|---|:---:|---:|\n| 🟢 | `a|b` | 10 |\n| | c \\| d |");
  expect(html).toBe(
    '<table><thead><tr><th></th><th class="center">Table</th><th class="right">Rows</th></tr></thead>' +
      '<tbody><tr><td>🟢</td><td class="center"><code>a|b</code></td><td class="right">10</td></tr>' +
      '<tr><td></td><td class="center">c | d</td><td class="right"></td></tr></tbody></table>',
  );
});

test("a fold holds Markdown and ends where its author forgot to", () => {
  const html = renderMarkdown("<details><summary>DDL (1)</summary>\n\n```sql\nALTER TABLE `a` DROP KEY b;\n```\n");
  expect(html).toContain("<details><summary>DDL (1)</summary>");
  expect(html).toContain('<span class="k">ALTER</span> <span class="k">TABLE</span> `a`');
  expect(html.endsWith("</details>")).toBe(true);
  expect(renderMarkdown("a </details></summary> b")).toBe("<p>a  b</p>");
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<details onclick="alert(1)">',
  "[x](javascript:alert(1))",
  '[x](https://a" onmouseover="alert(1))',
  "`</code><script>`",
  "```\n</code></pre><script>\n```",
  "| <script> |\n|---|\n| <iframe> |",
  "\uE000script\uE001alert(1)\uE000/script\uE001",
  'https://a/"><script>',
])("hostile text %j stays text", (text) => {
  const html = renderMarkdown(text);
  expect(html).not.toMatch(/<(script|img|iframe|details onclick)/i);
  expect(html).not.toMatch(/<[^>]*\son\w+=/i);
  expect(html).not.toMatch(/href="javascript/i);
});

test("emoji are drawn in text and left alone in attributes", () => {
  const html = drawEmoji('<a href="/⚠️">⚠️ ok</a>');
  expect(html).toMatch(/^<a href="\/⚠️"><svg class="emoji"[^>]*aria-label="⚠">.*<\/svg> ok<\/a>$/);
});
