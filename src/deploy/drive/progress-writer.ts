import type { EngineProgress } from "#engine";
import { reasonOf, type DeploymentId } from "#kernel";
import type { DeployDeps } from "../deps.ts";
import type { Subject } from "../ports.ts";

/** Progress is kept this often, and the pull request hears of it this often, milliseconds. */
const WRITE_MS = 1000;
const NEWS_MS = 4000;

/**
 * Thins out the engine's progress: latest wins, one write at a time, nothing waits for it. The last one is never lost:
 * an engine that has come to a stand is silent, and what it said before that is the truth for as long as it lasts.
 */
export class ProgressWriter {
  readonly #deps: Pick<DeployDeps, "control" | "clock" | "log">;
  readonly #id: DeploymentId;
  readonly #subject: Subject;
  readonly #ending = new AbortController();
  #latest: EngineProgress | undefined;
  #isUnwritten = false;
  #isUntold = false;
  #writtenAt = -Infinity;
  #newsAt = -Infinity;
  #keeping: Promise<void> | undefined;
  #writing: Promise<void> | undefined;

  constructor(deps: Pick<DeployDeps, "control" | "clock" | "log">, id: DeploymentId, subject: Subject) {
    this.#deps = deps;
    this.#id = id;
    this.#subject = subject;
  }

  take(progress: EngineProgress): void {
    this.#latest = progress;
    this.#isUnwritten = true;
    this.#isUntold = true;
    this.#keeping ??= this.#keepUp().finally(() => {
      this.#keeping = undefined;
    });
  }

  /** Writes at once, without news: a move of the state brings its own. */
  async write(progress: EngineProgress): Promise<void> {
    this.#latest = progress;
    this.#isUnwritten = false;
    this.#isUntold = false;
    await this.#writing;
    await this.#put(progress, false);
  }

  /** Nothing is written any more when this has resolved. */
  async settled(): Promise<void> {
    this.#ending.abort();
    await this.#keeping;
    await this.#writing;
  }

  async #keepUp(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#ending;
    while (this.#isUntold && !signal.aborted) {
      const now = clock.monotonicMs();
      const news = now - this.#newsAt >= NEWS_MS;
      const isDue = now - this.#writtenAt >= WRITE_MS;
      if (this.#latest !== undefined && isDue && (this.#isUnwritten || news)) {
        this.#isUnwritten = false;
        this.#writtenAt = now;
        if (news) {
          this.#isUntold = false;
          this.#newsAt = now;
        }
        this.#writing = this.#put(this.#latest, news);
        await this.#writing;
      } else {
        const nextMs = this.#isUnwritten ? this.#writtenAt + WRITE_MS : this.#newsAt + NEWS_MS;
        // What is taken meanwhile need not wait for the next news.
        await clock.sleep(Math.min(WRITE_MS, Math.max(1, nextMs - now)), signal).catch(() => undefined);
      }
    }
  }

  async #put(progress: EngineProgress, news: boolean): Promise<void> {
    try {
      await this.#deps.control.deployments.putProgress(this.#id, progress, ...(news ? [this.#subject] : []));
    } catch (error) {
      // The next one is better anyway.
      this.#deps.log.debug("progress.not-written", { deployment: this.#id, code: reasonOf(error).code });
    }
  }
}
