// Everything that comes from SQL, file names or people is foreign: it must never become a heading, a link, a mention,
// an image or HTML of ours. Only these functions put foreign text into Markdown.

/** Markdown that is safe by construction; made by this file and by literals of this room. */
export type Markdown = string;

const INVISIBLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Foreign text as prose: punctuation escaped, mentions, issue references and links defanged, one line. */
export function prose(text: string): Markdown {
  return escape(oneLine(text).trim());
}

function escape(line: string): Markdown {
  return line
    .replace(/[\\`*_{}[\]()#+!|~$]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?=[\w-])/g, "@\u200b")
    .replace(/\b(GH-)(?=\d)/gi, "$1\u200b")
    .replace(/\\#(?=\d)/g, "\\#\u200b")
    .replace(/:\/\//g, ":\u200b//")
    .replace(/\bwww\./gi, "www\u200b.");
}

/** Foreign text as code: the fence is longer than any run of backticks inside. */
export function code(text: string): Markdown {
  const inside = oneLine(text).trim();
  if (inside === "") return "";
  const fence = "`".repeat(longestRun(inside) + 1);
  const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
  return `${fence}${pad}${inside}${pad}${fence}`;
}

/** A sentence of ours with SQL names in backticks and pins: those become code, the rest prose. */
export function sentence(text: string): Markdown {
  return oneLine(text)
    .trim()
    .split(/(`(?:[^`]|``)+`|@[0-9a-f]{6,64}\b)/)
    .map((part) => {
      if (/^@[0-9a-f]{6,64}$/.test(part)) return code(part);
      const isName = part.length > 2 && part.startsWith("`") && part.endsWith("`");
      return isName ? code(part.slice(1, -1).replaceAll("``", "`")) : escape(part);
    })
    .join("");
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function block(language: string, text: string): Markdown {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  const clean = text.replace(/\r\n?/g, "\n").replace(INVISIBLE, (c) => (c === "\n" || c === "\t" ? c : visible(c)));
  return `${fence}${language}\n${clean}\n${fence}`;
}

/** A fold that GitHub renders closed. */
export function fold(summary: string, body: Markdown): Markdown {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Rows as a table; cells are Markdown already. A bare `|` would end its cell, even inside code. */
export function table(header: readonly string[], rows: readonly (readonly Markdown[])[]): Markdown {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/(\\*)\|/g, escapedPipe)).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** GitHub reads two backslashes and a bar as the end of a cell: an odd number of them keeps the bar inside. */
function escapedPipe(found: string, backslashes: string): string {
  return backslashes.length % 2 === 0 ? `${backslashes}\\|` : found;
}

/** `████░░░░░░ 42 %`; `share` is cut to 0..1. */
export function progressBar(share: number): Markdown {
  const clean = Math.min(1, Math.max(0, share));
  const full = Math.floor(clean * 10);
  return `\`${"█".repeat(full)}${"░".repeat(10 - full)}\` ${Math.floor(clean * 100)} %`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(INVISIBLE, visible);
}

/** `U+202E`: people must see what is there. */
function visible(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
