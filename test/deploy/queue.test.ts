import type { DeploymentAt, DeploymentView } from "#deploy";
import { describe, expect, test } from "vitest";
import { viewOfKnown } from "../../src/deploy/fold.ts";
import { queueKey, queuePlace, supersededBy } from "../../src/deploy/queue.ts";
import { origin } from "../support/deploy-plans.ts";
import { knownAt } from "../support/deploy-states.ts";

const merged = (state: DeploymentAt, minute: number, pull = 1): DeploymentView =>
  viewOfKnown(
    knownAt(state, {
      origin: { ...origin, pull, mergedAt: `2026-01-01T10:${String(minute).padStart(2, "0")}:00.000Z` },
    }),
  );

describe("the queue of a database", () => {
  test("goes by merge, then by pull request, not by who was heard of first", () => {
    const views = [merged("queued", 5), merged("queued", 3, 9), merged("queued", 3, 2), merged("queued", 4)];
    expect(views.map((view) => queuePlace(view, views))).toEqual([3, 1, 0, 2]);
  });

  test.each<[DeploymentAt, number]>([
    ["planning", 1],
    ["ready", 1],
    ["window", 1],
    ["cancelling", 1],
    ["blocked", 0],
    ["finalised", 0],
    ["failed", 0],
  ])("a later merge that is %s counts %d before a queued one", (state, place) => {
    const mine = merged("queued", 1);
    expect(queuePlace(mine, [mine, merged(state, 9)])).toBe(place);
  });

  test("a later merge takes over what earlier ones left blocked, and nothing else", () => {
    const mine = merged("planning", 5);
    const earlier = merged("blocked", 1);
    const others = [earlier, merged("blocked", 9), merged("queued", 1), mine];
    expect(supersededBy(mine, others)).toEqual([earlier]);
  });

  test("keys fit their column and keep their order over the digits of a pull request", () => {
    expect(queueKey(merged("queued", 1, 4_000_000_000)).length).toBeLessThanOrEqual(120);
    expect(queueKey(merged("queued", 1, 9)) < queueKey(merged("queued", 1, 10))).toBe(true);
  });
});
