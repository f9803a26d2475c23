/** Marks around tags of the source that may pass (private use, never in the input), and around kept pieces. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const KEPT = "\uE002";
const KEPT_END = "\uE003";

const PASSING = /&lt;(\/?)(details|summary|sub|sup|br)( open)?\s*\/?&gt;/gi;
const SQL_WORDS =
  /\b(ADD|ALTER|AND|AS|AUTO_INCREMENT|BIGINT|BY|CHAR|CHARSET|CHECK|COLLATE|COLUMN|COMMENT|CONSTRAINT|CREATE|DATABASE|DATETIME|DECIMAL|DEFAULT|DELETE|DROP|ENGINE|ENUM|EXISTS|FOREIGN|FROM|GENERATED|IF|INDEX|INSERT|INT|INTO|JSON|KEY|MODIFY|NOT|NULL|ON|OR|PRIMARY|REFERENCES|RENAME|SELECT|SET|SMALLINT|STORED|TABLE|TEXT|TIMESTAMP|TINYINT|TO|TRIGGER|UNIQUE|UNSIGNED|UPDATE|VALUES|VARCHAR|VIEW|VIRTUAL|WHERE)\b/gi;

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** One run of text: code, links, emphasis, and the few tags that pass. */
export function inline(text: string): string {
  const kept: string[] = [];
  const keep = (html: string): string => `${KEPT}${kept.push(html) - 1}${KEPT_END}`;
  const withoutCode = text
    .replaceAll(/(`+)([\s\S]*?[^`])\1(?!`)/g, (_all, _ticks, code: string) =>
      keep(`<code>${escapeHtml(code.replace(/^ (.*) $/s, "$1"))}</code>`),
    )
    .replaceAll(/\\([!-/:-@[-`{-~])/g, (_all, character: string) => keep(escapeHtml(character)));
  const html = escapeHtml(withoutCode)
    .replaceAll(
      PASSING,
      (_all, slash: string, name: string, open = "") =>
        `${OPEN}${slash}${name.toLowerCase()}${open === "" ? "" : "+"}${CLOSE}`,
    )
    .replaceAll(/!?\[([^\]]*)\]\(([^\s)]+)\)/g, (_all, label: string, url: string) => link(url, label, keep))
    .replaceAll(
      /(^|[\s(])(https?:\/\/[^\s<>)]*[^\s<>).,:;!?])/g,
      (_all, before: string, url: string) => `${before}${link(url, url, keep)}`,
    )
    .replaceAll(/(\*\*|__)(?=\S)([\s\S]*?\S)\1/g, "<strong>$2</strong>")
    .replaceAll(/(?<![\w*])\*(?=[^\s*])([^*]*?[^\s*])\*(?!\*)/g, "<em>$1</em>")
    .replaceAll(/(?<!\w)_(?=[^\s_])([^_]*?[^\s_])_(?!\w)/g, "<em>$1</em>")
    .replaceAll(/~~(?=\S)([\s\S]*?\S)~~/g, "<del>$1</del>")
    .replaceAll(/(^|[\s(])@([a-z\d](?:[a-z\d-]{0,37}[a-z\d])?)(?![\w@])/gi, '$1<span class="mention">@$2</span>');
  return restore(html, kept);
}

/** `label` and `url` are escaped already; only http, https and addresses of this site become links. */
function link(url: string, label: string, keep: (html: string) => string): string {
  if (!/^(https?:\/\/|\/|#)/i.test(url)) return label;
  return `${keep(`<a href="${url}">`)}${label}${keep("</a>")}`;
}

function restore(html: string, kept: readonly string[]): string {
  const pattern = new RegExp(`${KEPT}(\\d+)${KEPT_END}`, "g");
  let out = html;
  // A link's label may itself hold a kept piece of code.
  while (out.includes(KEPT)) out = out.replaceAll(pattern, (_all, index: string) => kept[Number(index)] ?? "");
  return out;
}

/** Turns marked tags into real ones so that they nest and end: strays go, missing ends are added. */
export function closeTags(html: string): string {
  const stack: string[] = [];
  const pattern = new RegExp(`${OPEN}(/?)(\\w+)(\\+?)${CLOSE}`, "g");
  const out = html.replaceAll(pattern, (_all, slash: string, name: string, open: string) => {
    if (name === "br") return "<br>";
    if (slash === "") {
      stack.push(name);
      return open === "" ? `<${name}>` : `<${name} open>`;
    }
    if (!stack.includes(name)) return "";
    const closed = stack.splice(stack.lastIndexOf(name));
    return closed
      .toReversed()
      .map((tag) => `</${tag}>`)
      .join("");
  });
  return (
    out +
    stack
      .toReversed()
      .map((tag) => `</${tag}>`)
      .join("")
  );
}

/** Colours for what our own comments hold: SQL and diffs. */
export function highlightCode(code: string, language: string): string {
  const safe = escapeHtml(code);
  if (language === "diff") {
    return safe
      .split("\n")
      .map((line) =>
        /^[+-]/.test(line) ? `<span class="${line.startsWith("+") ? "add" : "del"}">${line}</span>` : line,
      )
      .join("\n");
  }
  if (language !== "sql") return safe;
  return safe.replaceAll(/(--[^\n]*)|('(?:[^'\\]|\\.|'')*')|(`[^`]*`)|([A-Za-z_]+)/g, (all, comment, text, name) => {
    if (comment !== undefined) return `<span class="c">${all}</span>`;
    if (text !== undefined) return `<span class="s">${all}</span>`;
    return name === undefined ? all.replace(SQL_WORDS, '<span class="k">$1</span>') : all;
  });
}
