import { changedTables, changeShop, createdTables, shopFiles } from "#sandbox";
import { expect, test } from "vitest";

test("the demo's change edits one line of each of three files and adds one file", () => {
  const before = shopFiles();
  const after = changeShop(before);
  const differing = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(differing.toSorted()).toEqual([...changedTables, ...createdTables].map((name) => `${name}.sql`).toSorted());
});

test("the shop is six to ten tables, and nothing refers to or from the tables that the change touches", () => {
  const files = Object.entries(shopFiles());
  expect(files.length).toBeGreaterThanOrEqual(6);
  expect(files.length).toBeLessThanOrEqual(10);
  expect(files.map(([, sql]) => sql.match(/CREATE TABLE/g)?.length)).toEqual(files.map(() => 1));
  const touched = files.filter(([name]) => changedTables.some((table) => name === `${table}.sql`));
  expect(touched.filter(([, sql]) => /REFERENCES|TRIGGER/.test(sql))).toEqual([]);
  const all = files.map(([, sql]) => sql).join("\n");
  expect(changedTables.filter((table) => all.includes(`REFERENCES ${table}`))).toEqual([]);
});

test("a schema that lost the line which the demo edits is refused", () => {
  const edited = { ...shopFiles(), "carts.sql": "CREATE TABLE carts (id INT)" };
  expect(() => changeShop(edited)).toThrowError(expect.objectContaining({ code: "sandbox/shop-edit-misses" }));
});
