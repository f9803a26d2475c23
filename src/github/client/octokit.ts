import type { ProbotOctokit } from "probot";

/** The client for one installation, or for the app itself; carries REST methods, pagination and its token. */
export type Octokit = InstanceType<typeof ProbotOctokit>;
