// Cuts GitHub's official descriptions down to what the sandbox speaks (design D13).
//
//   node scripts/extract-github-contract.mjs [folder]
//
// `folder` may hold the two packages already unpacked as `openapi/` and `openapi-webhooks/`; otherwise they are fetched
// with `npm pack` into a temporary folder. Writes src/sandbox/contract/github-api.json and github-webhooks.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const API = { name: "@octokit/openapi", version: "23.0.2", folder: "openapi" };
const WEBHOOKS = { name: "@octokit/openapi-webhooks", version: "12.1.0", folder: "openapi-webhooks" };
const OUT = new URL("../src/sandbox/contract/", import.meta.url);

/** What the sandbox answers; src/sandbox/github/operations must list the same (a test compares them). */
const OPERATIONS = `
apps/get-authenticated apps/list-installations apps/get-installation apps/create-installation-access-token
apps/get-repo-installation apps/list-repos-accessible-to-installation apps/list-webhook-deliveries
apps/get-webhook-delivery apps/redeliver-webhook-delivery
users/get-authenticated users/get-by-username
repos/get repos/get-collaborator-permission-level repos/list-branches repos/get-branch repos/get-commit
repos/list-commits repos/list-pull-requests-associated-with-commit repos/compare-commits-with-basehead repos/get-content

pulls/list pulls/get pulls/create pulls/update pulls/list-files pulls/list-commits pulls/merge pulls/check-if-merged
git/get-ref git/list-matching-refs git/create-ref git/update-ref git/delete-ref git/get-commit git/create-commit
git/get-tree git/create-tree git/get-blob git/create-blob
issues/get issues/list-comments issues/list-comments-for-repo issues/get-comment issues/create-comment
issues/update-comment issues/delete-comment issues/create issues/update issues/list-for-repo
reactions/list-for-issue-comment reactions/create-for-issue-comment reactions/delete-for-issue-comment
checks/create checks/update checks/get checks/list-for-ref checks/list-suites-for-ref checks/get-suite
checks/list-for-suite checks/list-annotations checks/rerequest-run checks/rerequest-suite
`
  .trim()
  .split(/\s+/);

const EVENTS = `
pull-request-opened pull-request-synchronize pull-request-reopened pull-request-closed pull-request-edited
issue-comment-created issue-comment-edited issue-comment-deleted
check-run-created check-run-completed check-run-requested-action check-run-rerequested
check-suite-requested check-suite-rerequested push
installation-created installation-deleted installation-repositories-added installation-repositories-removed
merge-group-checks-requested
`
  .trim()
  .split(/\s+/);

/**
 * Where the descriptions are wrong about what GitHub itself sends. Each is put right here, in the open, rather than by
 * looking away when judging.
 */
function mendApi({ operations }) {
  // The account is described as user *and* enterprise at once; `apps/get-installation` says it right.
  operations["apps/list-installations"].responses["200"].items = { $ref: "#/schemas/installation" };
}

function mendWebhooks({ events, schemas }) {
  // The list of events an app may subscribe to leaves out merge_group.
  for (const action of ["requested", "rerequested"]) {
    const { app } = schemas[events[`check_suite.${action}`].$ref.split("/").at(-1)].properties.check_suite.properties;
    app.properties.events.items.enum.push("merge_group");
  }
}

/** Prose and tooling keys: they judge nothing. */
const DROPPED = /^(x-.*|description|summary|title|examples?|externalDocs|deprecated|discriminator|readOnly|default)$/;

/** OpenAPI 3.0 schema → JSON Schema: `nullable` becomes the type null, references point at `#/schemas`. */
function schemaOf(node, needed) {
  if (Array.isArray(node)) return node.map((inner) => schemaOf(inner, needed));
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") {
    const name = node.$ref.replace("#/components/schemas/", "");
    needed.add(name);
    return { $ref: `#/schemas/${name}` };
  }
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "nullable" || DROPPED.test(key)) continue;
    if (key === "properties" || key === "patternProperties") {
      out[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, schemaOf(inner, needed)]));
    } else if (key === "enum" || key === "required" || key === "const") {
      out[key] = value;
    } else out[key] = schemaOf(value, needed);
  }
  if (node.nullable !== true) return out;
  if (typeof out.type === "string") out.type = [out.type, "null"];
  if (Array.isArray(out.enum) && !out.enum.includes(null)) out.enum = [...out.enum, null];
  const combined = out.$ref ?? out.allOf ?? out.oneOf ?? out.anyOf;
  return combined !== undefined && out.type === undefined ? { anyOf: [out, { type: "null" }] } : out;
}

