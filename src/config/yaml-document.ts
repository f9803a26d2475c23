import type { Reason, SourcePlace } from "#kernel";
import { isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";

export type KeyPath = readonly (string | number)[];

/** A parsed YAML file that still knows where everything stood. */
export interface YamlDocument {
  readonly value: unknown;
  /** Place of the value at `path`, or of the nearest thing around it that exists. */
  placeOf(path: KeyPath): SourcePlace;
  /** Place of the key `key` in the map at `path`. */
  placeOfKey(path: KeyPath, key: string): SourcePlace;
  has(path: KeyPath): boolean;
}

/** More than any honest configuration has; a bomb of aliases stops here. */
const MOST_ALIASES = 20;

export function parseYaml(
  text: string,
  file: string,
):
  | { readonly at: "yaml"; readonly document: YamlDocument }
  | { readonly at: "refused"; readonly problems: readonly Reason[] } {
  const lines = new LineCounter();
  // No source excerpts in messages: a secret may have been pasted where a reference belongs.
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found = [...parsed.errors, ...parsed.warnings].map((problem) => ({
    code: "config/yaml" as const,
    message: `Not valid YAML (${problem.code.toLowerCase().replaceAll("_", " ")})`,
    where: placeAt(problem.pos[0]),
  }));
  if (found.length > 0) return { at: "refused", problems: found };
  const start = placeAt(0);
  let value: unknown;
  try {
    value = parsed.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return { at: "refused", problems: [{ code: "config/yaml", message: "Too many YAML aliases", where: start }] };
  }
  const placeOfNode = (node: Node | undefined): SourcePlace =>
    node?.range === undefined || node.range === null ? start : placeAt(node.range[0]);
  const nodeAt = (path: KeyPath): Node | undefined => {
    const node = path.length === 0 ? parsed.contents : parsed.getIn(path, true);
    return isCollection(node) || isScalar(node) ? node : undefined;
  };
  const nearest = (path: KeyPath): Node | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = nodeAt(path.slice(0, length));
      if (node !== undefined) return node;
    }
    return undefined;
  };
  return {
    at: "yaml",
    document: {
      value,
      placeOf: (path) => placeOfNode(nearest(path)),
      placeOfKey: (path, key) => {
        const map = nodeAt(path);
        const pair = isMap(map)
          ? map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
          : undefined;
        return placeOfNode(isScalar(pair?.key) ? pair.key : map);
      },
      has: (path) => nodeAt(path) !== undefined,
    },
  };
}
