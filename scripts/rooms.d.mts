export const ROOMS: Record<string, { may: string[]; because: string; only?: Record<string, RegExp>; packages?: RegExp }>
export function roomOf(file: string): string | undefined
export function wrongImports(file: string, source: string): string[]
export function wrongImportsIn(root: string): string[]
