import { loadSteps } from './cucumber.ts'

/** A sentence that a scenario may say. */
export interface Sentence {
  keyword: 'Given' | 'When' | 'Then'
  /** With parameters in braces; a regular expression where the sentence is one. */
  sentence: string
}

/** What scenarios can say, as the loaded step definitions have it. */
export interface Vocabulary {
  sentences: Sentence[]
  /** The words that each parameter stands for; none where it takes any. */
  parameters: Record<string, string[]>
}

/** As much of cucumber's library as is read here; its published type is a marker. */
interface Library {
  stepDefinitions: { keyword: Sentence['keyword']; pattern: string | RegExp }[]
  parameterTypeRegistry: { parameterTypes: Iterable<{ name: string; regexpStrings: readonly string[] }> }
}

const KEYWORDS = ['Given', 'When', 'Then']

/** Every step sentence once, by keyword and in alphabetical order, with the words that its parameters stand for. */
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

/** The alternatives of a pattern, where all of them are words. */
function wordsOf(patterns: readonly string[]): string[] {
  const words = patterns.flatMap((pattern) => pattern.split('|')).map((word) => word.replace(/\\([./])/g, '$1'))
  return words.some((word) => /[\\()*+?^$]/.test(word)) ? [] : words
}
