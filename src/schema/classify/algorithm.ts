/** What the server's own ALTER does, from best to worst: metadata only; in place; in place with a new copy of the table; blocking copy. */
export type Algorithm = "instant" | "inplace" | "inplace-rebuild" | "copy";

export interface Verdict {
  readonly algorithm: Algorithm;
  readonly why: string;
}

const RANK: Readonly<Record<Algorithm, number>> = { instant: 0, inplace: 1, "inplace-rebuild": 2, copy: 3 };

/** A statement is as slow as its slowest clause. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const [first = { algorithm: "instant", why: "nothing changes" }, ...rest] = verdicts;
  return rest.reduce((a, b) => (RANK[b.algorithm] > RANK[a.algorithm] ? b : a), first);
}
