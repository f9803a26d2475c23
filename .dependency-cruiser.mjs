// The architecture as a table: what each room may import besides its own files (design: "Rooms").
const ADAPTERS_SEE_ALL = [
  "kernel",
  "config",
  "schema",
  "binlog",
  "plan",
  "engine",
  "deploy",
  "fleet",
  "upgrade",
  "drivers",
  "outside",
  "store",
  "dispatch",
  "github",
  "web",
  "cli",
  "sandbox",
];
const MAY_IMPORT = {
  kernel: [],
  config: ["kernel"],
  schema: ["kernel"],
  binlog: ["kernel"],
  plan: ["kernel", "schema"],
  engine: ["kernel", "schema", "binlog", "plan"],
  deploy: ["kernel", "config", "schema", "plan", "engine"],
  fleet: ["kernel", "config", "plan", "deploy"],
  upgrade: ["kernel", "fleet"],
  drivers: ["kernel", "schema", "binlog", "plan", "engine", "fleet", "upgrade"],
  outside: ["kernel", "config", "fleet"],
  store: ["kernel", "engine", "deploy", "fleet", "upgrade"],
  dispatch: ["kernel", "deploy", "fleet", "upgrade"],
  github: ["kernel", "config", "schema", "plan", "deploy", "fleet", "upgrade"],
  web: ["kernel", "plan", "deploy", "fleet", "upgrade"],
  cli: ["kernel", "config", "schema", "plan", "engine", "deploy", "fleet", "upgrade"],
  sandbox: ["kernel"],
  app: ADAPTERS_SEE_ALL,
};

const rooms = Object.entries(MAY_IMPORT).map(([room, below]) => ({
  name: `${room}-may-import`,
  severity: "error",
  comment: `src/${room} may import: ${below.join(", ") || "nothing"}`,
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(${[room, ...below].join("|")})/` },
}));

export default {
  forbidden: [
    ...rooms,
    {
      name: "through-the-door",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/", pathNot: ["^src/$1/", "/index[.]ts$"] },
    },
    {
      name: "not-your-own-door",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/$1/index[.]ts$" },
    },
    {
      name: "pure-does-no-io",
      severity: "error",
      from: { path: "^src/(kernel|schema|plan|binlog)/|[.]machine[.]ts$" },
      to: { dependencyTypes: ["core", "npm"], pathNot: "^(node:)?(crypto|zlib|buffer)$|node-sql-parser" },
    },
    { name: "no-loops", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphan-room", severity: "error", from: { path: "^src/" }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["source", "import", "node", "default"] },
  },
};
