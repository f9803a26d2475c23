import { CodedError, type Reason } from "#kernel";

/** Several reasons at once; every one of them is said. */
export class Refusal extends CodedError {
  readonly reasons: readonly Reason[];

  constructor(reasons: readonly Reason[]) {
    super(reasons[0]?.code ?? "cli/refused", reasons[0]?.message ?? "Refused", { next: "fix-input" });
    this.reasons = reasons;
  }
}
