import { createHmac, randomUUID } from "node:crypto";
import type { Log } from "#kernel";
import type { Delivery, Faults, Sending } from "./types.ts";
import type { World } from "./world.ts";

/** GitHub waits this long for an answer and never asks again by itself. */
const ANSWER_WITHIN_MS = 10_000;
/** How long a webhook that is to be overtaken waits for another one. */
const OVERTAKEN_WITHIN_MS = 300;
const HOOK_ID = 424_242;

/** One event on its way, and what every attempt of it has in common. */
export interface Parcel {
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly repository: string | undefined;
  readonly repositoryId: number | undefined;
  readonly installationId: number | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Attempt extends Delivery {
  readonly parcel: Parcel;
  readonly durationMs: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
}

export interface WebhooksOptions {
  readonly world: World;
  readonly secret: string;
  readonly faults: Faults;
  readonly log: Log;
}

/** Signs, hands over and remembers webhooks, and does to them what the faults say. */
export class Webhooks {
  url: string | undefined;
  readonly attempts: Attempt[] = [];
  readonly #options: WebhooksOptions;
  readonly #pending = new Set<Promise<void>>();
  #line: Promise<void> = Promise.resolve();
  #held: { parcel: Parcel; release: () => void }[] = [];
  #count = 0;
  readonly #closing = new AbortController();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Puts an event on its way and returns at once. In order, unless a fault says otherwise. */
  send(parcel: Omit<Parcel, "guid">): void {
    const sending: Sending = {
      index: this.#count,
      event: parcel.event,
      action: parcel.action,
      guid: randomUUID(),
    };
    this.#count += 1;
    const whole: Parcel = { ...parcel, guid: sending.guid };
    const { faults } = this.#options;
    const copies = faults.double?.(sending) === true ? 2 : 1;
    const delayMs = faults.delayMs?.(sending) ?? 0;
    if (faults.drop?.(sending) === true) {
      this.#record(whole, false, { status: "timed out", statusCode: 504 });
    } else if (faults.reorder?.(sending) === true) {
      this.#track(this.#holdBack(whole, copies));
    } else if (delayMs > 0) {
      this.#track(this.#later(whole, copies, delayMs));
    } else {
      this.#enqueue(whole, copies);
      this.#releaseHeld();
    }
  }

  async redeliver(attemptId: number): Promise<boolean> {
    const attempt = this.attempts.find((candidate) => candidate.id === attemptId);
    if (attempt === undefined) return false;
    const again = this.#attempt(attempt.parcel, true);
    this.#track(again);
    await again;
    return true;
  }

  /** Resolves when nothing is on its way, also nothing that an answered one caused meanwhile. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) {
      this.#releaseHeld();
      await Promise.all(this.#pending);
    }
  }

  /** Gives up everything that is on its way. */
  async close(): Promise<void> {
    this.url = undefined;
    this.#closing.abort();
    await this.settle();
  }

  #enqueue(parcel: Parcel, copies: number): void {
    this.#line = this.#line.then(async () => {
      for (let copy = 0; copy < copies; copy += 1) await this.#attempt(parcel, false);
    });
    this.#track(this.#line);
  }

  async #holdBack(parcel: Parcel, copies: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, OVERTAKEN_WITHIN_MS);
      const release = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#held.push({ parcel, release });
    });
    this.#held = this.#held.filter((held) => held.parcel !== parcel);
    this.#enqueue(parcel, copies);
  }

  async #later(parcel: Parcel, copies: number, delayMs: number): Promise<void> {
    await this.#options.world.clock.sleep(delayMs, this.#closing.signal).catch(() => undefined);
    for (let copy = 0; copy < copies; copy += 1) await this.#attempt(parcel, false);
  }

  #releaseHeld(): void {
    for (const held of this.#held) held.release();
  }

  #track(work: Promise<void>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  async #attempt(parcel: Parcel, redelivery: boolean): Promise<void> {
    const { clock } = this.#options.world;
    const url = this.url;
    if (url === undefined) {
      this.#record(parcel, redelivery, { status: "no webhook URL", statusCode: 0 });
      return;
    }
    const body = JSON.stringify(parcel.payload);
    const headers = this.#headers(parcel, body);
    const startedMs = clock.monotonicMs();
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      this.#record(parcel, redelivery, {
        status: response.ok ? "OK" : "Invalid HTTP Response",
        statusCode: response.status,
        durationMs: clock.monotonicMs() - startedMs,
        requestHeaders: headers,
        responseHeaders: Object.fromEntries(response.headers),
        responseBody: (await response.text()).slice(0, 10_000),
      });
    } catch (error) {
      const late = error instanceof Error && error.name === "TimeoutError";
      this.#record(parcel, redelivery, {
        status: late ? "timed out" : "failed to connect to host",
        statusCode: late ? 504 : 502,
        durationMs: clock.monotonicMs() - startedMs,
        requestHeaders: headers,
      });
    }
  }

  #headers(parcel: Parcel, body: string): Record<string, string> {
    const hmac = (algorithm: string): string =>
      createHmac(algorithm, this.#options.secret).update(body, "utf8").digest("hex");
    return {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/sandbox",
      "x-github-delivery": parcel.guid,
      "x-github-event": parcel.event,
      "x-github-hook-id": String(HOOK_ID),
      "x-github-hook-installation-target-id": String(this.#options.world.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": `sha1=${hmac("sha1")}`,
      "x-hub-signature-256": `sha256=${hmac("sha256")}`,
    };
  }

  #record(
    parcel: Parcel,
    redelivery: boolean,
    outcome: Pick<Attempt, "status" | "statusCode"> & Partial<Attempt>,
  ): void {
    const { world, log } = this.#options;
    this.attempts.push({
      id: world.nextId(),
      guid: parcel.guid,
      event: parcel.event,
      action: parcel.action,
      repository: parcel.repository,
      deliveredAt: world.clock.now(),
      redelivery,
      payload: parcel.payload,
      parcel,
      durationMs: 0,
      requestHeaders: {},
      responseHeaders: {},
      responseBody: "",
      ...outcome,
    });
    const repo = [...world.repos.values()].find((candidate) => candidate.id === parcel.repositoryId);
    if (repo !== undefined) world.changed(repo);
    log.debug("webhook.attempted", { event: parcel.event, action: parcel.action, status: outcome.statusCode });
  }
}
