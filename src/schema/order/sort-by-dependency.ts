/**
 * Kahn's sort, the given order breaking ties. Undefined when there is a circle.
 *
 * @param needs whether `item` can only come after `other`
 */
export function sortByDependency<T>(
  items: readonly T[],
  needs: (item: T, other: T, itemAt: number, otherAt: number) => boolean,
): readonly T[] | undefined {
  const waitingFor = items.map(
    (item, at) =>
      new Set(items.keys().filter((otherAt) => otherAt !== at && needs(item, items[otherAt] as T, at, otherAt))),
  );
  const left = new Set(items.keys());
  const sorted: T[] = [];
  while (left.size > 0) {
    const next = left.values().find((at) => waitingFor[at]?.size === 0);
    if (next === undefined) return undefined;
    left.delete(next);
    sorted.push(items[next] as T);
    for (const waiting of waitingFor) waiting.delete(next);
  }
  return sorted;
}
