import type { Roles } from "#config";
import type { CommandRequest, CommandVerb, Permissions } from "#deploy";
import { CodedError, shortFingerprint } from "#kernel";
import { describe, expect, test } from "vitest";
import { authorise } from "../../src/deploy/authorise.ts";
import { viewOfKnown } from "../../src/deploy/fold.ts";
import { origin, planOf } from "../support/deploy-plans.ts";
import { knownAt } from "../support/deploy-states.ts";

const view = viewOfKnown(knownAt("ready"));
const pin = shortFingerprint(planOf("two").fingerprint);
const roles: Roles = { operate: ["olga"], seal: ["sara"], admin: ["ada"] };
type Level = Awaited<ReturnType<Permissions["of"]>>;

async function codes(
  over: Partial<CommandRequest>,
  level: Level | "unknown" = "write",
  of: Roles = roles,
): Promise<readonly string[]> {
  const permissions: Permissions = {
    of: () => (level === "unknown" ? Promise.reject(new CodedError("github/down", "down")) : Promise.resolve(level)),
  };
  const request: CommandRequest = {
    verb: "apply",
    deployment: view.id,
    actor: "sara",
    via: "comment",
    key: "k",
    ...over,
  };
  const reasons = await authorise({ roles: of, permissions, repository: origin.repository }, view, request);
  return reasons.map((reason) => reason.code);
}

describe("roles", () => {
  const MAY: Record<CommandVerb, readonly string[]> = {
    apply: ["sara", "ada"],
    finalize: ["sara", "ada"],
    cancel: ["olga", "sara", "ada"],
    revert: ["olga", "sara", "ada"],
  };
  const table = (Object.keys(MAY) as CommandVerb[]).flatMap((verb) =>
    ["olga", "sara", "ada", "eve", ""].map((actor) => [actor, verb, MAY[verb].includes(actor)] as const),
  );

  test.each(table)("%s may %s: %s", async (actor, verb, may) => {
    expect(await codes({ actor, verb })).toEqual(may ? [] : ["deploy/not-in-role"]);
  });

  test("nobody is in a role by default, and letters of any case name the same person", async () => {
    expect(await codes({}, "admin", { operate: [], seal: [], admin: [] })).toEqual(["deploy/not-in-role"]);
    expect(await codes({ actor: "SARA" })).toEqual([]);
  });

  test("a refusal names who could do it", async () => {
    const asked = {
      roles,
      permissions: { of: () => Promise.resolve("write" as const) },
      repository: origin.repository,
    };
    const [reason] = await authorise(asked, view, {
      verb: "apply",
      deployment: view.id,
      actor: "eve",
      via: "cli",
      key: "k",
    });
    expect(reason?.hint).toContain("sara, ada");
  });
});

describe("the collaborator permission", () => {
  test.each<[Level | "unknown", readonly string[]]>([
    ["admin", []],
    ["maintain", []],
    ["write", []],
    ["triage", ["deploy/no-permission"]],
    ["read", ["deploy/no-permission"]],
    ["none", ["deploy/no-permission"]],
    ["unknown", ["deploy/permission-unknown"]],
  ])("%s gives %j at every door of GitHub", async (level, expected) => {
    expect(await codes({ via: "comment" }, level)).toEqual(expected);
    expect(await codes({ via: "button", pin }, level)).toEqual(expected);
    expect(await codes({ via: "web" }, level)).toEqual(expected);
  });

  test("is not asked at the command line, whose user holds the control database", async () => {
    expect(await codes({ via: "cli" }, "unknown")).toEqual([]);
    expect(await codes({ via: "cli", actor: "eve" }, "admin")).toEqual(["deploy/not-in-role"]);
  });
});

describe("pins", () => {
  test.each<[string | undefined, CommandRequest["via"], readonly string[]]>([
    [undefined, "comment", []],
    [undefined, "button", ["deploy/pin-missing"]],
    [pin, "button", []],
    [pin.slice(0, 6), "comment", []],
    [pin.toUpperCase(), "comment", []],
    [pin.slice(0, 5), "comment", ["deploy/pin-mismatch"]],
    ["ffffffff", "comment", ["deploy/pin-mismatch"]],
    ["", "button", ["deploy/pin-mismatch"]],
    ["<b>`x`", "comment", ["deploy/pin-mismatch"]],
  ])("%j by %s gives %j", async (given, via, expected) => {
    expect(await codes({ via, ...(given === undefined ? {} : { pin: given }) })).toEqual(expected);
  });

  test("a refusal has the line to paste and never repeats what is no pin", async () => {
    const asked = {
      roles,
      permissions: { of: () => Promise.resolve("write" as const) },
      repository: origin.repository,
    };
    const request = {
      verb: "apply",
      deployment: view.id,
      actor: "sara",
      via: "cli",
      key: "k",
      pin: "<script>",
    } as const;
    const [reason] = await authorise(asked, view, request);
    expect(reason?.message).not.toContain("<");
    expect(reason?.paste).toBe(`sluice apply ${view.id} --pin ${pin}`);
  });
});
