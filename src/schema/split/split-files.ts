import type { Reason, SourcePlace } from "#kernel";
import type { AuthoredFile, AuthoredStatement } from "../canonical.ts";
import { checkStatement } from "./check-statement.ts";
import { cutStatements, type RawStatement } from "./cut-statements.ts";
import { findHostileText } from "./hostile-text.ts";
import { readRenames } from "./read-renames.ts";
import { readHead } from "./statement-kind.ts";

/** Most characters and statements of one schema folder. */
const LARGEST_FOLDER = 16_000_000;
const MOST_STATEMENTS = 20_000;

export interface SplitResult {
  /** In an order a server can run them: tables, what completes them, programs, views, triggers, events. */
  readonly statements: readonly AuthoredStatement[];
  /** Everything that was refused, with file and line; when there is any, nothing should be run. */
  readonly problems: readonly Reason[];
}

/** Cuts authored files into statements of known kinds; SQL from pull requests is taken as hostile. Runs nothing. */
export function splitFiles(files: readonly AuthoredFile[]): SplitResult {
  const size = files.reduce((sum, file) => sum + file.text.length, 0);
  if (size > LARGEST_FOLDER)
    return { statements: [], problems: [tooLarge(`has more than ${LARGEST_FOLDER} characters`)] };
  const statements: AuthoredStatement[] = [];
  const problems: Reason[] = [];
  for (const file of files) {
    const split = splitFile(file);
    statements.push(...split.statements);
    problems.push(...split.problems);
  }
  if (statements.length > MOST_STATEMENTS)
    return { statements: [], problems: [tooLarge(`has more than ${MOST_STATEMENTS} statements`)] };
  problems.push(...findDoubles(statements), ...findStrayCompletions(statements));
  return { statements: inOrder(statements), problems };
}

function tooLarge(what: string): Reason {
  return { code: "schema/too-large", message: `The schema folder ${what}` };
}

function splitFile(file: AuthoredFile): SplitResult {
  // Some editors put a byte order mark in front.
  const text = file.text.startsWith("\uFEFF") ? file.text.slice(1) : file.text;
  const placeAt = placeFinder(file.path, text);
  const hostile = findHostileText(text);
  if (hostile !== undefined) return { statements: [], problems: [refusal(hostile.message, placeAt(hostile.offset))] };
  const cut = cutStatements(text);
  const statements: AuthoredStatement[] = [];
  const problems: Reason[] = [];
  for (const raw of cut.statements) {
    const result = readStatement(raw, text, placeAt);
    if ("code" in result) problems.push(result);
    else statements.push(result);
  }
  if (cut.problem !== undefined) problems.push(refusal(cut.problem.message, placeAt(cut.problem.offset)));
  return { statements, problems };
}

function readStatement(
  raw: RawStatement,
  text: string,
  placeAt: (offset: number) => SourcePlace,
): AuthoredStatement | Reason {
  const head = readHead(raw.tokens);
  if ("message" in head) return refusal(head.message, placeAt(raw.offset), head.hint);
  const problem = checkStatement(head, raw.tokens);
  if (problem !== undefined) return refusal(problem.message, placeAt(problem.offset), problem.hint);
  const renames = readRenames(raw, text);
  if ("message" in renames) return refusal(renames.message, placeAt(renames.offset), renames.hint);
  return {
    kind: head.kind,
    name: head.name,
    sql: raw.sql,
    place: placeAt(raw.offset),
    annotations: raw.annotations.map((annotation) => annotation.text),
    ...(renames.length === 0 ? {} : { renames }),
  };
}

function refusal(message: string, where: SourcePlace, hint?: string): Reason {
  return {
    code: "schema/statement-refused",
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
    where,
    ...(hint === undefined ? {} : { hint }),
  };
}

function placeFinder(file: string, text: string): (offset: number) => SourcePlace {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const index = starts.findLastIndex((start) => start <= offset);
    return { file, line: index + 1, column: offset - (starts[index] ?? 0) + 1 };
  };
}

/** Tables and views share their names; a second definition would win or fail by the order of files. */
function findDoubles(statements: readonly AuthoredStatement[]): readonly Reason[] {
  const seen = new Map<string, AuthoredStatement>();
  return statements.flatMap((statement): readonly Reason[] => {
    if (statement.kind === "alter-table" || statement.kind === "create-index") return [];
    const key = `${statement.kind === "view" ? "table" : statement.kind} ${statement.name}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, statement);
      return [];
    }
    return [
      {
        code: "schema/declared-twice",
        message: `${statement.name} is declared already, in ${first.place.file} line ${first.place.line}`,
        where: statement.place,
      },
    ];
  });
}

function findStrayCompletions(statements: readonly AuthoredStatement[]): readonly Reason[] {
  const tables = new Set(
    statements.filter((statement) => statement.kind === "table").map((statement) => statement.name),
  );
  return statements.flatMap((statement): readonly Reason[] => {
    if ((statement.kind !== "alter-table" && statement.kind !== "create-index") || tables.has(statement.name))
      return [];
    return [
      {
        code: "schema/statement-refused",
        message: `${statement.name} is completed here, but no file declares it`,
        where: statement.place,
      },
    ];
  });
}

const ORDER: readonly AuthoredStatement["kind"][] = [
  "sequence",
  "table",
  "alter-table",
  "create-index",
  "function",
  "procedure",
  "view",
  "trigger",
  "event",
];

function inOrder(statements: readonly AuthoredStatement[]): readonly AuthoredStatement[] {
  const views = statements.filter((statement) => statement.kind === "view");
  const sorted = statements.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (views.length < 2) return sorted;
  const ordered = orderViews(views);
  return sorted.map((statement) => (statement.kind === "view" ? (ordered.shift() ?? statement) : statement));
}

/** Views after the views they mention; a circle is left for the server to refuse. */
function orderViews(views: readonly AuthoredStatement[]): AuthoredStatement[] {
  const done: AuthoredStatement[] = [];
  const visiting = new Set<AuthoredStatement>();
  const visit = (view: AuthoredStatement): void => {
    if (visiting.has(view)) return;
    visiting.add(view);
    const words = new Set(view.sql.match(/[\w$\u0080-\uFFFF]+/g));
    for (const other of views) if (other !== view && words.has(other.name)) visit(other);
    done.push(view);
  };
  for (const view of views) visit(view);
  return done;
}
