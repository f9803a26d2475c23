import type { LexProblem } from "./tokens.ts";

/** Longest authored file, characters. */
const LARGEST_FILE = 1_000_000;

// Characters that make a reviewer see something else than the server reads, or that no schema needs.
const FORBIDDEN: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/\0/, "a NUL character"],
  [
    /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/,
    "a character that changes the direction of text (it hides what is really written)",
  ],
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  [/[\u0001-\u0008\u000B\u000E-\u001F\u007F]/, "a control character"],
  [/[\u200B\u2060\uFEFF]/, "an invisible character"],
  [/\p{Surrogate}/u, "text that is not valid UTF-8"],
];

/** The first thing in a text that nobody writes by accident. */
export function findHostileText(text: string): LexProblem | undefined {
  if (text.length > LARGEST_FILE) {
    return { offset: 0, message: `the file has more than ${LARGEST_FILE} characters` };
  }
  for (const [pattern, what] of FORBIDDEN) {
    const offset = text.search(pattern);
    if (offset !== -1) return { offset, message: `the file holds ${what}` };
  }
  return undefined;
}
