import type { EngineProgress } from "#engine";
import { reasonOf, type DeploymentId } from "#kernel";
import type { DeployDeps } from "../deps.ts";
import type { Subject } from "../ports.ts";

/** Progress is kept this often, and the pull request hears of it this often, milliseconds. */
const WRITE_MS = 1000;
const NEWS_MS = 4000;

/** Thins out the engine's progress: latest wins, one write at a time, nothing waits for it. */
export class ProgressWriter {
  readonly #deps: Pick<DeployDeps, "control" | "clock" | "log">;
  readonly #id: DeploymentId;
  readonly #subject: Subject;
  #writtenAt = -Infinity;
  #newsAt = -Infinity;
  #writing: Promise<void> | undefined;

  constructor(deps: Pick<DeployDeps, "control" | "clock" | "log">, id: DeploymentId, subject: Subject) {
    this.#deps = deps;
    this.#id = id;
    this.#subject = subject;
  }

  take(progress: EngineProgress): void {
    const now = this.#deps.clock.monotonicMs();
    if (this.#writing !== undefined || now - this.#writtenAt < WRITE_MS) return;
    const news = now - this.#newsAt >= NEWS_MS;
    if (news) this.#newsAt = now;
    this.#writtenAt = now;
    this.#writing = this.#put(progress, news).finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes at once, without news: a move of the state brings its own. */
  async write(progress: EngineProgress): Promise<void> {
    await this.#writing;
    await this.#put(progress, false);
  }

  async settled(): Promise<void> {
    await this.#writing;
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
