import type { Finding } from "./description.ts";

type Body = Readonly<Record<string, unknown>>;
type Rule = (body: Body) => readonly { readonly at: string; readonly problem: string }[];

const MAX_COMMENT = 65_536;
const MAX_CHECK_TEXT = 65_535;
const MAX_TITLE = 256;

/** What GitHub's description says in prose only, or not at all, and its servers enforce all the same. */
const RULES: Readonly<Record<string, Rule>> = {
  "checks/create": checkRules,
  "checks/update": checkRules,
  "issues/create-comment": commentRules,
  "issues/update-comment": commentRules,
  "pulls/create": pullRules,
};

export function proseFindings(id: string, body: unknown): readonly Finding[] {
  if (body === null || typeof body !== "object") return [];
  return (RULES[id]?.(body as Body) ?? []).map((found) => ({ where: `${id} request`, ...found }));
}

/** @see https://docs.github.com/en/rest/checks/runs#create-a-check-run */
function checkRules(body: Body): readonly { at: string; problem: string }[] {
  const found = [];
  const completed = body["status"] === "completed" || body["completed_at"] !== undefined;
  if (completed && body["conclusion"] === undefined) {
    found.push({ at: "/conclusion", problem: "is required when the run is completed" });
  }
  if (body["conclusion"] !== undefined && body["status"] !== undefined && body["status"] !== "completed") {
    found.push({ at: "/status", problem: "must be completed when there is a conclusion" });
  }
  if (body["conclusion"] === "stale") found.push({ at: "/conclusion", problem: "stale is set by GitHub only" });
  const output = (body["output"] ?? {}) as Body;
  for (const field of ["summary", "text"]) {
    if (tooLong(output[field], MAX_CHECK_TEXT)) {
      found.push({ at: `/output/${field}`, problem: `is longer than ${MAX_CHECK_TEXT} characters` });
    }
  }
  const actions = (body["actions"] ?? []) as readonly { readonly identifier?: string }[];
  if (new Set(actions.map((action) => action.identifier)).size < actions.length) {
    found.push({ at: "/actions", problem: "have the same identifier twice" });
  }
  return found;
}

function commentRules(body: Body): readonly { at: string; problem: string }[] {
  const text = body["body"];
  if (typeof text === "string" && text.trim() === "") return [{ at: "/body", problem: "can't be blank" }];
  return tooLong(text, MAX_COMMENT) ? [{ at: "/body", problem: `is longer than ${MAX_COMMENT} characters` }] : [];
}

function pullRules(body: Body): readonly { at: string; problem: string }[] {
  return tooLong(body["title"], MAX_TITLE) ? [{ at: "/title", problem: `is longer than ${MAX_TITLE} characters` }] : [];
}

function tooLong(text: unknown, max: number): boolean {
  // GitHub counts code points; a text is never shorter in UTF-16 units, so most are told by their length.
  return typeof text === "string" && text.length > max && Array.from(text).length > max;
}
