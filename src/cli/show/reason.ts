import { styleText } from "node:util";
import type { Reason } from "#kernel";

/** A refusal as people read it: what, why, what to do, what to paste. */
function reasonLines(reason: Reason): readonly string[] {
  const { where } = reason;
  const place =
    where === undefined ? "" : ` (${where.file}:${where.line}${where.column === undefined ? "" : `:${where.column}`})`;
  return [
    `${styleText("red", "✗")} ${reason.message}${place}  ${styleText("dim", `[${reason.code}]`)}`,
    ...(reason.hint === undefined ? [] : [`    ${reason.hint}`]),
    ...(reason.paste === undefined ? [] : [`    ${styleText("bold", reason.paste)}`]),
  ];
}

export function reasonsText(reasons: readonly Reason[]): string {
  return reasons.flatMap(reasonLines).join("\n");
}
