/** What the process tells the shell; stable over releases. */
export const EXIT = {
  done: 0,
  /** A fault of Sluice itself. */
  unexpected: 1,
  /** Wrong arguments, environment or configuration. */
  usage: 2,
  /** The servers could not tell how it ended: look before doing anything else. */
  unsure: 3,
  /** Refused before anything was changed. */
  refused: 4,
  /** Failed, production is untouched. */
  failed: 5,
  /** Ended by Ctrl-C; production is untouched. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
