import { CodedError } from "#kernel";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Verb } from "../verb.ts";

/** `sluice serve`: webhooks and pages. */
export const serveVerb: Verb = {
  name: "serve",
  register: (program, deps, action) => {
    program
      .command("serve")
      .description("Receive webhooks, answer commands, publish comments and checks, show pages (settings: environment)")
      .option("--work", "also carry out deployments in this process")
      .action(
        action(async (options: { readonly work?: true }): Promise<ExitCode> => {
          await deps.serve({ alsoWork: options.work === true });
          return EXIT.done;
        }),
      );
  },
};

/** `sluice work`: the hands. */
export const workVerb: Verb = {
  name: "work",
  register: (program, deps, action) => {
    program
      .command("work")
      .description("Carry out deployments; start as many of these as you like (settings: environment)")
      .action(
        action(async (): Promise<ExitCode> => {
          await deps.work();
          return EXIT.done;
        }),
      );
  },
};

/** `sluice demo`: everything on this machine; its options are its own. */
export const demoVerb: Verb = {
  name: "demo",
  register: (program, deps, action) => {
    program
      .command("demo [options...]")
      .description(
        "Run the whole story on private servers and a local GitHub (--script plays it by itself, --json ends with figures)",
      )
      .allowUnknownOption()
      .helpOption(false)
      .action(
        action(async (args: readonly string[]): Promise<ExitCode> => {
          const code = await deps.demo(args);
          return code === 0 ? EXIT.done : code === 2 ? EXIT.usage : EXIT.unexpected;
        }),
      );
  },
};

const HEALTH_WITHIN_MS = 5000;

/** `sluice health`: for the container's health check. */
export const healthVerb: Verb = {
  name: "health",
  register: (program, deps, action) => {
    program
      .command("health")
      .description("Ask a running `sluice serve` whether it is well")
      .option("--url <url>", "where (default: http://127.0.0.1:$SLUICE_PORT/healthz)")
      .action(
        action(async (options: { readonly url?: string }): Promise<ExitCode> => {
          const url = options.url ?? `http://127.0.0.1:${deps.env["SLUICE_PORT"] ?? "3000"}/healthz`;
          if (!URL.canParse(url)) throw new CodedError("cli/bad-url", "--url is not a URL", { next: "fix-input" });
          const status = await probe(url);
          deps.screen.out(status === undefined ? "no answer" : status.toString());
          return status === 200 ? EXIT.done : EXIT.unexpected;
        }),
      );
  },
};

async function probe(url: string): Promise<number | undefined> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(HEALTH_WITHIN_MS) })).status;
  } catch {
    return undefined;
  }
}
