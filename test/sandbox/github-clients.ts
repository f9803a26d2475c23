import { createSign } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit } from "@octokit/rest";
import type { SandboxGithub } from "#sandbox";

/** An app's JSON web token as GitHub's documentation says to make it; `claims` plants faults. */
export function appJwt(sandbox: SandboxGithub, claims: Record<string, unknown> = {}): string {
  const nowS = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: nowS - 30, exp: nowS + 540, iss: sandbox.appId, ...claims })}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(sandbox.privateKey).toString("base64url")}`;
}

export const octokit = (sandbox: SandboxGithub, auth?: string): Octokit =>
  new Octokit({ baseUrl: sandbox.baseUrl, ...(auth === undefined ? {} : { auth }), log: silent });

export const asApp = (sandbox: SandboxGithub): Octokit => octokit(sandbox, appJwt(sandbox));

/** A client with an installation token. */
export async function asInstallation(sandbox: SandboxGithub, installationId: number | undefined): Promise<Octokit> {
  const { data } = await asApp(sandbox).rest.apps.createInstallationAccessToken({
    installation_id: installationId ?? 0,
  });
  return octokit(sandbox, data.token);
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver on loopback; `answer` decides the status. */
export async function receiver(
  answer: (received: Received) => number = () => 200,
): Promise<{ url: string; received: Received[] } & AsyncDisposable> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(one);
      response.writeHead(answer(one)).end("seen");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
