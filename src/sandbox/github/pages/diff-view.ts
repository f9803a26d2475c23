import type { FileDiff } from "../diff.ts";
import { type Html, html } from "./layout.ts";

/** One changed file, folded open, with line numbers on both sides. */
export function fileView(file: FileDiff): Html {
  const name = file.previousPath === undefined ? file.path : `${file.previousPath} → ${file.path}`;
  return html`<details class="box file" open data-key="file-${file.path}">
    <summary>
      <span class="mono">${name}</span>
      <span class="stat"
        ><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span
      >
    </summary>
    ${
      file.patch === undefined
        ? html`<div class="empty">Nothing to show: binary, or only renamed.</div>`
        : html`<table class="diff mono">
            ${rows(file.patch)}
          </table>`
    }
  </details>`;
}

function rows(patch: string): readonly Html[] {
  let [before, after] = [0, 0];
  return patch.split("\n").map((line) => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      return html`<tr class="h">
        <td class="num"></td>
        <td class="num"></td>
        <td>${line}</td>
      </tr>`;
    }
    const sign = line.slice(0, 1);
    const kind = sign === "+" ? "a" : sign === "-" ? "d" : "";
    const left = sign === "+" || sign === "\\" ? "" : String(before++);
    const right = sign === "-" || sign === "\\" ? "" : String(after++);
    return html`<tr class="${kind}">
      <td class="num">${left}</td>
      <td class="num">${right}</td>
      <td>${line}</td>
    </tr>`;
  });
}
