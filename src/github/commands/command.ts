import type { DeploymentView } from "#deploy";
import type { Reason } from "#kernel";
import type { PullRequest } from "../api/pull-requests.ts";
import type { Binding } from "../binding.ts";
import type { Surface } from "../publish/surface.ts";
import type { Markdown } from "../render/markdown.ts";
import type { Command } from "./parse.ts";
import type { Verb } from "./syntax.ts";

/** A command with everything it may need to know. */
export interface CommandContext {
  readonly surface: Surface;
  readonly pull: PullRequest;
  /** What the pull request's base branch is bound to; never empty. */
  readonly bindings: readonly Binding[];
  /** Of this pull request, by database name. */
  readonly deployments: readonly DeploymentView[];
  readonly command: Command;
  /** Login. */
  readonly actor: string;
  /** The comment: also the key under which the command acts once. */
  readonly commentId: number;
  readonly signal: AbortSignal;
}

export type CommandOutcome =
  /** `say` becomes a comment; without it a reaction is enough. */
  { readonly at: "done"; readonly say?: Markdown } | { readonly at: "refused"; readonly reasons: readonly Reason[] };

export interface CommandKind {
  readonly verb: Verb;
  run(context: CommandContext): Promise<CommandOutcome>;
}
