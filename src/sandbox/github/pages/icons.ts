import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

/** Own drawings on a 16 x 16 grid. */
const PATHS = {
  success: "M6.5 12.1 2.6 8.2l1.1-1.1 2.8 2.8 5.8-5.8 1.1 1.1z",
  failure: "M4.2 3.1 8 6.9l3.8-3.8 1.1 1.1L9.1 8l3.8 3.8-1.1 1.1L8 9.1l-3.8 3.8-1.1-1.1L6.9 8 3.1 4.2z",
  action_required: "M8 1.5 15.2 14H.8zM7.25 6v4h1.5V6zm0 5v1.5h1.5V11z",
  pending: "M8 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
  neutral: "M3 7.25h10v1.5H3z",
  pull: "M3.75 1.5a2 2 0 0 1 .75 3.85v5.3a2 2 0 1 1-1.5 0v-5.3a2 2 0 0 1 .75-3.85zm8.5 9.15V6.5A2.5 2.5 0 0 0 9.75 4H9v1.8L6.2 3.2 9 .7v1.8h.75a4 4 0 0 1 4 4v4.15a2 2 0 1 1-1.5 0z",
  merge:
    "M4.5 5.35A4.5 4.5 0 0 0 8.8 8.9h1.35a2 2 0 1 1 0 1.5H8.8a6 6 0 0 1-4.3-1.8v2.05a2 2 0 1 1-1.5 0v-5.3a2 2 0 1 1 1.5 0z",
  commit:
    "M8 4.75a3.25 3.25 0 0 1 3.16 2.5H15v1.5h-3.84a3.25 3.25 0 0 1-6.32 0H1v-1.5h3.84A3.25 3.25 0 0 1 8 4.75zm0 1.5a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5z",
  branch:
    "M4.5 5.35v3.4c.5-.3 1.1-.5 1.75-.5h3a1.5 1.5 0 0 0 1.5-1.4 2 2 0 1 1 1.5 0 3 3 0 0 1-3 2.9h-3c-.97 0-1.75.6-1.75 1.4a2 2 0 1 1-1.5 0v-5.8a2 2 0 1 1 1.5 0z",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName, size = 16): Html {
  return html`${raw(
    `<span class="icon i-${name}"><svg width="${size}" height="${size}" viewBox="0 0 16 16"><path fill-rule="evenodd" d="${PATHS[name]}"/></svg></span>`,
  )}`;
}

/** A face made of a login: its first letter on a colour of its own. Apps are square. */
export function avatarSvg(login: string): string {
  const hue = [...new TextEncoder().encode(login)].reduce((sum, byte) => (sum * 31 + byte) % 360, 7);
  const letter = (/[a-z\d]/i.exec(login)?.[0] ?? "?").toUpperCase();
  const corner = login.endsWith("[bot]") ? 8 : 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" rx="${corner}" fill="hsl(${hue} 45% 45%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" font-weight="600" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
}
