import { apply } from "./apply.ts";
import { cancel } from "./cancel.ts";
import type { CommandKind } from "./command.ts";
import { finalize } from "./finalize.ts";
import { help } from "./help.ts";
import { plan } from "./plan.ts";
import { revert } from "./revert.ts";
import { status } from "./status.ts";

/** One entry per verb; a new command is a file here, an entry, and its syntax. */
export const COMMANDS: readonly CommandKind[] = [plan, apply, cancel, revert, finalize, status, help];
