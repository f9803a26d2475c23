import type { LogPosition } from "#binlog";

/** Whether `a` comes before `b` in the binlog of one server: file numbers, then offsets. */
export function isBefore(a: LogPosition, b: LogPosition): boolean {
  const fileA = fileNumber(a.file);
  const fileB = fileNumber(b.file);
  return fileA === fileB ? a.offset < b.offset : fileA < fileB;
}

function fileNumber(file: string): number {
  return Number(/\.(\d+)$/.exec(file)?.[1] ?? 0);
}
