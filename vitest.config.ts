import { defineConfig } from "vitest/config";

const conditions = ["source"];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };
const SERVER_SUFFIXES = ["mysql", "redis", "browser", "e2e"];

/** One project per thing a test needs; the suffix of the file says which (style: "Tests"). */
export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: SERVER_SUFFIXES.map((suffix) => `test/**/*.${suffix}.test.ts`),
        },
      },
      ...SERVER_SUFFIXES.map((suffix) => ({
        resolve,
        ssr,
        test: {
          name: suffix,
          include: [`test/**/*.${suffix}.test.ts`],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      })),
    ],
  },
});
