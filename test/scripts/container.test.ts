import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";

vi.setConfig({ testTimeout: 60_000 });
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
  readonly env_file?: readonly string[];
}

const FLEET = `version: 1
groups:
  shop:
    repository: acme/shop
    path: schemas/shop
    channels: { prod: { branch: main, seal: manual } }
    databases: [{ name: shop, channel: prod, shards: [{ id: "0", dsn: "env:SHOP" }] }]
scratch: [{ flavour: mysql, dsn: "env:SCRATCH" }]
`;

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

  test("only the app gets the file with GitHub's credentials, and README says what stands in each file", () => {
    expect(services["app"]?.env_file).toEqual(["databases.env", "github.env"]);
    expect(services["worker"]?.env_file).toEqual(["databases.env"]);
    const worker = Object.keys(services["worker"]?.environment ?? {});
    expect(worker.filter((name) => name.includes("GITHUB"))).toEqual([]);
    const readme = text("README.md");
    const wanted = [...text("compose.yaml").matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name = ""]) => name);
    expect(wanted.length).toBeGreaterThan(2);
    for (const name of [".env", "databases.env", "github.env", ...wanted]) expect(readme).toContain(`\`${name}\``);
  });
});

describe("what the image runs", () => {
  let image: string;

  beforeAll(() => {
    execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT, stdio: "pipe" });
    image = layOutImage();
  }, 300_000);
  afterAll(() => rmSync(image, { recursive: true, force: true }));

  test("it starts and knows the verbs of Dockerfile and compose.yaml", () => {
    const help = start("--help");
    expect(help.status).toBe(0);
    for (const verb of ["serve", "work", "health"]) expect(help.stdout).toMatch(new RegExp(`^\\s+${verb}\\b`, "m"));
  });

  test.each(["serve", "work"])("%s without its settings says which are missing", (verb) => {
    const refused = start(verb);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("SLUICE_DATABASE");
  });

  test.each([["serve"], ["serve", "--work"], ["work"]])(
    "%s loads everything it is made of and gets as far as the control database",
    (...verb) => {
      writeFileSync(join(image, "fleet.yml"), FLEET);
      const settings = { SLUICE_DATABASE: "mysql://u:p@127.0.0.1:1/s", SLUICE_FLEET: "fleet.yml" };
      const ended = startWith(settings, ...verb);
      expect(`${ended.stdout}${ended.stderr}`).toContain("drivers/cannot-connect");
      expect(ended.status).toBe(4);
    },
  );

  test("health says no where nobody serves", () => {
    expect(start("health").status).not.toBe(0);
  });

  function start(...args: string[]): SpawnSyncReturns<string> {
    return startWith({}, ...args);
  }

  function startWith(settings: Readonly<Record<string, string>>, ...args: string[]): SpawnSyncReturns<string> {
    const flags = ["--preserve-symlinks", "--preserve-symlinks-main", "dist/app/main.js"];
    const env = { PATH: process.env["PATH"] ?? "", SLUICE_PORT: "1", ...settings };
    return spawnSync(process.execPath, [...flags, ...args], { cwd: image, encoding: "utf8", env, timeout: 60_000 });
  }
});

/** The files of the image's last stage: the build, the schemas, and only those packages that `npm prune` leaves. */
function layOutImage(): string {
  const image = mkdtempSync(join(tmpdir(), "sluice-image-"));
  for (const name of ["package.json", "dist", "schemas"])
    cpSync(join(ROOT, name), join(image, name), { recursive: true });
  const lock = JSON.parse(text("package-lock.json")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, { dev, optional }] of Object.entries(lock.packages)) {
    // Nested packages come with the one they are in.
    if (path === "" || dev === true || optional === true || path.includes("/node_modules/")) continue;
    mkdirSync(dirname(join(image, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(image, path));
  }
  return image;
}
