import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CodedError } from "#kernel";
import type { AuthoredFile } from "#schema";

/**
 * The `.sql` files of a folder, at any depth, in order of their paths; or the one file.
 *
 * @throws CodedError `cli/no-such-path`, `cli/no-sql-files`
 */
export async function readSchemaFiles(path: string): Promise<readonly AuthoredFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new CodedError("cli/no-such-path", `There is no ${path}`, { next: "fix-input" });
  if (found.isFile()) return [{ path: basename(path), text: await readFile(path, "utf8") }];
  const names = await readdir(path, { recursive: true });
  const files = names.filter((name) => name.endsWith(".sql")).toSorted();
  if (files.length === 0) {
    throw new CodedError("cli/no-sql-files", `There is no .sql file in ${path}`, {
      hint: "An empty folder would mean: drop every table. Name the folder that declares the schema.",
      next: "fix-input",
    });
  }
  return await Promise.all(files.map(async (name) => ({ path: name, text: await readFile(join(path, name), "utf8") })));
}
