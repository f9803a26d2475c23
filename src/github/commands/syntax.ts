/** The commands a comment may hold; commands/list.ts has one implementation for each. */
export const VERBS = ["plan", "apply", "cancel", "revert", "finalize", "status", "help"] as const;
export type Verb = (typeof VERBS)[number];

export interface VerbSyntax {
  readonly usage: string;
  /** One line for `/help`. */
  readonly about: string;
  /** Who may; words for people, the authoriser decides. */
  readonly who: string;
  readonly takes: readonly ("pin" | "database" | "why")[];
}

const SYNTAX = {
  plan: {
    usage: "/plan",
    about: "plan again, against the databases as they are now",
    who: "write access, or the author",
    takes: [],
  },
  apply: {
    usage: "/apply [@plan] [db:name]",
    about: "seal what is staged: the new tables take the names",
    who: "role `seal`",
    takes: ["pin", "database", "why"],
  },
  cancel: {
    usage: '/cancel [db:name] ["why"]',
    about: "stop before the seal and remove everything of ours",
    who: "role `operate`",
    takes: ["pin", "database", "why"],
  },
  revert: {
    usage: '/revert [db:name] ["why"]',
    about: "put the old tables back, with every write made since",
    who: "role `operate`",
    takes: ["pin", "database", "why"],
  },
  finalize: {
    usage: "/finalize [db:name]",
    about: "end the revert window early",
    who: "role `seal`",
    takes: ["pin", "database", "why"],
  },
  status: { usage: "/status", about: "say where everything stands", who: "anyone who can read", takes: ["database"] },
  help: { usage: "/help", about: "this list", who: "anyone who can read", takes: [] },
} as const satisfies Record<Verb, VerbSyntax>;

export function verbSyntax(verb: Verb): VerbSyntax {
  return SYNTAX[verb];
}
