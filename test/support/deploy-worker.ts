// A worker as a process of its own, for tests that kill it. Started with the servers' DSNs as JSON in WORKER_SERVERS.
import { createDeploymentHost, reconcileDeployments } from "#deploy";
import { openRunner } from "#engine";
import { realDeps, type RealServers } from "./deploy-real-world.ts";

const servers = JSON.parse(process.env["WORKER_SERVERS"] ?? "{}") as RealServers;
const deps = await realDeps(servers);
const host = createDeploymentHost(deps, { holder: `worker:${process.pid}`, openRunner, leaseMs: 1500 });
await deps.dispatcher.start((id, signal) => host.work(id, signal));
setInterval(() => void reconcileDeployments(deps), 300);
