import type { Refusal } from "./refusal.ts";

/** Objects that differ but cannot be changed yet block: a plan never leaves a difference behind in silence. */
export const notHandled: Refusal = ({ differences }) =>
  differences.flatMap((difference) => (difference.kind === "not-handled" ? [difference.reason] : []));
