import type { Schema } from "./description.ts";

/**
 * JSON pointers of properties the schema does not name. GitHub ignores what it does not know, so a misspelt property is
 * legal and does nothing; the schema alone would not notice.
 */
export function unknownNames(
  schema: Schema,
  value: unknown,
  schemas: Readonly<Record<string, Schema>>,
  at = "",
): readonly string[] {
  const parts = flatten(schema, schemas);
  if (Array.isArray(value)) {
    const items = parts.map((part) => part["items"]).find((part) => part !== undefined) as Schema | undefined;
    return items === undefined
      ? []
      : value.flatMap((inner: unknown, index) => unknownNames(items, inner, schemas, `${at}/${index}`));
  }
  if (value === null || typeof value !== "object") return [];
  // `additionalProperties: true` beside named ones says only that GitHub does not mind; a schema there makes it a map.
  const named = parts.filter((part) => part["properties"] !== undefined);
  const open = parts.some((part) => typeof part["additionalProperties"] === "object");
  if (named.length === 0 || open) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const known = named
      .map((part) => (part["properties"] as Record<string, Schema>)[name])
      .filter((part) => part !== undefined);
    if (known.length === 0) return [`${at}/${name}`];
    return unknownNames({ anyOf: known }, inner, schemas, `${at}/${name}`);
  });
}

/** A schema with everything it refers to or is combined of, as one flat list. */
function flatten(schema: Schema, schemas: Readonly<Record<string, Schema>>): readonly Schema[] {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const target = schemas[reference.replace("#/schemas/", "")];
    return target === undefined ? [] : flatten(target, schemas);
  }
  const inner = ["allOf", "anyOf", "oneOf"].flatMap((key) => (schema[key] as readonly Schema[] | undefined) ?? []);
  return [schema, ...inner.flatMap((part) => flatten(part, schemas))];
}
