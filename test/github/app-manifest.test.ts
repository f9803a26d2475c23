import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { EVENT_NEEDS, OPERATIONS, type Need } from "../../src/github/api/operations.ts";
import { EVENT_HANDLERS } from "../../src/github/events/list.ts";

const manifest = z
  .object({
    name: z.string().min(1).max(34),
    url: z.url(),
    description: z.string(),
    public: z.boolean(),
    hook_attributes: z.object({ url: z.url(), active: z.boolean() }),
    default_events: z.array(z.string()),
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  })
  .strict()
  .parse(parse(readFileSync("app.yml", "utf8")));

/** GitHub sends these to every app. */
const UNASKED = ["installation", "installation_repositories"];

test("the manifest asks for exactly the events that have a handler", () => {
  const handled = new Set(EVENT_HANDLERS.map((handler) => handler.on.split(".")[0] ?? ""));
  expect([...manifest.default_events].sort()).toEqual([...handled].filter((event) => !UNASKED.includes(event)).sort());
});

test("no event has two handlers, which would run side by side", () => {
  const names = EVENT_HANDLERS.map((handler) => handler.on);
  expect(new Set(names).size).toBe(names.length);
});

test("the list of API operations is the list of those that the code calls", () => {
  const sources = readdirSync("src/github", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const called = sources.flatMap((name) => {
    const text = readFileSync(`src/github/${name}`, "utf8");
    expect(text, `${name} must call GitHub by name`).not.toMatch(/octokit\.(request|graphql)\(/);
    return [...text.matchAll(/\brest\.(\w+)\.(\w+)/g)].map(([, group, name]) => `${group}.${name}`);
  });
  expect([...new Set(called)].sort()).toEqual(Object.keys(OPERATIONS).sort());
});

test("the manifest asks for exactly the permissions that events and operations need", () => {
  const needs = [
    ...Object.values<Need | undefined>(OPERATIONS),
    ...manifest.default_events.map((event) => EVENT_NEEDS[event]),
  ];
  const least: Record<string, string> = {};
  for (const need of needs) {
    if (need !== undefined && least[need[0]] !== "write") least[need[0]] = need[1];
  }
  expect(manifest.default_permissions).toEqual(least);
});
