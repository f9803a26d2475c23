import { styleText } from "node:util";

/** Tells the story on a terminal or in a log; with JSON output everything but the last line goes to stderr. */
export interface Narrator {
  /** A new chapter. */
  chapter(title: string): void;
  /** One line of what happens. */
  say(text: string): void;
  /** A bar that is redrawn in place on a terminal, and printed at every tenth elsewhere. */
  bar(label: string, fraction: number, detail: string): void;
}

const WIDTH = 28;

export function narrator(out: NodeJS.WriteStream): Narrator {
  const terminal = out.isTTY;
  let open = false;
  let lastTenth = -1;
  const style = (format: "bold" | "cyan" | "green", text: string): string =>
    terminal ? styleText(format, text, { stream: out }) : text;
  const closeBar = (): void => {
    if (open && terminal) out.write("\n");
    open = false;
    lastTenth = -1;
  };
  return {
    chapter: (title) => {
      closeBar();
      out.write(`\n${style("bold", style("cyan", title))}\n`);
    },
    say: (text) => {
      closeBar();
      out.write(`  ${text}\n`);
    },
    bar: (label, fraction, detail) => {
      const part = Math.min(1, Math.max(0, fraction));
      const full = Math.round(part * WIDTH);
      const drawn = `  ${label} ${style("green", "█".repeat(full))}${"░".repeat(WIDTH - full)} ${String(Math.round(part * 100)).padStart(3)} %  ${detail}`;
      const tenth = Math.floor(part * 10);
      if (terminal) out.write(`\r\u001b[2K${drawn}`);
      else if (tenth !== lastTenth) out.write(`${drawn}\n`);
      lastTenth = tenth;
      open = true;
      if (part === 1) closeBar();
    },
  };
}
