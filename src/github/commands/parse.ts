import type { Reason } from "#kernel";
import { VERBS, type Verb, verbSyntax } from "./syntax.ts";

export interface Command {
  readonly verb: Verb;
  /** 6 to 64 hex digits, lower case. */
  readonly pin?: string;
  readonly database?: string;
  readonly why?: string;
  /** Place in the comment, from 0. */
  readonly index: number;
}

export interface ParsedComment {
  readonly commands: readonly Command[];
  /** Why something that looks like a command is none; then nothing of the comment acts. */
  readonly problems: readonly Reason[];
}

const MOST_COMMANDS = 3;
// Characters that make a line read differently from what it says: controls, zero-width, bidi.
const HOSTILE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/**
 * Reads commands from a comment: lines that start with `/verb`, nothing before it, outside quotes, fences, indented
 * code, `<pre>` and HTML comments. Other `/words` (paths, commands of other bots) are not ours and stay silent.
 */
export function parseComment(body: string): ParsedComment {
  const lines = speakingLines(body).filter((line) => /^\/[A-Za-z]/.test(line));
  const commands: Command[] = [];
  const problems: Reason[] = [];
  for (const line of lines) {
    const read = parseLine(line, commands.length);
    if (read === undefined) continue;
    if ("code" in read) problems.push(read);
    else commands.push(read);
  }
  if (commands.length > MOST_COMMANDS) {
    problems.push({
      code: "github/too-many-commands",
      message: `A comment may hold at most ${MOST_COMMANDS} commands; this one has ${commands.length}.`,
      hint: "Nothing was done. Write the rest in a comment of its own.",
    });
  }
  return problems.length > 0 ? { commands: [], problems } : { commands, problems };
}

/** The lines a person says, without what is quoted or shown. */
function speakingLines(body: string): readonly string[] {
  const spoken: string[] = [];
  let fence: string | undefined;
  let until: string | undefined;
  let quoting = false;
  for (const raw of body.split(/\r\n|\n|\r/)) {
    if (fence !== undefined) {
      if (new RegExp(`^ {0,3}${fence[0] === "~" ? "~" : "`"}{${fence.length},}\\s*$`).test(raw)) fence = undefined;
      continue;
    }
    const line = until === undefined ? raw : afterEnd(raw, until);
    if (line === undefined) continue;
    const wasHidden = until !== undefined;
    until = undefined;
    const opened = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (opened !== undefined && !wasHidden) {
      fence = opened;
      continue;
    }
    until = hiddenUntil(line);
    // Markdown draws the lines after a quoted one into the quote, up to an empty line.
    quoting = /^ {0,3}>/.test(line) || (quoting && line.trim() !== "");
    if (quoting) continue;
    // What follows the end of a hidden part on the same line does not start a line.
    if (!wasHidden) spoken.push(line.trimEnd());
  }
  return spoken;
}

/** The rest of the line behind the end of a hidden part; undefined while it goes on. */
function afterEnd(line: string, end: string): string | undefined {
  const at = line.toLowerCase().indexOf(end);
  return at < 0 ? undefined : line.slice(at + end.length);
}

/** What ends the hidden part that this line leaves open, if any. */
function hiddenUntil(line: string): string | undefined {
  const text = line.toLowerCase();
  const pairs = [
    ["<!--", "-->"],
    ["<pre", "</pre>"],
    ["<code", "</code>"],
  ] as const;
  return pairs.find(([open, close]) => text.lastIndexOf(open) > text.lastIndexOf(close))?.[1];
}

function parseLine(line: string, index: number): Command | Reason | undefined {
  const first = /^\/([A-Za-z][A-Za-z-]{0,19})(?=\s|$)/.exec(line.replace(new RegExp(HOSTILE, "gu"), ""))?.[1];
  if (first === undefined) return undefined;
  const verb = VERBS.find((known) => known === first);
  if (verb === undefined) return nearMiss(first);
  if (HOSTILE.test(line)) {
    return {
      code: "github/hostile-characters",
      message: "The command holds invisible or control characters.",
      hint: "Type it by hand.",
      paste: `/${verb}`,
    };
  }
  return readArguments(verb, line.slice(first.length + 1), index);
}

function readArguments(verb: Verb, rest: string, index: number): Command | Reason {
  const syntax = verbSyntax(verb);
  const found: { pin?: string; database?: string; why?: string } = {};
  let text = rest.trim();
  while (text !== "") {
    const [whole, pin, database, why] =
      /^(?:@([0-9a-fA-F]{6,64})|db:([A-Za-z0-9][A-Za-z0-9_.-]{0,63})|"([^"]{3,120})")(?=\s|$)/.exec(text) ?? [];
    const isNew =
      (pin !== undefined && syntax.takes.includes("pin") && found.pin === undefined) ||
      (database !== undefined && syntax.takes.includes("database") && found.database === undefined) ||
      (why !== undefined && syntax.takes.includes("why") && found.why === undefined);
    if (whole === undefined || !isNew) return badArgument(verb);
    if (pin !== undefined) found.pin = pin.toLowerCase();
    if (database !== undefined) found.database = database;
    if (why !== undefined) found.why = why;
    text = text.slice(whole.length).trim();
  }
  return { verb, index, ...found };
}

function badArgument(verb: Verb): Reason {
  const { usage } = verbSyntax(verb);
  return {
    code: "github/bad-argument",
    message: `I do not understand what follows /${verb}.`,
    hint: `It reads: ${usage}`,
    paste: `/${verb}`,
  };
}

/** One suggestion for one slip of the hand; anything further away is somebody else's command (`/retest`). */
function nearMiss(word: string): Reason | undefined {
  const near = VERBS.find((verb) => isOneSlipAway(word.toLowerCase(), verb));
  if (near === undefined) return undefined;
  return {
    code: "github/unknown-command",
    message: `There is no command /${word}.`,
    hint: `Did you mean /${near}?`,
    paste: `/${near}`,
  };
}

/** Equal but for one letter too many, missing, wrong, or two neighbours swapped. */
function isOneSlipAway(word: string, verb: string): boolean {
  let from = 0;
  while (from < word.length && word[from] === verb[from]) from += 1;
  const [left, right] = [word.slice(from), verb.slice(from)];
  return (
    left === right ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    left.slice(1) === right.slice(1) ||
    (left.slice(2) === right.slice(2) && left[0] === right[1] && left[1] === right[0])
  );
}
