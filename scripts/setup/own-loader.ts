import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./report.ts";

/**
 * The dynamic loader among unpacked packages and the folders of its libraries: the machine's own C library may be older
 * than what the program was built for. Older releases keep both under /lib, newer ones under /usr/lib.
 */
export function loaderIn(home: string): { loader: string; libraries: string[] } {
  const roots = ["usr/lib", "lib"].map((name) => join(home, name)).filter((folder) => existsSync(folder));
  const triplets = roots.flatMap((root) => namesIn(root, /-linux-gnu/).map((name) => join(root, name)));
  const loaders = [...triplets, ...roots].flatMap((folder) =>
    namesIn(folder, /^ld-linux.*\.so\.\d+$/).map((name) => join(folder, name)),
  );
  const loader = loaders.find((path) => existsSync(path) && realpathSync(path).startsWith(realpathSync(home)));
  if (loader === undefined) {
    throw new SetupError(
      `No dynamic loader among the packages unpacked in ${home}.`,
      "remove that folder and run the command again.",
    );
  }
  return { loader, libraries: triplets };
}

export function namesIn(folder: string, pattern: RegExp): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)) : [];
}
