import { loadSteps } from './cucumber.ts'

/** A sentence of the vocabulary. */
export interface Sentence {
  keyword: 'Given' | 'When' | 'Then'
  /** The sentence with parameters in braces, or a regular expression. */
  sentence: string
}

/** The vocabulary of the scenarios, from the loaded step definitions. */
export interface Vocabulary {
  sentences: Sentence[]
  /** The words that each parameter takes; an empty list if it takes any word. */
  parameters: Record<string, string[]>
}

/** The part of cucumber's library that is read here. Its published type has no members. */
interface Library {
  stepDefinitions: { keyword: Sentence['keyword']; pattern: string | RegExp }[]
  parameterTypeRegistry: { parameterTypes: Iterable<{ name: string; regexpStrings: readonly string[] }> }
}

const KEYWORDS = ['Given', 'When', 'Then']

/** Reads all step sentences, by keyword and in alphabetical order, and the words that their parameters take. */
export async function readVocabulary(): Promise<Vocabulary> {
  const { stepDefinitions, parameterTypeRegistry } = (await loadSteps()) as unknown as Library
  const sentences = stepDefinitions.map(({ keyword, pattern }) => ({ keyword, sentence: sentenceOf(pattern) }))
  sentences.sort(
    (a, b) => KEYWORDS.indexOf(a.keyword) - KEYWORDS.indexOf(b.keyword) || a.sentence.localeCompare(b.sentence, 'en'),
  )
  const used = new Set(
    sentences.flatMap(({ sentence }) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)),
  )
  const types = [...parameterTypeRegistry.parameterTypes].filter(({ name }) => used.has(name))
  return {
    sentences,
    parameters: Object.fromEntries(types.map(({ name, regexpStrings }) => [name, wordsOf(regexpStrings)])),
  }
}

const sentenceOf = (pattern: string | RegExp) =>
  typeof pattern === 'string' ? pattern : pattern.source.replace(/^\^|\$$/g, '').replaceAll('(?:', '(')

/** The alternatives of a pattern if all of them are plain words; otherwise none. */
function wordsOf(patterns: readonly string[]): string[] {
  const words = patterns.flatMap((pattern) => pattern.split('|')).map((word) => word.replace(/\\([./])/g, '$1'))
  return words.some((word) => /[\\()*+?^$]/.test(word)) ? [] : words
}
