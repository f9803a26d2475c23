import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import type { Connection } from "mysql2";
import {
  BinlogDecoder,
  dumpRequest,
  type LogEvent,
  type LogPosition,
  MAX_DUMP_OFFSET,
  PacketFramer,
  type WatchedTable,
} from "#binlog";
import type { LogStream } from "#engine";
import { type Clock, CodedError, type Log } from "#kernel";
import { connect, hardClose, socketOf } from "./connect.ts";
import { type Dsn, serverName } from "./dsn.ts";
import { killOnServer } from "./kill.ts";
import { dumpRefused, logLost } from "./log-error.ts";
import { prepareDump } from "./prepare-dump.ts";

/** Reading from the socket pauses above this, so that a busy consumer holds back the server, not our memory. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
/** The server sends a heartbeat each second when it has nothing else. */
const SILENCE_MS = 15_000;
const CLOSE_WITHIN_MS = 5_000;
/** Ids that people give their servers by hand are small. */
const SERVER_IDS = { from: 0x4000_0000, to: 0xffff_fff0 };

const EVENT_PACKET = 0x00;
const ERROR_PACKET = 0xff;

export interface LogStreamOptions {
  readonly dsn: Dsn;
  readonly from: LogPosition;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Starts a dump on a connection that mysql2 has authenticated, and reads it ourselves: no library survives compressed
 * transactions, JSON diffs and new types (research: binlog). Returns when the server has accepted the position.
 *
 * @param signal for the opening alone; the stream ends by closing it
 * @throws CodedError `drivers/log-purged`, `drivers/log-lost`, `drivers/cannot-connect`, `drivers/not-yet` (MariaDB)
 */
export async function openLogStream(options: LogStreamOptions, signal: AbortSignal): Promise<LogStream> {
  const { dsn } = options;
  const connection = await connect(dsn, "", signal);
  try {
    const { checksum, gtids } = await prepareDump(connection, dsn);
    const from = startOf(options.from, gtids, dsn);
    const stream = new MysqlLogStream(connection, new BinlogDecoder({ from, checksum }), options);
    stream.start(dumpRequest(from, randomInt(SERVER_IDS.from, SERVER_IDS.to)));
    await stream.accepted(signal);
    return stream;
  } catch (error) {
    hardClose(connection);
    throw error;
  }
}

/** By file where the server has given up GTIDs since the position was taken. */
function startOf(position: LogPosition, gtids: boolean, dsn: Dsn): LogPosition {
  if (gtids && position.gtidSet !== undefined) return position;
  if (position.offset <= MAX_DUMP_OFFSET) return { file: position.file, offset: position.offset };
  throw new CodedError(
    "drivers/log-purged",
    `A binlog file of ${serverName(dsn)} is too long to be read on from its middle`,
    {
      hint: "Switch GTIDs on, or start again from the present.",
    },
  );
}

class MysqlLogStream implements LogStream {
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #decoder: BinlogDecoder;
  readonly #options: LogStreamOptions;
  readonly #framer = new PacketFramer(1);
  /** Decoded and not handed on yet. */
  #pending: readonly LogEvent[] = [];
  #next = 0;
  /** Why no more will come from the socket. */
  #broken: CodedError | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(connection: Connection, decoder: BinlogDecoder, options: LogStreamOptions) {
    this.#connection = connection;
    this.#socket = socketOf(connection);
    this.#decoder = decoder;
    this.#options = options;
  }

  /** Takes the socket away from mysql2 and asks for the dump. */
  start(request: Buffer): void {
    const socket = this.#socket;
    socket.removeAllListeners("data");
    this.#connection.on("error", () => this.#break()); // mysql2 still reports the socket's errors
    socket.on("error", () => this.#break());
    socket.on("close", () => this.#break());
    socket.on("data", (chunk: Buffer) => {
      this.#framer.push(chunk);
      if (this.#framer.size > HIGH_WATER_BYTES) socket.pause();
      this.#wake?.();
    });
    socket.write(request);
  }

  /** The server's first packet is an event or the refusal of the position. */
  async accepted(signal: AbortSignal): Promise<void> {
    const packet = await this.#nextPacket(signal);
    if (packet !== undefined) this.#pending = this.#decodePacket(packet);
  }

  watch(tables: readonly WatchedTable[]): void {
    this.#decoder.watch(tables);
  }

  async *events(): AsyncGenerator<LogEvent, void, undefined> {
    for (;;) {
      // Decoded one packet at a time: a new `watch` counts for the very next event.
      while (this.#next < this.#pending.length) {
        const event = this.#pending[this.#next];
        this.#next += 1;
        if (event !== undefined) yield event;
      }
      const packet = this.#framer.next() ?? (await this.#nextPacket(undefined));
      if (packet === undefined) return;
      this.#pending = this.#decodePacket(packet);
      this.#next = 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.();
    const { threadId } = this.#connection;
    hardClose(this.#connection);
    try {
      // Left alone, the server's thread would live until its next write to the socket fails.
      await killOnServer(this.#options.dsn, threadId, "connection", AbortSignal.timeout(CLOSE_WITHIN_MS));
    } catch (error) {
      this.#options.log.warn("log-stream.kill-failed", {
        connectionId: threadId,
        code: error instanceof CodedError ? error.code : "timeout",
      });
    }
  }

  /** Undefined when the stream was closed. */
  async #nextPacket(signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#closed) return undefined;
      const packet = this.#framer.next();
      if (packet !== undefined) return packet;
      if (this.#broken !== undefined) throw this.#broken;
      await this.#moreBytes(signal);
    }
  }

  async #moreBytes(signal: AbortSignal | undefined): Promise<void> {
    const enough = new AbortController();
    const more = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#socket.resume();
    const stop = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
    const silence = this.#options.clock.sleep(SILENCE_MS, stop).then(() => {
      throw logLost(serverName(this.#options.dsn), "silent");
    });
    try {
      await Promise.race([more, silence]);
    } finally {
      this.#wake = undefined;
      silence.catch(() => undefined);
      enough.abort();
    }
  }

  #decodePacket(packet: Buffer): readonly LogEvent[] {
    const kind = packet.length === 0 ? undefined : packet.readUInt8(0);
    if (kind === EVENT_PACKET) return this.#decoder.decode(packet.subarray(1));
    if (kind === ERROR_PACKET) throw dumpRefused(packet, serverName(this.#options.dsn));
    throw logLost(serverName(this.#options.dsn), "ended by the server");
  }

  #break(): void {
    this.#broken ??= logLost(serverName(this.#options.dsn), "connection closed");
    this.#wake?.();
  }
}
