import { findTool } from "#sandbox";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../support/servers-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("without set-up a server is refused with the command that mends it", () => {
  vi.stubEnv("SLUICE_CACHE", temporaryFolder("empty"));
  expect(() => findTool("mysqld")).toThrowError(
    expect.objectContaining({ code: "sandbox/not-set-up", hint: "npm run setup" }),
  );
});
