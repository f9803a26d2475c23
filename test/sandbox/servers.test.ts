import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTool } from "#sandbox";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("without set-up a server is refused with the command that mends it", () => {
  vi.stubEnv("SLUICE_CACHE", mkdtempSync(join(tmpdir(), "sluice-empty-")));
  expect(() => findTool("mysqld")).toThrowError(
    expect.objectContaining({ code: "sandbox/not-set-up", hint: "npm run setup" }),
  );
});
