import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");
const text = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const PINNED = /^[a-z0-9./-]+:(?!latest$)[A-Za-z0-9._-]+$/;

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly networks?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment: Readonly<Record<string, string>>;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function dockerfile(): Instruction[] {
  const lines = text("Dockerfile")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => ({ name: line.split(" ")[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));
}

describe("Dockerfile", () => {
  const all = dockerfile();
  const lastStage = all.slice(all.findLastIndex(({ name }) => name === "FROM"));

  test("the image is the official slim Node 24, and does not run as root", () => {
    for (const { rest } of all.filter(({ name }) => name === "FROM"))
      expect(rest).toMatch(/^node:24[0-9.]*-slim( AS \w+)?$/);
    const user = lastStage.filter(({ name }) => name === "USER");
    expect(user.map(({ rest }) => rest)).toEqual(["node"]);
    const names = lastStage.map(({ name }) => name);
    expect(names.indexOf("USER")).toBeLessThan(names.indexOf("ENTRYPOINT"));
  });

  test("what it copies from the checkout exists and is let through by .dockerignore", () => {
    const letThrough = text(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"));
    const copied = all
      .filter(({ name, rest }) => name === "COPY" && !rest.startsWith("--from"))
      .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied.filter((path) => !letThrough.includes(`!${path}`))).toEqual([]);
  });

  test("every npm script it runs exists, and one image serves and works", () => {
    const scripts = (JSON.parse(text("package.json")) as { scripts: Record<string, string> }).scripts;
    const runs = all
      .filter(({ name, rest }) => name === "RUN" && rest.startsWith("npm run "))
      .map(({ rest }) => rest.split(" ")[2] ?? "");
    expect(runs).toEqual(["build"]);
    expect(scripts).toHaveProperty("build");
    const last = (name: string): string => lastStage.findLast((one) => one.name === name)?.rest ?? "";
    expect(JSON.parse(last("ENTRYPOINT"))).toEqual(["node", "dist/app/main.js"]);
    expect(JSON.parse(last("CMD"))).toEqual(["serve"]);
    expect(last("HEALTHCHECK")).toContain('CMD ["node", "dist/app/main.js", "health"]');
  });
});

describe("compose.yaml", () => {
  const compose = parse(text("compose.yaml"), { merge: true }) as {
    services: Record<string, Service>;
    networks: Record<string, { internal?: boolean }>;
  };
  const { services } = compose;

  test("app, worker, control database, scratch server and Redis are services of their own with fixed image tags", () => {
    expect(Object.keys(services).toSorted()).toEqual(["app", "mysql", "redis", "scratch", "worker"]);
    for (const service of Object.values(services)) expect(service.image).toMatch(PINNED);
    expect(services["app"]?.command).toEqual(["serve"]);
    expect(services["worker"]?.command).toEqual(["work"]);
    expect(services["app"]?.image).toBe(services["worker"]?.image);
  });

  test("the servers have health checks, and Sluice waits for them and gets a minute to stop", () => {
    const probed = Object.keys(services).filter((name) => (services[name]?.healthcheck?.test?.length ?? 0) > 1);
    expect(probed.toSorted()).toEqual(["app", "mysql", "redis", "scratch"]);
    for (const name of ["app", "worker"]) {
      expect(services[name]?.stop_grace_period).toBe("60s");
      expect(services[name]?.depends_on).toEqual({
        mysql: { condition: "service_healthy" },
        scratch: { condition: "service_healthy" },
        redis: { condition: "service_healthy" },
      });
    }
  });

  test("Redis keeps its queue and evicts nothing", () => {
    expect(services["redis"]?.command?.join(" ")).toContain("--appendonly yes --maxmemory-policy noeviction");
  });

  test("the scratch server keeps nothing and reaches neither the outside nor the control database", () => {
    expect(services["scratch"]?.networks).toEqual(["scratch"]);
    expect(compose.networks["scratch"]?.internal).toBe(true);
    expect(services["mysql"]?.networks).toBeUndefined();
    expect(services["scratch"]?.tmpfs).toEqual(["/var/lib/mysql"]);
    expect(services["scratch"]?.environment["MYSQL_USER"]).not.toBe(services["mysql"]?.environment["MYSQL_USER"]);
  });

  test("no password stands in it: each comes from .env and is missed loudly", () => {
    const values = Object.values(services).flatMap((service) => Object.entries(service.environment ?? {}));
    const secret = values
      .filter(([name]) => /(^MYSQL_PASSWORD|_DSN|_DATABASE)$/.test(name))
      .filter(([, value]) => value.includes("@") || value.includes("$"));
    expect(secret.length).toBeGreaterThan(3);
    for (const [, value] of secret) expect(value).toMatch(/\$\{[A-Z_]+:\?/);
  });

  test("it sets exactly settings that Sluice reads", () => {
    const read = text("src/config/environment.ts");
    const ours = Object.keys(services["app"]?.environment ?? {}).filter((name) => name.startsWith("SLUICE_"));
    expect(ours.filter((name) => !read.includes(`"${name}"`))).toEqual([]);
  });
});

describe("what the image runs", () => {
  beforeAll(() => {
    execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: "pipe" });
  }, 180_000);

  test("the build starts, knows the verbs of Dockerfile and compose.yaml, and needs no source", () => {
    const help = execFileSync(process.execPath, ["dist/app/main.js", "--help"], { cwd: ROOT, encoding: "utf8" });
    for (const verb of ["serve", "work", "health"]) expect(help).toMatch(new RegExp(`^\\s+${verb}\\b`, "m"));
  });
});
