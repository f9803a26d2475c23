import type { RepositoryName } from "#config";
import type { Octokit } from "./octokit.ts";

/** Authenticated clients by repository; tokens are fetched and renewed behind them. */
export interface GithubClients {
  /** Number of our app. */
  readonly appId: number;
  /** Speaks as the app itself (installations, deliveries). */
  app(): Promise<Octokit>;
  /**
   * Speaks as the installation that holds the repository.
   *
   * @throws CodedError `github/not-installed` when the app is not installed there
   */
  of(repository: RepositoryName): Promise<Octokit>;
  /** Who our comments come from, such as `sluice[bot]`. */
  botLogin(): Promise<string>;
  /** Asks anew next time: the app was installed or removed. */
  forget(): void;
}
