import { CodedError } from "#kernel";

/** Transactions 'first' to 'last', both included. */
interface Interval {
  readonly first: number;
  readonly last: number;
}

/** One transaction's id. `tag` is empty for untagged ones. */
export interface Gtid {
  readonly uuid: string;
  readonly tag: string;
  readonly number: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const INTERVAL = /^(\d+)(?:-(\d+))?$/;
const TAGGED_FORMAT = 1;

/** A set of transactions as MySQL writes it: `uuid:1-5:7:tag:1-3,uuid:…`. */
export class GtidSet {
  /** By uuid, then by tag; intervals ascending and never touching. */
  readonly #sources = new Map<string, Map<string, Interval[]>>();

  /** @throws CodedError `binlog/gtid-set` when `text` is none */
  static parse(text: string): GtidSet {
    const set = new GtidSet();
    for (const part of text.replace(/\s/g, "").toLowerCase().split(",")) {
      if (part !== "") set.#parseSource(part);
    }
    return set;
  }

  add(gtid: Gtid): void {
    this.#addInterval(gtid.uuid, gtid.tag, { first: gtid.number, last: gtid.number });
  }

  /** Whether every transaction of `other` is in this set. */
  containsAll(other: GtidSet): boolean {
    for (const [uuid, tags] of other.#sources) {
      for (const [tag, intervals] of tags) {
        const ours = this.#sources.get(uuid)?.get(tag) ?? [];
        if (!intervals.every((theirs) => ours.some((own) => own.first <= theirs.first && own.last >= theirs.last)))
          return false;
      }
    }
    return true;
  }

  toString(): string {
    return [...this.#sources]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([uuid, tags]) => {
        const parts = sortedTags(tags).map(
          ([tag, intervals]) => (tag === "" ? "" : `${tag}:`) + intervals.map(print).join(":"),
        );
        return `${uuid}:${parts.join(":")}`;
      })
      .join(",");
  }

  /**
   * As COM_BINLOG_DUMP_GTID wants it: the classic form unless there is a tag, which only servers since 8.3 can read.
   *
   * @see Gtid_set::encode in the server's rpl_gtid_set.cc
   */
  encode(): Buffer {
    const entries = [...this.#sources]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([uuid, tags]) => sortedTags(tags).map(([tag, intervals]) => ({ uuid, tag, intervals })));
    const tagged = entries.some((entry) => entry.tag !== "");
    const count = BigInt(entries.length);
    const format = BigInt(TAGGED_FORMAT);
    const header = tagged ? (format << 56n) | (count << 8n) | format : count;
    return Buffer.concat([uint64(header), ...entries.flatMap((entry) => encodeEntry(entry, tagged))]);
  }

  #parseSource(part: string): void {
    const [uuid = "", ...rest] = part.split(":");
    let tag = "";
    let intervals = 0;
    for (const item of rest) {
      const match = INTERVAL.exec(item);
      if (match === null && TAG.test(item)) {
        tag = item;
        continue;
      }
      const first = Number(match?.[1]);
      const last = match?.[2] === undefined ? first : Number(match[2]);
      if (!UUID.test(uuid) || !(first >= 1) || last < first || !Number.isSafeInteger(last)) throw badSet();
      this.#addInterval(uuid, tag, { first, last });
      intervals += 1;
    }
    if (intervals === 0) throw badSet();
  }

  #addInterval(uuid: string, tag: string, added: Interval): void {
    let tags = this.#sources.get(uuid);
    if (tags === undefined) this.#sources.set(uuid, (tags = new Map()));
    const intervals = tags.get(tag) ?? [];
    const end = intervals.at(-1);
    // Nearly always the next transaction of a source that we follow.
    if (end !== undefined && added.first === end.last + 1)
      intervals[intervals.length - 1] = { first: end.first, last: added.last };
    else tags.set(tag, merged([...intervals, added]));
  }
}

function merged(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before !== undefined && interval.first <= before.last + 1) {
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, interval.last) };
    } else {
      result.push(interval);
    }
  }
  return result;
}

function sortedTags(tags: ReadonlyMap<string, Interval[]>): [string, Interval[]][] {
  return [...tags].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function print({ first, last }: Interval): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function encodeEntry(entry: { uuid: string; tag: string; intervals: readonly Interval[] }, tagged: boolean): Buffer[] {
  const tag = Buffer.from(entry.tag, "latin1");
  return [
    Buffer.from(entry.uuid.replaceAll("-", ""), "hex"),
    // The tag's length is a variable-length integer: one byte holds up to 127, shifted by one.
    ...(tagged ? [Buffer.from([tag.length << 1]), tag] : []),
    uint64(BigInt(entry.intervals.length)),
    ...entry.intervals.flatMap(({ first, last }) => [uint64(BigInt(first)), uint64(BigInt(last) + 1n)]),
  ];
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function badSet(): CodedError {
  return new CodedError("binlog/gtid-set", "Not a set of GTIDs as MySQL writes it", { next: "fix-input" });
}
