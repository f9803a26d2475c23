export type {
  AuthoredFile,
  AuthoredStatement,
  CanonicalObject,
  CanonicalSchema,
  Flavour,
  ObjectKind,
} from "./canonical.ts";
export { serverFacts, type ServerFacts } from "./server-facts.ts";
