/**
 * The positions of the heaviest strictly increasing run in `values`: what may stay in place while the rest is moved.
 * Weights make it prefer to keep what would otherwise need no clause at all.
 */
export function heaviestIncreasingRun(values: readonly number[], weights: readonly number[]): ReadonlySet<number> {
  const best: number[] = [];
  const previous: number[] = [];
  let end = -1;
  for (const [at, value] of values.entries()) {
    best[at] = weights[at] ?? 1;
    previous[at] = -1;
    for (let before = 0; before < at; before += 1) {
      const total = (best[before] ?? 0) + (weights[at] ?? 1);
      if ((values[before] ?? 0) < value && total > (best[at] ?? 0)) {
        best[at] = total;
        previous[at] = before;
      }
    }
    if (end === -1 || (best[at] ?? 0) > (best[end] ?? 0)) end = at;
  }
  const kept = new Set<number>();
  for (let at = end; at !== -1; at = previous[at] ?? -1) kept.add(at);
  return kept;
}
