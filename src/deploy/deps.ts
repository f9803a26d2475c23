import type { Fleet } from "#config";
import type { Clock, Log } from "#kernel";
import type { Control, DatabaseAccess, Dispatcher, Permissions } from "./ports.ts";

/** What every use case of this room is given; `app` builds it. */
export interface DeployDeps {
  readonly fleet: Fleet;
  readonly control: Control;
  readonly access: DatabaseAccess;
  readonly permissions: Permissions;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly log: Log;
}
