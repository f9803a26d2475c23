import type { Account, Installation } from "./world.ts";

/** Who calls, as told by the `Authorization` header. */
export type Caller =
  | { readonly kind: "app" }
  | {
      readonly kind: "installation";
      readonly installation: Installation;
      readonly permissions: Readonly<Record<string, string>>;
      /** A token may reach fewer repositories than its installation. */
      readonly repositoryIds: ReadonlySet<number>;
    }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "anonymous" };

/** A refusal in GitHub's shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly Readonly<Record<string, unknown>>[] | undefined;

  constructor(status: number, message: string, errors?: readonly Readonly<Record<string, unknown>>[]) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = errors;
  }
}
