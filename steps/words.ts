import { defineParameterType } from '@cucumber/cucumber'

const literal = (words: string) => words.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
// The longest words come first, because some words begin like others.
const patterns = (all: readonly string[]) => [...new Set(all)].sort((a, b) => b.length - a.length).map(literal)

/** Lets a sentence take one of these words as `{name}`. */
export const words = (name: string, all: readonly string[]): void =>
  defineParameterType({ name, regexp: patterns(all), transformer: (word: string) => word })

/** Lets a sentence take one of the table's words as `{name}`, and gives the step what the word stands for. */
export const table = <T>(name: string, all: Readonly<Record<string, T>>): void =>
  defineParameterType({ name, regexp: patterns(Object.keys(all)), transformer: (word: string) => all[word] as T })
