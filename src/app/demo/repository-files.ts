import type { ShopFiles } from "#sandbox";

/** The demo's fleet.yml: what an operator would write for two databases, three servers and one repository. */
export const DEMO_FLEET = `version: 1
groups:
  shop:
    repository: acme/shop
    path: schemas/shop
    channels:
      dev: { branch: dev, seal: auto }
      prod: { branch: main, seal: manual }
    databases:
      - name: shop-dev
        channel: dev
        revert: { window: 0 }
        shards: [{ id: "0", dsn: "env:SHOP_DEV" }]
      - name: shop-prod
        channel: prod
        revert: { window: 30m }
        shards:
          - { id: "-80", dsn: "env:SHOP_PROD_LOW" }
          - { id: "80-", dsn: "env:SHOP_PROD_HIGH" }
roles:
  operate: [ana]
  seal: [ben]
  admin: []
scratch:
  - { flavour: mysql, dsn: "env:SLUICE_SCRATCH" }
`;

/** What the demo's repository has besides the schema files. */
export const DEMO_README = `# shop

The schema lives in \`schemas/shop\`, one table per file. Change a file, open a pull request, read the plan.
\`dev\` deploys to shop-dev by itself; \`main\` deploys to shop-prod and waits for \`/apply\`.

People: **ana** wrote the change and operates, **ben** may seal, **mallory** may only read.
`;

/** Where the demo's repository keeps the schema's files. */
export function underSchemaFolder(files: ShopFiles): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`schemas/shop/${name}`, text]));
}
