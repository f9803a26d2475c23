#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node stops at the first line it cannot read.
const NEEDED = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < NEEDED) {
  process.stderr.write(
    `Sluice needs Node.js ${NEEDED} or newer; this is ${process.versions.node}.\n` +
      "In the repository the npm scripts bring their own: npm run sluice -- --help\n",
  );
  process.exit(2);
}
const { runSluice } = await import("./cli.ts");
process.exit(await runSluice(process.argv.slice(2)));
