import { closeTags, highlightCode, inline } from "./markdown-inline.ts";

/**
 * GitHub-flavoured Markdown as safe HTML: everything is escaped but `details`, `summary`, `sub`, `sup` and `br`, which
 * are closed where the author forgot to. Enough for comments and check runs; not a full CommonMark parser.
 */
export function renderMarkdown(text: string): string {
  // A comment's hidden marker (`<!-- sluice:plan ... -->`) shows nowhere, and no private-use character is let in.
  const clean = text
    .replaceAll("\r\n", "\n")
    .replaceAll(/[\uE000-\uE003]/g, "")
    .replaceAll(/<!--[\s\S]*?-->/g, "");
  return closeTags(blocks(clean.split("\n")));
}

interface Taken {
  readonly html: string;
  /** How many lines it took. */
  readonly lines: number;
}

/** Each kind of block looks at the lines from `at` on and takes some, or none. */
type Block = (lines: readonly string[], at: number) => Taken | undefined;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const BULLET = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const HTML_LINE = /^ {0,3}<\/?(details|summary|sub|sup|br)\b/i;
const KINDS: readonly Block[] = [fence, heading, rule, quote, table, list, html, paragraph];

function blocks(lines: readonly string[]): string {
  const out: string[] = [];
  for (let at = 0; at < lines.length;) {
    if ((lines[at] ?? "").trim() === "") {
      at += 1;
      continue;
    }
    for (const kind of KINDS) {
      const taken = kind(lines, at);
      if (taken === undefined) continue;
      out.push(taken.html);
      at += taken.lines;
      break;
    }
  }
  return out.join("\n");
}

function fence(lines: readonly string[], at: number): Taken | undefined {
  const open = FENCE.exec(lines[at] ?? "");
  if (open === null) return undefined;
  const [, marks = "", language = ""] = open;
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? "").trim().startsWith(marks)) end += 1;
  const code = lines.slice(at + 1, end).join("\n");
  return { html: `<pre class="code"><code>${highlightCode(code, language)}</code></pre>`, lines: end - at + 1 };
}

function heading(lines: readonly string[], at: number): Taken | undefined {
  const found = HEADING.exec(lines[at] ?? "");
  if (found === null) return undefined;
  const level = found[1]?.length ?? 1;
  return { html: `<h${level}>${inline(found[2] ?? "")}</h${level}>`, lines: 1 };
}

function rule(lines: readonly string[], at: number): Taken | undefined {
  return RULE.test(lines[at] ?? "") ? { html: "<hr>", lines: 1 } : undefined;
}

function quote(lines: readonly string[], at: number): Taken | undefined {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end] ?? "")) end += 1;
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  const alert = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]$/.exec(inner[0]?.trim() ?? "")?.[1]?.toLowerCase();
  if (alert === undefined) return { html: `<blockquote>${blocks(inner)}</blockquote>`, lines: end - at };
  const title = `${alert.slice(0, 1).toUpperCase()}${alert.slice(1)}`;
  const body = `<p class="alert-title">${title}</p>${blocks(inner.slice(1))}`;
  return { html: `<div class="alert alert-${alert}">${body}</div>`, lines: end - at };
}

function table(lines: readonly string[], at: number): Taken | undefined {
  const second = lines[at + 1] ?? "";
  if (!(lines[at] ?? "").includes("|") || !TABLE_LINE.test(second) || !second.includes("-")) return undefined;
  const sides = cells(second).map((mark) => (/^:-+:$/.test(mark) ? "center" : mark.endsWith("-:") ? "right" : ""));
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? "").includes("|") && (lines[end] ?? "").trim() !== "") end += 1;
  const row = (line: string, tag: "td" | "th"): string => {
    const found = cells(line);
    const html = sides.map((side, index) => {
      const kind = side === "" ? "" : ` class="${side}"`;
      return `<${tag}${kind}>${inline(found[index] ?? "")}</${tag}>`;
    });
    return `<tr>${html.join("")}</tr>`;
  };
  const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
  const head = row(lines[at] ?? "", "th");
  return { html: `<table><thead>${head}</thead><tbody>${body.join("")}</tbody></table>`, lines: end - at };
}

/** Cells of a table row; `\|` and a bar inside a code span do not part cells. */
function cells(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  const parts = inner.match(/(?:\\.|`[^`]*`|[^|\\`]|[\\`])+|(?<=\|)(?=\|)|^(?=\|)/g) ?? [];
  return parts.map((part) => part.trim().replaceAll("\\|", "|"));
}

function list(lines: readonly string[], at: number): Taken | undefined {
  const first = BULLET.exec(lines[at] ?? "");
  if (first === null) return undefined;
  const indent = first[1]?.length ?? 0;
  const ordered = /\d/.test(first[2] ?? "");
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? "";
    const bullet = BULLET.exec(line);
    const depth = line.length - line.trimStart().length;
    if (bullet !== null && (bullet[1]?.length ?? 0) <= indent + 1 && (bullet[1]?.length ?? 0) >= indent) {
      if (/\d/.test(bullet[2] ?? "") !== ordered) break;
      items.push([bullet[3] ?? ""]);
    } else if (line.trim() === "") {
      const next = lines[end + 1] ?? "";
      if (BULLET.exec(next) === null && !/^\s{2,}\S/.test(next)) break;
      items.at(-1)?.push("");
    } else if (depth > indent) items.at(-1)?.push(line.slice(Math.min(depth, indent + 2)));
    else break;
  }
  const tag = ordered ? "ol" : "ul";
  return { html: `<${tag}>${items.map(listItem).join("")}</${tag}>`, lines: end - at };
}

function listItem(lines: readonly string[]): string {
  const [first = "", ...rest] = lines;
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const box = task === null ? "" : `<input type="checkbox" disabled${task[1] === " " ? "" : " checked"}> `;
  const tail = rest.some((line) => line.trim() !== "") ? blocks(rest) : "";
  return `<li${task === null ? "" : ' class="task"'}>${box}${inline(task?.[2] ?? first)}${tail}</li>`;
}

/** Lines of bare tags: no paragraph around them, Markdown goes on after the next empty line. */
function html(lines: readonly string[], at: number): Taken | undefined {
  if (!HTML_LINE.test(lines[at] ?? "")) return undefined;
  let end = at + 1;
  while (end < lines.length && (lines[end] ?? "").trim() !== "" && !startsBlock(lines, end)) end += 1;
  return { html: lines.slice(at, end).map(inline).join("\n"), lines: end - at };
}

function paragraph(lines: readonly string[], at: number): Taken {
  let end = at + 1;
  while (end < lines.length && (lines[end] ?? "").trim() !== "" && !startsBlock(lines, end)) end += 1;
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join("\n");
  // Comments keep line breaks, unlike Markdown files.
  return { html: `<p>${inline(text).replaceAll("\n", "<br>\n")}</p>`, lines: end - at };
}

function startsBlock(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  return (
    [FENCE, HEADING, RULE, HTML_LINE, BULLET].some((pattern) => pattern.test(line)) ||
    /^ {0,3}>/.test(line) ||
    table(lines, at) !== undefined
  );
}
