/** What a call needs of the app's permissions; the sandbox and app.yml are held to the same list by a test. */
export type Need = readonly [permission: string, level: "read" | "write"];

/**
 * Every operation of GitHub's REST API that this room calls, by its name in Octokit, and the permission it needs.
 * Calls as the app itself (JWT) need none.
 *
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 */
export const OPERATIONS = {
  "apps.getAuthenticated": undefined,
  "apps.getRepoInstallation": undefined,
  "apps.listWebhookDeliveries": undefined,
  "apps.redeliverWebhookDelivery": undefined,
  "checks.create": ["checks", "write"],
  "checks.listForRef": ["checks", "read"],
  "checks.update": ["checks", "write"],
  "git.getBlob": ["contents", "read"],
  "git.getCommit": ["contents", "read"],
  "git.getTree": ["contents", "read"],
  "issues.createComment": ["pull_requests", "write"],
  "issues.getComment": ["pull_requests", "read"],
  "issues.listComments": ["pull_requests", "read"],
  "issues.listCommentsForRepo": ["pull_requests", "read"],
  "issues.updateComment": ["pull_requests", "write"],
  "pulls.get": ["pull_requests", "read"],
  "pulls.list": ["pull_requests", "read"],
  "pulls.listFiles": ["pull_requests", "read"],
  "reactions.createForIssueComment": ["pull_requests", "write"],
  "repos.getCollaboratorPermissionLevel": ["metadata", "read"],
  "repos.getContent": ["contents", "read"],
  "repos.listPullRequestsAssociatedWithCommit": ["pull_requests", "read"],
} as const satisfies Record<string, Need | undefined>;

/** What each webhook needs before GitHub sends it at all; installation events always come. */
export const EVENT_NEEDS: Readonly<Record<string, Need | undefined>> = {
  check_run: ["checks", "read"],
  check_suite: ["checks", "read"],
  issue_comment: ["issues", "read"],
  merge_group: ["merge_queues", "read"],
  pull_request: ["pull_requests", "read"],
  push: ["contents", "read"],
};
