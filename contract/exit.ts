/** The exit codes of all commands, by their meaning. README and DESIGN list them. */
export const EXIT = { ok: 0, failed: 1, inconclusive: 2, partial: 3, usage: 64, interrupted: 130 } as const
