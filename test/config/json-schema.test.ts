import { readdirSync, readFileSync } from "node:fs";
import { jsonSchemas, parseFleet, parseRepositorySettings } from "#config";
import { Ajv2020 } from "ajv/dist/2020.js";
import { format } from "prettier";
import { expect, test } from "vitest";
import { parse } from "yaml";

const folder = new URL("../../schemas/config/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

/** `vitest run --project pure test/config/json-schema.test.ts -u` writes them anew. */
test.each(Object.keys(jsonSchemas()))("%s is the one the parser was built from", async (name) => {
  const text = await format(JSON.stringify(jsonSchemas()[name]), { parser: "json", printWidth: 120 });
  await expect(text).toMatchFileSnapshot(new URL(name, folder).pathname);
});

const parsers = { fleet: parseFleet, sluice: parseRepositorySettings };

test.each(readdirSync(folder).filter((name) => name.endsWith(".example.yml")))(
  "%s is accepted by its schema and its parser",
  (name) => {
    const kind = name.startsWith("fleet") ? "fleet" : "sluice";
    const validate = ajv.compile(JSON.parse(read(`${kind}.schema.json`)) as object);
    validate(parse(read(name)));
    expect(validate.errors).toBeNull();
    expect(parsers[kind](read(name), name).at).not.toBe("refused");
  },
);

test("this repository's own settings are accepted", () => {
  const text = readFileSync(new URL("../../.github/sluice.yml", import.meta.url), "utf8");
  expect(parseRepositorySettings(text, ".github/sluice.yml")).toMatchObject({ at: "settings" });
});

test.each<[what: string, name: "fleet" | "sluice", text: string]>([
  ["an unknown key", "fleet", read("fleet.example.yml").replace("keep-old", "keep-new")],
  ["a bad duration", "fleet", read("fleet.example.yml").replaceAll("30m", "half an hour")],
  ["a DSN in place of a reference", "fleet", read("fleet.example.yml").replace("env:SHOP_DEV_DSN", "mysql://x")],
  ["a loosening severity", "sluice", read("sluice.example.yml").replace("drop-column: error", "drop-column: off")],
])("%s is refused by schema and parser alike", (_what, name, text) => {
  expect(ajv.compile(JSON.parse(read(`${name}.schema.json`)) as object)(parse(text))).toBe(false);
  expect(parsers[name](text, name).at).toBe("refused");
});
