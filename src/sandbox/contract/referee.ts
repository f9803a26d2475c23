import { readFile } from "node:fs/promises";
import type { ErrorObject, ValidateFunction } from "ajv";
import { CodedError } from "#kernel";
import type {
  ApiDescription,
  DescribedOperation,
  Finding,
  Parameter,
  Schema,
  WebhookDescription,
} from "./description.ts";
import { unknownNames } from "./unknown-names.ts";

interface Judge {
  compile(schema: Schema): ValidateFunction;
  addSchema(schema: Schema, key: string): unknown;
}

const API = "github-api.json";
const WEBHOOKS = "github-webhooks.json";

/**
 * Judges requests, responses and webhook payloads by GitHub's own descriptions, cut down to what the sandbox speaks.
 * A validator is compiled at first use: all of them would take a second and 100 MB.
 */
export class Referee {
  readonly api: ApiDescription;
  readonly webhooks: WebhookDescription;
  readonly #judge: Judge;
  readonly #validators = new Map<string, ValidateFunction>();

  private constructor(judge: Judge, api: ApiDescription, webhooks: WebhookDescription) {
    this.#judge = judge;
    this.api = api;
    this.webhooks = webhooks;
    judge.addSchema({ ...api }, API);
    judge.addSchema({ ...webhooks }, WEBHOOKS);
  }

  /**
   * @throws CodedError `sandbox/no-referee` outside a checkout: the descriptions and ajv are not part of the package
   */
  static async load(): Promise<Referee> {
    try {
      const [{ Ajv2020 }, formats] = await Promise.all([import("ajv/dist/2020.js"), import("ajv-formats")]);
      const judge = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false });
      formats.default.default(judge);
      const read = async (name: string): Promise<unknown> =>
        JSON.parse(await readFile(new URL(name, import.meta.url), "utf8"));
      return new Referee(judge, (await read(API)) as ApiDescription, (await read(WEBHOOKS)) as WebhookDescription);
    } catch (error) {
      throw new CodedError("sandbox/no-referee", "GitHub's description cannot be loaded", {
        hint: 'It is part of a checkout only; start the sandbox with `contract: "off"` elsewhere.',
        next: "fix-input",
        cause: error,
      });
    }
  }

  request(id: string, query: ReadonlyMap<string, string>, body: unknown): readonly Finding[] {
    const operation = this.api.operations[id];
    if (operation === undefined) return [{ where: id, at: "", problem: "is not in GitHub's description" }];
    const where = `${id} request`;
    const findings = [...this.#query(where, operation, query)];
    if (body === undefined) {
      if (operation.bodyRequired) findings.push({ where, at: "", problem: "has no body" });
      return findings;
    }
    if (operation.body === null)
      return Object.keys(body as object).length === 0
        ? findings
        : [...findings, { where, at: "", problem: "must have no body" }];
    const pointer = `/operations/${escapePointer(id)}/body`;
    findings.push(...this.#validate(where, API, pointer, body));
    for (const at of unknownNames(operation.body, body, this.api.schemas)) {
      findings.push({ where, at, problem: "is no property GitHub knows" });
    }
    return findings;
  }

  response(id: string, status: number, body: unknown): readonly Finding[] {
    const operation = this.api.operations[id];
    if (operation === undefined) return [];
    const where = `${id} response ${status}`;
    const schema = operation.responses[String(status)];
    // GitHub's description leaves out most refusals; their shape is always the same.
    if (schema === undefined && status >= 400) return refusalShape(where, body);
    if (schema === undefined) return [{ where, at: "", problem: "is a status GitHub does not answer" }];
    if (schema === null) return [];
    return this.#validate(where, API, `/operations/${escapePointer(id)}/responses/${status}`, body);
  }

  webhook(event: string, action: string | undefined, payload: unknown): readonly Finding[] {
    const name = action === undefined ? event : `${event}.${action}`;
    if (this.webhooks.events[name] === undefined) {
      return [{ where: name, at: "", problem: "is not in GitHub's description of webhooks" }];
    }
    return this.#validate(name, WEBHOOKS, `/events/${escapePointer(name)}`, payload);
  }

  *#query(where: string, operation: DescribedOperation, query: ReadonlyMap<string, string>): Generator<Finding> {
    const known = operation.parameters.filter((parameter) => parameter.in === "query");
    for (const [name, text] of query) {
      const parameter = known.find((candidate) => candidate.name === name);
      if (parameter === undefined) yield { where, at: `?${name}`, problem: "is no parameter GitHub knows" };
      else yield* this.#parameter(where, parameter, text);
    }
    for (const parameter of known) {
      if (parameter.required && !query.has(parameter.name)) {
        yield { where, at: `?${parameter.name}`, problem: "is missing" };
      }
    }
  }

  *#parameter(where: string, parameter: Parameter, text: string): Generator<Finding> {
    const type = parameter.schema["type"];
    const value = type === "integer" || type === "number" ? Number(text) : type === "boolean" ? text === "true" : text;
    const validate = this.#judge.compile(parameter.schema);
    if (!validate(value)) yield { where, at: `?${parameter.name}`, problem: explain(validate.errors ?? []) };
  }

  #validate(where: string, document: string, pointer: string, value: unknown): readonly Finding[] {
    const key = `${document}#${pointer}`;
    const validate = this.#validators.get(key) ?? this.#judge.compile({ $ref: key });
    this.#validators.set(key, validate);
    if (validate(value)) return [];
    return tellingOnes(validate.errors ?? []).map((error) => ({
      where,
      at: error.instancePath,
      problem: explain([error]),
    }));
  }
}

/** With alternatives, ajv lists why each one failed; the last line ("must match ...") says the least. */
function tellingOnes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const telling = errors.filter((error) => !["anyOf", "oneOf", "allOf", "if"].includes(error.keyword));
  return (telling.length > 0 ? telling : errors).slice(0, 8);
}

/** Names and rules only: a violation never repeats a value. */
function explain(errors: readonly ErrorObject[]): string {
  return errors
    .map((error) => `${error.message ?? error.keyword}${JSON.stringify(error.params).slice(0, 160)}`)
    .join("; ");
}

function refusalShape(where: string, body: unknown): readonly Finding[] {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === "string" ? [] : [{ where, at: "/message", problem: "is missing" }];
}

const escapePointer = (text: string): string => encodeURIComponent(text.replaceAll("~", "~0").replaceAll("/", "~1"));
