import type { Reason } from "#kernel";
import { z } from "zod";
import { closest } from "./closest.ts";
import { isNotYet } from "./not-yet.ts";
import type { KeyPath, YamlDocument } from "./yaml-document.ts";

/** Every way the document differs from the shape, with file, line, column and, where one is near, the word meant. */
export function problemsOf(
  kind: "fleet" | "repository",
  shape: z.ZodType,
  error: z.ZodError,
  document: YamlDocument,
): readonly Reason[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => unknownKey(kind, shape, path, key, document));
    if (issue.code === "invalid_key") {
      const why = issue.issues[0]?.message ?? "is not allowed";
      return [
        {
          code: "config/bad-value" as const,
          message: `The name ${label(path)} ${why}`,
          where: keyPlace(path, document),
        },
      ];
    }
    return [wrongValue(path, issue, document)];
  });
}

function unknownKey(
  kind: "fleet" | "repository",
  shape: z.ZodType,
  path: KeyPath,
  key: string,
  document: YamlDocument,
): Reason {
  const where = document.placeOfKey(path, key);
  const full = label([...path, key]);
  if (isNotYet(kind, path, key)) {
    return {
      code: "config/not-yet",
      message: `${full} is not supported yet`,
      hint: "This version would ignore it. Remove the key until it is supported.",
      where,
    };
  }
  const known = knownKeys(shape, path);
  const near = closest(key, known);
  return {
    code: "config/unknown-key",
    message: `Unknown key ${full}`,
    hint: near === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean ${near}?`,
    where,
  };
}

function wrongValue(path: KeyPath, issue: z.core.$ZodIssue, document: YamlDocument): Reason {
  const where = document.placeOf(path);
  if (document.value === null) return { code: "config/missing-key", message: "The file is empty", where };
  if (!document.has(path)) return { code: "config/missing-key", message: `${label(path)} is missing`, where };
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String).join(", ");
    return { code: "config/bad-value", message: `${label(path)} must be one of: ${allowed}`, where };
  }
  // The default texts of zod begin with "Invalid ..." or "Too ..."; ours with "must". Neither repeats the value.
  return {
    code: "config/bad-value",
    message: `${label(path)}${issue.message.startsWith("must") ? " " : ": "}${issue.message}`,
    where,
  };
}

function keyPlace(path: KeyPath, document: YamlDocument): ReturnType<YamlDocument["placeOf"]> {
  const key = path.at(-1);
  return key === undefined ? document.placeOf(path) : document.placeOfKey(path.slice(0, -1), String(key));
}

function label(path: KeyPath): string {
  const text = path.reduce<string>(
    (so, part) => (typeof part === "number" ? `${so}[${part}]` : so === "" ? part : `${so}.${part}`),
    "",
  );
  return text === "" ? "The file" : `\`${text}\``;
}

/** Keys the shape knows in the map at `path`, read from its JSON Schema. */
function knownKeys(shape: z.ZodType, path: KeyPath): readonly string[] {
  let node = z.toJSONSchema(shape, { io: "input" }) as JsonSchema | undefined;
  for (const part of path) {
    const inside: JsonSchema | undefined =
      typeof part === "number"
        ? node?.items
        : (node?.properties?.[part] ??
          (typeof node?.additionalProperties === "object" ? node.additionalProperties : undefined));
    node = inside;
  }
  return Object.keys(node?.properties ?? {});
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
}
