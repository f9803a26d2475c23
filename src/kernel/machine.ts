/** For each state, the events it accepts and where each leads. An absent entry is an illegal move. */
export type Moves<S extends { at: string }, E extends { type: string }> = {
  readonly [At in S["at"]]: {
    readonly [Type in E["type"]]?: (state: Extract<S, { at: At }>, event: Extract<E, { type: Type }>) => S;
  };
};

export function advance<S extends { at: string }, E extends { type: string }>(
  moves: Moves<S, E>,
  state: S,
  event: E,
): S | undefined {
  // TypeScript cannot correlate the two keys; this is the one place that says so.
  const move = moves[state.at as S["at"]][event.type as E["type"]] as ((s: S, e: E) => S) | undefined;
  return move?.(state, event);
}
