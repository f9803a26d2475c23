import type { Check, Column, ForeignKey, Key } from "../model.ts";

/** What can be lost or refused when a clause meets data; the reason for findings, risks and revert forecasts. */
export type Danger =
  | "none"
  /** Values vanish or are cut. */
  | "loses-values"
  /** The data may not satisfy it, so it can fail. */
  | "may-not-fit"
  /** A guarantee about the data is given up. */
  | "gives-up-guarantee";

interface ClauseBase {
  /** As it stands behind ALTER TABLE. */
  readonly sql: string;
  /** The clause that takes the shape back; values are another matter, see `danger`. */
  readonly inverse: string;
  readonly danger: Danger;
  /** One short line for people. */
  readonly summary: string;
}

/** One atomic difference between two shapes of a table. */
export type Clause =
  | (ClauseBase & { readonly kind: "add-column"; readonly column: Column })
  | (ClauseBase & { readonly kind: "drop-column"; readonly column: Column })
  | (ClauseBase & {
      readonly kind: "modify-column";
      readonly from: Column;
      readonly to: Column;
      readonly moved: boolean;
    })
  | (ClauseBase & { readonly kind: "add-key"; readonly key: Key })
  | (ClauseBase & { readonly kind: "drop-key"; readonly key: Key })
  | (ClauseBase & { readonly kind: "rename-key"; readonly from: Key; readonly to: Key })
  | (ClauseBase & { readonly kind: "key-visibility"; readonly key: Key })
  | (ClauseBase & { readonly kind: "add-foreign-key"; readonly foreignKey: ForeignKey })
  | (ClauseBase & { readonly kind: "drop-foreign-key"; readonly foreignKey: ForeignKey })
  | (ClauseBase & { readonly kind: "add-check"; readonly check: Check })
  | (ClauseBase & { readonly kind: "drop-check"; readonly check: Check })
  | (ClauseBase & { readonly kind: "check-enforcement"; readonly check: Check })
  | (ClauseBase & {
      readonly kind: "set-option";
      readonly option: string;
      readonly from?: string;
      readonly to?: string;
    });

export type ClauseOf<Kind extends Clause["kind"]> = Extract<Clause, { kind: Kind }>;
