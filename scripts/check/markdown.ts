export interface Fence {
  readonly language: string;
  /** That of its first line of content. */
  readonly line: number;
  readonly text: string;
}

/** The fenced code blocks of a Markdown text. */
export function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  let open: { mark: string; language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const mark = /^\s*(`{3,}|~{3,})\s*(\w*)/.exec(line);
    if (open === undefined && mark !== null)
      open = { mark: mark[1] ?? "", language: mark[2] ?? "", line: index + 2, lines: [] };
    else if (open !== undefined && line.trim().startsWith(open.mark)) {
      found.push({ language: open.language, line: open.line, text: open.lines.join("\n") });
      open = undefined;
    } else open?.lines.push(line);
  }
  return found;
}

/** The same text with code blanked out, line by line. */
function withoutCode(markdown: string): string {
  let mark: string | undefined;
  const lines = markdown.split("\n").map((line) => {
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined && fence !== undefined) {
      mark = fence;
      return "";
    }
    if (mark !== undefined) {
      if (line.trim().startsWith(mark)) mark = undefined;
      return "";
    }
    return line.replaceAll(/`[^`]*`/g, "");
  });
  return lines.join("\n");
}

/** Targets of links and images. */
export function links(markdown: string): { target: string; line: number }[] {
  return withoutCode(markdown)
    .split("\n")
    .flatMap((line, index) => {
      const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
      const html = [...line.matchAll(/\b(?:src|href)="([^"]+)"/g)];
      const named = [...line.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/g)];
      return [...inline, ...html, ...named].map((match) => ({ target: match[1] ?? "", line: index + 1 }));
    });
}

/** The anchors GitHub gives to headings. */
export function anchors(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const match of blankFences(markdown).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return found;
}

function blankFences(markdown: string): string {
  return markdown.replaceAll(/^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1/gm, "");
}
