import type { DeploymentView } from "#deploy";
import { type DeploymentId, parseDeploymentId } from "#kernel";

/** What a seal check's `external_id` carries: a click means exactly these plans, so an old button seals nothing new. */
export interface SealTarget {
  readonly deployment: DeploymentId;
  /** 12 hex digits. */
  readonly pin: string;
}

export function printSealId(views: readonly DeploymentView[]): string {
  return `seal:${views.map((view) => `${view.id}@${view.plan.fingerprint.slice(0, 12)}`).join(",")}`;
}

/** Undefined when it is not one of ours. */
export function parseSealId(text: string): readonly SealTarget[] | undefined {
  const list = /^seal:(.+)$/.exec(text)?.[1];
  const targets = list?.split(",").map((one) => {
    const [, id, pin] = /^([a-z0-9]+)@([0-9a-f]{12})$/.exec(one) ?? [];
    const deployment = id === undefined ? undefined : parseDeploymentId(id);
    return deployment === undefined || pin === undefined ? undefined : { deployment, pin };
  });
  return targets?.every((target) => target !== undefined) === true ? targets : undefined;
}
