const YELLOW = "#f5b400";
const BLUE = "#3b82c4";
const RED = "#d1242f";
const GREEN = "#2da44e";

const disc = (colour: string): string => `<circle cx="8" cy="8" r="6.5" fill="${colour}"/>`;
const tile = (colour: string, inner: string): string =>
  `<rect x="1" y="1" width="14" height="14" rx="3" fill="${colour}"/>${inner}`;
const white = (path: string): string => `<path d="${path}" fill="#fff"/>`;
const line = (path: string, colour = "#fff", width = 2): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const smile = (mouth: string): string =>
  `${disc(YELLOW)}<circle cx="5.8" cy="6.6" r="1" fill="#5c4300"/><circle cx="10.2" cy="6.6" r="1" fill="#5c4300"/>${line(mouth, "#5c4300", 1.4)}`;
const THUMB = `<path fill="${YELLOW}" d="M5.2 7 8 1.8c1.4 0 2 1 1.7 2.3L9.3 6H13a1.4 1.4 0 0 1 1.4 1.7l-1 4.7A2 2 0 0 1 11.5 14H5.2zM1.5 7h2.7v7H1.5z"/>`;
const eye = (x: number): string =>
  `<ellipse cx="${x}" cy="8" rx="3.1" ry="5" fill="#fff" stroke="#59636e"/><circle cx="${x - 0.8}" cy="9" r="1.7" fill="#1f2328"/>`;

/** Our own drawings of the emoji that comments and reactions use: a machine without an emoji font shows them, too. */
const DRAWINGS: Readonly<Record<string, string>> = {
  "🟢": disc(GREEN),
  "🟡": disc(YELLOW),
  "🟠": disc("#e36209"),
  "🔴": disc(RED),
  "🔵": disc(BLUE),
  "⚪": `<circle cx="8" cy="8" r="6" fill="#fff" stroke="#8c959f"/>`,
  "✅": tile(GREEN, line("M4.5 8.3 7 10.8l4.7-5.4")),
  "❌": line("M3.5 3.5l9 9m0-9l-9 9", RED, 2.6),
  "⚠": `<path d="M8 1.5 15.3 14.2H.7z" fill="${YELLOW}" stroke="${YELLOW}" stroke-linejoin="round"/>${line("M8 6v3.6M8 12v.1", "#1f2328", 1.7)}`,
  "⛔": `${disc(RED)}${white("M4 6.8h8v2.4H4z")}`,
  "⏳": `<path d="M3.5 1.5h9v2L9.3 8l3.2 4.5v2h-9v-2L6.7 8 3.5 3.5z" fill="#c8e1ff" stroke="#9a6700"/><path d="M5 13.6h6L8 10.4zM6 5h4L8 7.6z" fill="${YELLOW}"/>`,
  "⏸": tile(BLUE, white("M5 4.5h2v7H5zm4 0h2v7H9z")),
  "⏹": tile(BLUE, white("M5 5h6v6H5z")),
  "❓": line("M5 5.2a3 3 0 1 1 4.6 2.5C8.5 8.4 8 8.9 8 10M8 13v.1", RED, 2.2),
  "➡": tile(BLUE, line("M4 8h7.5M8.5 5l3 3-3 3")),
  "↩": tile(BLUE, line("M6.5 4 4 6.5 6.5 9M4.2 6.5H9.5a2.5 2.5 0 0 1 0 5H7")),
  "🕓": `<circle cx="8" cy="8" r="6.3" fill="#fff" stroke="#59636e" stroke-width="1.4"/>${line("M8 4v4l2.6 2", "#1f2328", 1.4)}`,
  "👀": `${eye(4.4)}${eye(11.4)}`,
  "👍": THUMB,
  "👎": `<g transform="rotate(180 8 8)">${THUMB}</g>`,
  "😄": smile("M5 9.5q3 3.5 6 0"),
  "😕": smile("M5.5 11.3 10.5 10.3"),
  "❤": `<path d="M8 14 2.2 8.2a3.6 3.6 0 0 1 5.1-5.1L8 3.8l.7-.7a3.6 3.6 0 0 1 5.1 5.1z" fill="${RED}"/>`,
  "🎉": `<path d="M1.5 14.5 5.5 5l5.5 5.5z" fill="${YELLOW}"/><circle cx="8" cy="3" r="1" fill="${RED}"/><circle cx="13" cy="8" r="1" fill="${GREEN}"/>${line("M9 7q.5-3 3-4.5M10 8.5q2.5-1.5 4.5-.5", BLUE, 1.2)}`,
  "🚀": `<path d="M14.5 1.5c-4 0-7 2-9 6L8.5 10.5c4-2 6-5 6-9z" fill="#d0d7de" stroke="#59636e"/><circle cx="10.5" cy="5.5" r="1.2" fill="${BLUE}"/><path d="M5.5 7.5H3l-1.5 3 3-.5zM8.5 10.5V13l-3 1.5.5-3z" fill="${RED}"/><path d="M4 11l-2 3.5L5.5 12.5z" fill="${YELLOW}"/>`,
};

const PATTERN = new RegExp(`<[^>]*>|(?:${Object.keys(DRAWINGS).join("|")})\uFE0F?`, "gu");

/** Puts drawings in place of emoji in the text parts of HTML; tags and their attributes stay. */
export function drawEmoji(markup: string): string {
  return markup.replaceAll(PATTERN, (found) => {
    const name = found.replace("\uFE0F", "");
    const drawing = found.startsWith("<") ? undefined : DRAWINGS[name];
    return drawing === undefined
      ? found
      : `<svg class="emoji" viewBox="0 0 16 16" role="img" aria-label="${name}">${drawing}</svg>`;
  });
}
