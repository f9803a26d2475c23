import fc from "fast-check";
import { expect, test } from "vitest";
import { dumpRequest, GtidSet } from "#binlog";

const A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const B = "3e11fa47-71ca-11e1-9e33-c80aa9429563";

test.each([
  ["", ""],
  [`${A}:1`, `${A}:1`],
  [`${A}:1-3:5-7`, `${A}:1-3:5-7`],
  [`${A}:5-7:1-4`, `${A}:1-7`],
  [`${B}:1,\n${A.toUpperCase()}:2-2`, `${A}:2,${B}:1`],
  [`${A}:1:tag_b:3-4:1:tag_a:9`, `${A}:1:tag_a:9:tag_b:1:3-4`],
  [`${A}:tag_a:1,${A}:2`, `${A}:2:tag_a:1`],
])("%j is read and printed as %j", (text, printed) => {
  expect(GtidSet.parse(text).toString()).toBe(printed);
});

test.each(["x", A, `${A}:`, `${A}:0`, `${A}:3-1`, `${A}:tag`, `${A}:1-`, "3e11fa47:1", `${A}:99999999999999999999`])(
  "%j is refused",
  (text) => {
    expect(() => GtidSet.parse(text)).toThrow(expect.objectContaining({ code: "binlog/gtid-set" }));
  },
);

test("adding transactions in any order gives the set of them", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (numbers) => {
      const set = new GtidSet();
      for (const number of numbers) set.add({ uuid: A, tag: "", number });
      const again = GtidSet.parse(numbers.map((number) => `${A}:${number}`).join(","));
      expect(set.toString()).toBe(again.toString());
      for (let number = 1; number <= 61; number += 1) {
        expect(set.containsAll(GtidSet.parse(`${A}:${number}`))).toBe(numbers.includes(number));
      }
    }),
    { numRuns: 50 },
  );
});

test("a set contains another when it has each of its transactions", () => {
  const set = GtidSet.parse(`${A}:1-10:tag:1-5,${B}:1-3`);
  expect(set.containsAll(GtidSet.parse(`${A}:2-4:9,${B}:3`))).toBe(true);
  expect(set.containsAll(GtidSet.parse(`${A}:9-11`))).toBe(false);
  expect(set.containsAll(GtidSet.parse(`${B}:tag:1`))).toBe(false);
  expect(set.containsAll(new GtidSet())).toBe(true);
});

test("the wire form is the one that the server writes", () => {
  // PREVIOUS_GTIDS of a MySQL server for this very set.
  const uuid = "fb5b7041-7754-11f1-a067-e69d25af13b4";
  expect(GtidSet.parse(`${uuid}:1-5:tag_a:1:tag_b:1`).encode().toString("hex")).toBe(
    "0103000000000001" +
      "fb5b7041775411f1a067e69d25af13b400010000000000000001000000000000000600000000000000" +
      "fb5b7041775411f1a067e69d25af13b40a7461675f61010000000000000001000000000000000200000000000000" +
      "fb5b7041775411f1a067e69d25af13b40a7461675f62010000000000000001000000000000000200000000000000",
  );
  expect(GtidSet.parse(`${uuid}:1-5`).encode().toString("hex")).toBe(
    "0100000000000000fb5b7041775411f1a067e69d25af13b4010000000000000001000000000000000600000000000000",
  );
});

test("a dump is asked for by file or by GTIDs", () => {
  expect(dumpRequest({ file: "b.01", offset: 7 }, 258).toString("hex")).toBe(
    "0f00000012070000000000" + "02010000" + "622e3031",
  );
  const byGtids = dumpRequest({ file: "b.01", offset: 7, gtidSet: `${A}:1` }, 258);
  expect(byGtids.subarray(4, 27).toString("hex")).toBe("1e0000020100000000000004000000000000003000" + "0000");
});
