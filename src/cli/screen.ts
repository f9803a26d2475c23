/** Where a verb's words go. Live lines stand below everything else and are painted over. */
export interface Screen {
  /** Whether standard output is a terminal: decides about live lines, never about content. */
  readonly isTerminal: boolean;
  readonly columns: number;
  /** One line (or several) of result, on standard output. */
  out(text: string): void;
  /** One line (or several) about the result, on standard error. */
  note(text: string): void;
  /** Replaces the live lines; does nothing where there is no terminal. No lines: takes them away. */
  live(lines: readonly string[]): void;
}

/** A screen over two streams; `live` uses the cursor movements every terminal knows. */
export function screenOver(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Screen {
  let painted = 0;
  const clear = (): void => {
    if (painted > 0) out.write(`\u001B[${painted}A\u001B[0J`);
    painted = 0;
  };
  return {
    isTerminal: out.isTTY === true,
    get columns() {
      return out.columns ?? 100;
    },
    out: (text) => {
      clear();
      out.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      err.write(`${text}\n`);
    },
    live: (lines) => {
      if (out.isTTY !== true) return;
      clear();
      if (lines.length === 0) return;
      const text = lines.join("\n");
      out.write(`${text}\n`);
      // One of the given lines may be several: a refusal with its hint.
      painted = text.split("\n").length;
    },
  };
}
