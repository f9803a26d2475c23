const CREDENTIALS_IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:]*):([^\s@]*)@/gi;

/** Replaces known secret values, and user:password parts of URLs, by `[redacted]`. Applied at every way out. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a secret value; shorter than 4 characters is ignored, since it would blank out ordinary text. */
  add(secret: string): void {
    if (secret.length < 4) return;
    this.#secrets.add(secret);
    // As it stands in a line of JSON: a key has line breaks, a password may have quotes.
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  redact(text: string): string {
    let clean = text.replace(CREDENTIALS_IN_URL, "$1[redacted]@");
    // Longest first: a secret may contain another one.
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(secret, "[redacted]");
    }
    return clean;
  }
}
