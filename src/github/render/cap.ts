import type { Markdown } from "./markdown.ts";

/** GitHub takes 65,536 characters in a comment and 65,535 in a check's summary; bytes leave room for both. */
export const BODY_BYTES = 60_000;

/** A part of a body; what has the greater `yields` goes first when there is too much. */
export interface Part {
  readonly text: Markdown;
  /** 0: never. */
  readonly yields: number;
  /** What stands there instead. */
  readonly instead?: Markdown;
}

/** Joins parts by blank lines and leaves out what yields until the body fits; as a last resort it is cut. */
export function fit(parts: readonly Part[], most = BODY_BYTES): Markdown {
  let kept: readonly Part[] = parts.filter((part) => part.text !== "");
  for (;;) {
    const body = kept.map((part) => part.text).join("\n\n");
    if (Buffer.byteLength(body) <= most) return body;
    const worst = Math.max(0, ...kept.map((part) => part.yields));
    if (worst === 0) return cutTo(body, most);
    kept = kept
      .map((part) => (part.yields === worst ? { text: part.instead ?? "", yields: 0 } : part))
      .filter((part) => part.text !== "");
  }
}

/** Cuts at a line end, so that no table row or tag is left half. */
function cutTo(body: Markdown, most: number): Markdown {
  const note = "\n\n_Too long for GitHub: the rest is left out._";
  const room = most - Buffer.byteLength(note);
  const lines: string[] = [];
  let bytes = 0;
  for (const line of body.split("\n")) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > room) break;
    lines.push(line);
  }
  return lines.join("\n") + note;
}
