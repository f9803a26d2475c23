/** Without slashes at its ends; `.` is the repository's root, the empty path. */
export function cleanPath(path: string): string {
  return path.replace(/^(\.\/)+|\/+$/g, "").replace(/^\.$/, "");
}
