import { createHash } from "node:crypto";
import type { Faults, Sending } from "./types.ts";

export interface FaultRates {
  readonly seed: number;
  /** Shares from 0 to 1 of all webhooks. */
  readonly drop?: number;
  readonly double?: number;
  readonly reorder?: number;
  /** Every webhook is late by 0 to this many milliseconds. */
  readonly delayMs?: number;
}

/** Faults drawn from a seed: the n-th webhook of two runs with one seed has the same fate. */
export function seededFaults(rates: FaultRates): Faults {
  const draw = (kind: string, sending: Sending): number =>
    createHash("sha256").update(`${rates.seed}/${kind}/${sending.index}`).digest().readUInt32BE(0) / 2 ** 32;
  return {
    drop: (sending) => draw("drop", sending) < (rates.drop ?? 0),
    double: (sending) => draw("double", sending) < (rates.double ?? 0),
    reorder: (sending) => draw("reorder", sending) < (rates.reorder ?? 0),
    delayMs: (sending) => Math.floor(draw("delay", sending) * (rates.delayMs ?? 0)),
  };
}
