import { Hono } from "hono";
import type { Hub } from "../hub.ts";

/** Pages for people. */
export function pages(hub: Hub): Hono {
  const app = new Hono();
  app.get("/", (c) => c.text([...hub.world.repos.keys()].join("\n")));
  return app;
}
