import { type Operation, Refusal, notFound, ok } from "../operation.ts";
import { ownProfile, profile } from "../shapes/account.ts";

export const userOperations: readonly Operation[] = [
  {
    id: "users/get-authenticated",
    method: "GET",
    path: "/user",
    needs: "user",
    handle: ({ hub, caller }) => {
      if (caller.kind !== "user") throw new Refusal(403, "Resource not accessible by integration");
      return ok(ownProfile(hub.world, caller.account));
    },
  },
  {
    id: "users/get-by-username",
    method: "GET",
    path: "/users/{username}",
    needs: "anyone",
    handle: ({ hub, path }) => {
      const account = hub.world.accounts.get((path["username"] ?? "").toLowerCase());
      if (account === undefined) throw notFound();
      return ok(profile(hub.world, account));
    },
  },
];
