import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { requiredGrants } from "#engine";
import { readGrants } from "../../src/engine/preflight/privileges.ts";

test.each([
  ["GRANT SELECT, INSERT ON `shop`.* TO `a`@`%`", "shop", "SELECT", true],
  ["GRANT SELECT, INSERT ON `shop`.* TO `a`@`%`", "shop", "DROP", false],
  ["GRANT SELECT ON `sh_p`.* TO `a`@`%`", "shop", "SELECT", true],
  ["GRANT SELECT ON `sh\\_p`.* TO `a`@`%`", "shop", "SELECT", false],
  ["GRANT SELECT ON `\\_sluice%`.* TO `a`@`%`", "_sluice_d1_new", "SELECT", true],
  ["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", "shop", "LOCK TABLES", true],
  ["GRANT PROCESS, REPLICATION SLAVE ON *.* TO `a`@`%`", "*", "REPLICATION SLAVE", true],
  ["GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`", "*", "PROCESS", false],
  ["GRANT SELECT ON `shop`.`orders` TO `a`@`%`", "shop", "SELECT", false],
])("%s: on %s, %s is %s", (line, database, privilege, has) => {
  expect(readGrants([line])(database, privilege)).toBe(has);
});

test("the grants to paste name the account and escape the database's wildcards", () => {
  expect(requiredGrants("my_shop", "sluice@10.%").join("\n")).toContain("ON `my\\_shop`.* TO `sluice`@`10.%`;");
});

test("README names exactly the grants that preflight asks for", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const grants = readme.split("\n").flatMap((line) => /^\s*(GRANT .* TO `sluice`@.*;)$/.exec(line)?.[1] ?? []);
  expect(grants).toEqual(requiredGrants("shop"));
});
