interface Cost {
  id: string
  rows: number
  seconds: number
  longest: number
}

export function costs(messages: string): { scenarios: Cost[]; rows: number; busy: number }
