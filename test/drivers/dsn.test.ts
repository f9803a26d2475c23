import { expect, test } from "vitest";
import { parseDsn, serverName } from "#drivers";

test.each([
  ["mysql://u@h/d", { host: "h", port: 3306, user: "u", password: "", database: "d", tls: "required" }],
  [
    "mysql://u:p%40ss%2F@db.example.com:3307/shop?tls=verify",
    { host: "db.example.com", port: 3307, user: "u", password: "p@ss/", database: "shop", tls: "verify" },
  ],
  ["mysql://root@127.0.0.1:9/", { host: "127.0.0.1", port: 9, user: "root", password: "", database: "", tls: "off" }],
  ["mysql://root@[::1]:9/d", { host: "::1", port: 9, user: "root", password: "", database: "d", tls: "off" }],
  [
    "mysql://root@localhost/d?tls=required",
    { host: "localhost", port: 3306, user: "root", password: "", database: "d", tls: "required" },
  ],
  [
    "mysql://root@localhost/d?socket=/tmp/s%20x",
    { host: "localhost", port: 3306, user: "root", password: "", database: "d", tls: "off", socketPath: "/tmp/s x" },
  ],
])("%s is read", (text, dsn) => {
  expect(parseDsn(text)).toEqual(dsn);
});

test("a server is named without who connects to it", () => {
  expect(serverName(parseDsn("mysql://u:p@h:7/d"))).toBe("h:7");
  expect(serverName(parseDsn("mysql://u:p@localhost/d?socket=/s"))).toBe("/s");
});

test.each([
  "",
  "h:3306",
  "postgres://u:hush@h/d",
  "mysql:///d",
  "mysql://u:hush@h/d?tls=maybe",
  "mysql://u:hush@h/d?ssl=1",
  "mysql://u:hu%zzsh@h/d",
])("%j is refused without repeating it", (text) => {
  expect(() => parseDsn(text)).toThrow(
    expect.objectContaining({ code: "drivers/bad-dsn", message: expect.not.stringMatching(/hush|zz/) as string }),
  );
});
