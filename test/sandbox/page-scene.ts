import type { SandboxGithub, SandboxRepository } from "#sandbox";
import { asInstallation } from "./github-clients.ts";

const PLAN = `<!-- sluice:plan shop 9c41e07 -->
### Schema plan · \`shop\` · 2 tables, needs 1 decision

| | Table | Change | How | Time, disk | Undo within 30 min |
|---|---|---|---|---|---|
| 🟢 | \`invoice\` | add column \`note\` | copied so it can be undone | 9 min, 6 GB | clean |
| 🟡 | \`line_item\` | widen \`sku\` 20 → 40 | copy | 2 h 10 min, 81 GB | only while no \`sku\` exceeds 20 |

**1 decision**: \`drop-index-in-use\`: \`ix_old\` served 41 queries/s today.
Reply \`/accept drop-index-in-use "why"\` first.

<details><summary>DDL (2 statements)</summary>

\`\`\`sql
ALTER TABLE \`invoice\` ADD COLUMN \`note\` varchar(200) NULL;
ALTER TABLE \`line_item\` MODIFY \`sku\` varchar(40) NOT NULL, DROP INDEX \`ix_old\`; -- 'two in one'
\`\`\`

</details>

After merge I stage this and wait; nothing changes until someone says \`/apply\`.
<sub>plan \`@9c41e07\` from commit 5f2c1aa · \`/plan\` to refresh · \`/help\`</sub>
`;

export interface Scene {
  readonly repo: SandboxRepository;
  readonly number: number;
  readonly checkRunId: number;
}

/** A pull request as Sluice would leave it: plan comment, plan check passed, seal check waiting with buttons. */
export async function setScene(sandbox: SandboxGithub): Promise<Scene> {
  const repo = await sandbox.createRepository({
    owner: "acme",
    name: "shop",
    files: {
      "README.md": "# Shop\n",
      "schemas/shop/invoice.sql": table("invoice", ["`total` decimal(12,2) NOT NULL,"]),
    },
    collaborators: { alice: "admin", bob: "write", carol: "read" },
  });
  await repo.commitFiles({
    branch: "invoice-note",
    message: "Give invoices a note",
    author: "bob",
    files: {
      "schemas/shop/invoice.sql": table("invoice", ["`total` decimal(12,2) NOT NULL,", "`note` varchar(200) NULL,"]),
      "schemas/shop/coupon.sql": table("coupon", ["`code` varchar(40) NOT NULL,"]),
    },
  });
  const { number, head } = await repo.openPullRequest({
    title: "Give invoices a note",
    body: "Support asked for it: see `invoice.note`.",
    head: "invoice-note",
    author: "bob",
  });
  const client = await asInstallation(sandbox, repo.installationId);
  const shop = { owner: "acme", repo: "shop" };
  await client.rest.issues.createComment({ ...shop, issue_number: number, body: PLAN });
  const ask = await repo.comment(number, "alice", "/plan");
  await client.rest.reactions.createForIssueComment({ ...shop, comment_id: ask.id, content: "eyes" });
  repo.requireChecks("main", ["sluice / plan"]);
  await client.rest.checks.create({
    ...shop,
    name: "sluice / plan",
    head_sha: head.sha,
    conclusion: "success",
    output: { title: "2 tables change, both copied", summary: "| Table | How |\n|---|---|\n| `invoice` | copy |" },
  });
  await client.rest.checks.create({
    ...shop,
    name: "sluice / db / shop-dev",
    head_sha: head.sha,
    status: "in_progress",
  });
  const { data } = await client.rest.checks.create({
    ...shop,
    name: "sluice / seal (prod)",
    head_sha: head.sha,
    conclusion: "action_required",
    output: {
      title: "Ready to seal - 3 tables, 2 shards, held 2 h",
      summary: "`shop-prod`: 3 tables on 2 shards staged, **in sync**, checksums equal.",
      text: "| Shard | Rows | Behind |\n|---|---:|---:|\n| -80 | 104,221 | 0.2 s |\n| 80- | 98,310 | 0.3 s |",
    },
    actions: [
      { label: "Apply", description: "Seal the three tables now", identifier: "apply" },
      { label: "Cancel", description: "Drop the shadow tables", identifier: "cancel" },
    ],
  });
  return { repo, number, checkRunId: data.id };
}

function table(name: string, columns: readonly string[]): string {
  return `CREATE TABLE \`${name}\` (\n  \`id\` bigint unsigned NOT NULL AUTO_INCREMENT,\n${columns.map((column) => `  ${column}\n`).join("")}  PRIMARY KEY (\`id\`)\n) ENGINE=InnoDB;\n`;
}
