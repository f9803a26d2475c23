/**
 * The pages' only script: fetches the page again when the repository changed and puts the live parts in place, keeping
 * open folds open; and submits a chooser when it changes. Without it everything still works by reloading.
 */
export const SCRIPT = `
"use strict";
const live = document.body.dataset.live;
const keyed = () => new Map([...document.querySelectorAll("details[data-key]")].map((fold) => [fold.dataset.key, fold.open]));
let busy = false;
let again = false;
async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const text = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const open = keyed();
    for (const part of document.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector('[data-part="' + part.dataset.part + '"]');
      if (next && next.innerHTML !== part.dataset.html) { part.innerHTML = next.innerHTML; part.dataset.html = next.innerHTML; }
    }
    for (const fold of document.querySelectorAll("details[data-key]")) {
      if (open.has(fold.dataset.key)) fold.open = open.get(fold.dataset.key);
    }
  } finally {
    // Many changes in a row make a few refreshes.
    await new Promise((resolve) => setTimeout(resolve, 250));
    busy = false;
    if (again) { again = false; refresh(); }
  }
}
if (live) new EventSource(live).onmessage = refresh;
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.dataset.submit !== undefined) event.target.form.submit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement) event.target.form.requestSubmit();
});
`;
