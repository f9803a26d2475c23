import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Probot, createNodeMiddleware } from "probot";
import { expect, test } from "vitest";
import { startSandboxGithub } from "#sandbox";

test("a Probot app runs against the sandbox as it is: signed webhooks in, its comment out, its echo marked as a bot's", async () => {
  await using sandbox = await startSandboxGithub({ webhookSecret: "a secret" });
  const repo = await sandbox.createRepository({ owner: "acme", name: "shop", files: { a: "1" } });
  await repo.commitFiles({ branch: "topic", files: { ".github/sluice.yml": "lint: strict\n" } });
  const { number } = await repo.openPullRequest({ title: "Topic", head: "topic" });
  const probot = new Probot({
    appId: sandbox.appId,
    privateKey: sandbox.privateKey,
    secret: sandbox.webhookSecret,
    baseUrl: sandbox.baseUrl,
    logLevel: "fatal",
  });
  let echoes = 0;
  const middleware = await createNodeMiddleware(
    (app) => {
      app.on("issue_comment.created", async (context) => {
        if (context.isBot) {
          echoes += 1;
          return;
        }
        const { config } = await context.octokit.config.get({
          ...context.repo(),
          path: ".github/sluice.yml",
          branch: "topic",
        });
        await context.octokit.rest.issues.createComment(context.issue({ body: `lint is ${String(config["lint"])}` }));
      });
    },
    { probot, webhooksPath: "/hook" },
  );
  const server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sandbox.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  await repo.comment(number, "acme", "/plan");
  await sandbox.settle();
  server.closeAllConnections();
  server.close();
  expect(repo.comments(number).map((comment) => `${comment.author}: ${comment.body}`)).toEqual([
    "acme: /plan",
    "sluice[bot]: lint is strict",
  ]);
  expect(echoes).toBe(1);
  expect(sandbox.deliveries().filter((delivery) => delivery.statusCode === 200)).toHaveLength(2);
  sandbox.assertNoViolations();
});
