export { decideCommand } from "./decide-command.ts";
export { createDeploymentHost, type DeploymentHost, type DeploymentHostOptions } from "./host.ts";
export type { DeployDeps } from "./deps.ts";
export { gate, type Gate } from "./gate.ts";
export { COMMAND_VERBS, legalCommands } from "./legal-commands.ts";
export { pasteLine } from "./paste-line.ts";
export type {
  CommandLog,
  Control,
  DatabaseAccess,
  Delivery,
  Deployments,
  Dispatcher,
  EventStore,
  Inbox,
  Leases,
  Outbox,
  Permissions,
  Proposals,
  Publications,
  Sources,
  StoredEvent,
  Subject,
} from "./ports.ts";
export { proposePlans, type ProposeRequest } from "./propose-plans.ts";
export { queueKey } from "./queue.ts";
export { reconcileDeployments } from "./reconcile.ts";
export { holdsLane, isOver } from "./render-view.ts";
export { startDeployments, type StartRequest } from "./start-deployments.ts";
export type {
  CommandAnswer,
  CommandRequest,
  CommandVerb,
  CommandVia,
  DeploymentAt,
  DeploymentOrigin,
  DeploymentView,
  HistoryLine,
  Proposal,
  Vote,
} from "./view.ts";
