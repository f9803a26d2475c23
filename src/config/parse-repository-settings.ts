import type { Reason } from "#kernel";
import { problemsOf } from "./problems.ts";
import type { RepositorySettings } from "./settings.ts";
import { repositoryShape } from "./shapes.ts";
import { parseYaml } from "./yaml-document.ts";

/** What holds where a repository has no `.github/sluice.yml`. */
export const defaultRepositorySettings: RepositorySettings = {
  lint: {},
  approvals: 1,
  ping: ["ready", "failed", "blocked", "reverted"],
};

/** Reads `.github/sluice.yml`; `file` is only named in problems. */
export function parseRepositorySettings(
  text: string,
  file: string,
):
  | { readonly at: "settings"; readonly settings: RepositorySettings }
  | { readonly at: "refused"; readonly problems: readonly Reason[] } {
  const yaml = parseYaml(text, file);
  if (yaml.at === "refused") return yaml;
  const parsed = repositoryShape.safeParse(yaml.document.value);
  if (!parsed.success)
    return { at: "refused", problems: problemsOf("repository", repositoryShape, parsed.error, yaml.document) };
  const { lint, approvals, comments } = parsed.data;
  return {
    at: "settings",
    settings: {
      lint: lint ?? defaultRepositorySettings.lint,
      approvals: approvals ?? defaultRepositorySettings.approvals,
      ping: comments?.ping ?? defaultRepositorySettings.ping,
    },
  };
}
