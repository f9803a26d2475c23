import { PassThrough } from "node:stream";
import { screenOver } from "#cli";
import { expect, test } from "vitest";

/** What a terminal would have been sent. */
function terminal(): { readonly stream: NodeJS.WriteStream; readonly sent: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  return { stream: stream as unknown as NodeJS.WriteStream, sent: () => String(stream.read() ?? "") };
}

test("live lines are painted over as a whole, also those that hold several", () => {
  const { stream, sent } = terminal();
  const screen = screenOver(stream, stream);
  screen.live(["a", "b\n  hint"]);
  expect(sent()).toBe("a\nb\n  hint\n");
  screen.live(["c"]);
  expect(sent()).toBe("\u001B[3A\u001B[0Jc\n");
  screen.out("done");
  expect(sent()).toBe("\u001B[1A\u001B[0Jdone\n");
  screen.live([]);
  expect(sent()).toBe("");
});
