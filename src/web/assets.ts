export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c7a"/><path d="M6 22c3 0 3-3 5-3s3 3 5 3 3-3 5-3 2 3 5 3" fill="none" stroke="#bfe9f7" stroke-width="2.6" stroke-linecap="round"/><path d="M9 6v9M16 6v9M23 6v9M7 6h18" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></svg>`;

/** Replaces the page's content every two seconds while it is looked at; scroll and open folds stay. */
export const LIVE = `
const every = 2000;
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    const old = document.getElementById("live");
    if (!fresh || !old || fresh.innerHTML === old.innerHTML) return;
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    fresh.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? one.open; });
    old.replaceWith(fresh);
  } catch { /* the server is away: the next look tells */ }
}
setInterval(look, every);
`;

export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2530; --soft: #5c6b78; --line: #d9e0e6; --paper: #ffffff; --ground: #f4f7f9;
  --moving: #0b7fa8; --waiting: #b86e00; --good: #1a7f4b; --bad: #c0342b; --calm: #5c6b78; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4ebf1; --soft: #93a2b0; --line: #2c3843; --paper: #161d24; --ground: #0e1318;
  --moving: #4bb9e0; --waiting: #e8a33d; --good: #4cc38a; --bad: #f2726a; --calm: #93a2b0; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 24px; }
header { display: flex; gap: 14px; align-items: baseline; padding-top: 22px; padding-bottom: 14px; }
.brand { font-weight: 700; font-size: 18px; color: inherit; text-decoration: none; display: inline-flex; gap: 8px; align-items: center; }
.quiet { color: var(--soft); font-size: 13px; }
footer { padding-top: 24px; padding-bottom: 40px; }
h1 { font-size: 22px; margin: 8px 0 4px; display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
h2 { font-size: 15px; margin: 0 0 10px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 16px 0; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); padding: 4px 14px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 8px 14px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
a { color: var(--moving); }
code, pre { font: 13px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { margin: 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.state { display: inline-block; padding: 1px 10px; border-radius: 999px; border: 1px solid currentColor; font-size: 13px; font-weight: 600; white-space: nowrap; }
.moving { color: var(--moving); } .waiting { color: var(--waiting); } .good { color: var(--good); } .bad { color: var(--bad); } .calm { color: var(--calm); }
progress { width: 160px; height: 10px; accent-color: var(--moving); vertical-align: middle; }
ul.reasons { margin: 0; padding-left: 18px; } ul.reasons li { margin: 4px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; } dt { color: var(--soft); } dd { margin: 0; }
summary { cursor: pointer; color: var(--soft); }
.empty { color: var(--soft); padding: 12px 0; }
`;
