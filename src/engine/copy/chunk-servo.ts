/** Rows of the next chunk, steered by how long the last one took. */
export interface ChunkServo {
  readonly rows: number;
}

/**
 * Half as again when it took less than three quarters of the target, half when it took more than twice as long; in between in
 * proportion.
 */
export function nextChunk(
  servo: ChunkServo,
  tookMs: number,
  limits: { readonly targetMs: number; readonly most: number },
): ChunkServo {
  const ratio = limits.targetMs / Math.max(tookMs, 1);
  const factor = Math.min(1.5, Math.max(0.5, ratio));
  return { rows: Math.round(Math.min(limits.most, Math.max(MIN_ROWS, servo.rows * factor))) };
}

const MIN_ROWS = 10;
