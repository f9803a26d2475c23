export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: Schema;
}

export interface DescribedOperation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly bodyRequired: boolean;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

export interface ApiDescription {
  readonly operations: Readonly<Record<string, DescribedOperation>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export interface WebhookDescription {
  readonly events: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export interface Finding {
  readonly where: string;
  /** JSON pointer. */
  readonly at: string;
  readonly problem: string;
}
