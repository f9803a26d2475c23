import type { RepositoryName, Roles } from "#config";
import { shortFingerprint, type Reason } from "#kernel";
import { pasteLine } from "./paste-line.ts";
import type { Permissions } from "./ports.ts";
import type { CommandRequest, CommandVerb, DeploymentView } from "./view.ts";

type Role = keyof Roles;

/** A revert is safety, so the lower role may; what makes a change final needs the higher one. */
const NEEDS: Record<CommandVerb, Role> = { apply: "seal", finalize: "seal", cancel: "operate", revert: "operate" };
/** The roles that may do what a role may. */
const INCLUDED_IN: Record<Role, readonly Role[]> = {
  operate: ["operate", "seal", "admin"],
  seal: ["seal", "admin"],
  admin: ["admin"],
};
const MAY_WRITE = ["admin", "maintain", "write"];

/**
 * Whether this person may do this to what they saw; empty means yes. Asked at decision time, deny by default: a role
 * comes from fleet.yml, and from GitHub's doors the collaborator permission is asked too. Who holds the control
 * database's DSN is an operator, so the CLI asks for the role alone.
 */
export async function authorise(
  asked: { readonly roles: Roles; readonly permissions: Permissions; readonly repository: RepositoryName },
  view: DeploymentView,
  request: CommandRequest,
): Promise<readonly Reason[]> {
  const role = lacksRole(asked.roles, request);
  const permission = request.via === "cli" ? [] : await lacksPermission(asked, request);
  return [...role, ...permission, ...wrongPin(view, request)];
}

function lacksRole(roles: Roles, request: CommandRequest): readonly Reason[] {
  const needed = NEEDS[request.verb];
  const may = [...new Set(INCLUDED_IN[needed].flatMap((role) => roles[role]))];
  if (may.includes(request.actor.toLowerCase())) return [];
  return [
    {
      code: "deploy/not-in-role",
      message: `${request.actor} may not ${request.verb}: it takes the role ${needed}.`,
      hint: may.length === 0 ? "fleet.yml puts nobody in that role." : `These people may: ${some(may)}.`,
    },
  ];
}

async function lacksPermission(
  asked: { readonly permissions: Permissions; readonly repository: RepositoryName },
  request: CommandRequest,
): Promise<readonly Reason[]> {
  const repository = `${asked.repository.owner}/${asked.repository.name}`;
  try {
    const permission = await asked.permissions.of(asked.repository, request.actor);
    if (MAY_WRITE.includes(permission)) return [];
    return [
      {
        code: "deploy/no-permission",
        message: `${request.actor} may not ${request.verb}: it takes write permission on ${repository}.`,
        hint: "An administrator of the repository can grant it.",
      },
    ];
  } catch {
    // Not knowing is not a yes. What went wrong is logged by the adapter that asked.
    return [
      {
        code: "deploy/permission-unknown",
        message: `The permission of ${request.actor} on ${repository} could not be looked up.`,
        hint: "Nothing was done. Try again in a minute.",
      },
    ];
  }
}

function wrongPin(view: DeploymentView, request: CommandRequest): readonly Reason[] {
  const { pin } = request;
  const paste = pasteLine(view, request.verb, request.via);
  if (pin === undefined) {
    if (request.via !== "button") return [];
    return [{ code: "deploy/pin-missing", message: "The button carried no plan fingerprint.", paste }];
  }
  if (/^[0-9a-f]{6,64}$/i.test(pin) && view.plan.fingerprint.startsWith(pin.toLowerCase())) return [];
  return [
    {
      code: "deploy/pin-mismatch",
      message: `The plan of ${view.database} is @${shortFingerprint(view.plan.fingerprint)} now, not @${safePin(pin)}.`,
      hint: "Read the plan as it is now, then decide.",
      paste,
    },
  ];
}

/** A pin is typed by people: what is no pin is not repeated. */
function safePin(pin: string): string {
  return /^[0-9a-zA-Z]{1,64}$/.test(pin) ? pin.slice(0, 12) : "that";
}

function some(logins: readonly string[]): string {
  const shown = logins.slice(0, 5).join(", ");
  return logins.length > 5 ? `${shown} and ${logins.length - 5} more` : shown;
}
