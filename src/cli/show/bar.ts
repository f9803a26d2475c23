import { styleText } from "node:util";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** `██████▌·····` for a share between 0 and 1. */
export function bar(share: number, width: number): string {
  const clamped = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0));
  const eighths = Math.round(clamped * width * 8);
  const full = "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
  return `${styleText("cyan", full)}${styleText("dim", "·".repeat(width - Math.ceil(eighths / 8)))}`;
}

/** ` 42 %`, never 100 before the end. */
export function percent(share: number): string {
  const clamped = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0));
  const whole = clamped < 1 ? Math.min(99, Math.floor(clamped * 100)) : 100;
  return `${whole.toString().padStart(3)} %`;
}