function closeOver(components, needed) {
  const schemas = {};
  for (let open = [...needed]; open.length > 0; open = [...needed].filter((name) => !(name in schemas))) {
    for (const name of open) schemas[name] = schemaOf(components.schemas[name], needed);
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function resolve(components, node) {
  if (node?.$ref === undefined) return node;
  const [, , group, name] = node.$ref.split("/");
  return components[group][name];
}

const jsonSchema = (content, needed) => {
  const json = Object.entries(content ?? {}).find(([type]) => /json/.test(type) && !/scim/.test(type));
  return json?.[1].schema === undefined ? null : schemaOf(json[1].schema, needed);
};

function cutApi(description) {
  const needed = new Set();
  const found = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!OPERATIONS.includes(operation.operationId)) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .map((parameter) => resolve(description.components, parameter))
        .filter((parameter) => parameter.in === "path" || parameter.in === "query")
        .map(({ name, in: place, required = false, schema }) => ({
          name,
          in: place,
          required,
          schema: schemaOf(schema, needed),
        }));
      const body = resolve(description.components, operation.requestBody);
      const responses = Object.entries(operation.responses).map(([status, response]) => [
        status,
        jsonSchema(resolve(description.components, response).content, needed),
      ]);
      found.set(operation.operationId, {
        method: method.toUpperCase(),
        path,
        parameters,
        body: body === undefined ? null : jsonSchema(body.content, needed),
        bodyRequired: body?.required === true,
        responses: Object.fromEntries(responses),
      });
    }
  }
  report("operation", OPERATIONS, found);
  return { operations: Object.fromEntries(found), schemas: closeOver(description.components, needed) };
}

function cutWebhooks(description) {
  const needed = new Set();
  const found = new Map();
  for (const [name, item] of Object.entries(description.webhooks)) {
    if (!EVENTS.includes(name)) continue;
    const event = item.post["x-github"].subcategory.replaceAll("-", "_");
    const action = name.replaceAll("-", "_").slice(event.length + 1);
    const key = action === "" ? event : `${event}.${action}`;
    found.set(name, [key, jsonSchema(resolve(description.components, item.post.requestBody).content, needed)]);
  }
  report("webhook", EVENTS, found);
  return { events: Object.fromEntries(found.values()), schemas: closeOver(description.components, needed) };
}

function report(kind, wanted, found) {
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`GitHub's description has no ${kind} ${missing.join(", ")}`);
}

function unpack(source, root) {
  const folder = join(root, source.folder);
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", "--silent", `${source.name}@${source.version}`], { cwd: folder, stdio: "pipe" });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["xzf", archive, "--strip-components=1"], { cwd: folder });
  return folder;
}

function write(source, folder, file, { cut, mend }) {
  const description = JSON.parse(readFileSync(join(folder, "generated/api.github.com.json"), "utf8"));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const licence = readFileSync(join(folder, "LICENSE"), "utf8").replaceAll(/\s+/g, " ").trim();
  const about = { package: source.name, version, licence, note: "Cut down by scripts/extract-github-contract.mjs" };
  const whole = cut(description);
  mend(whole);
  const { schemas, ...named } = whole;
  const lines = (object) =>
    Object.entries(object)
      .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(",\n");
  const parts = [
    `"about":${JSON.stringify(about)}`,
    ...Object.entries(named).map(([key, value]) => `"${key}":{\n${lines(value)}\n}`),
  ];
  const text = `{${parts.join(",\n")},\n"schemas":{\n${lines(schemas)}\n}}\n`;
  JSON.parse(text);
  writeFileSync(new URL(file, OUT), text);
  console.log(`${file}: ${Math.round(text.length / 1000)} kB, ${Object.keys(schemas).length} schemas`);
}

const root = process.argv[2] ?? mkdtempSync(join(tmpdir(), "github-contract-"));
write(API, unpack(API, root), "github-api.json", { cut: cutApi, mend: mendApi });
write(WEBHOOKS, unpack(WEBHOOKS, root), "github-webhooks.json", { cut: cutWebhooks, mend: mendWebhooks });
