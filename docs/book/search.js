// The search of the book, and links by id: index.html#P04 leads to the page of P04.
const ENTRIES = (globalThis.flatnetBook ?? []).map(([at, id, title, chapter, words]) => ({
  ...{ at, id, title, chapter },
  name: `${id} ${title}`.toLowerCase(),
  all: `${id} ${title} ${chapter} ${words}`.toLowerCase(),
}))
const MOST = 12

/** How well an entry fits to the words: 0 for not at all. */
function fit(entry, words, whole) {
  if (!words.every((word) => entry.all.includes(word))) return 0
  if (entry.id.toLowerCase() === whole) return 5
  if (entry.title.toLowerCase() === whole) return 4
  if (entry.title.toLowerCase().startsWith(whole)) return 3
  return words.every((word) => entry.name.includes(word)) ? 2 : 1
}

function search(text) {
  const whole = text.trim().toLowerCase()
  const words = whole.split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return ENTRIES.map((entry) => ({ entry, points: fit(entry, words, whole) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points)
    .map(({ entry }) => entry)
}

function resultOf({ at, id, title, chapter }) {
  const item = document.createElement('li')
  const link = item.appendChild(document.createElement('a'))
  link.href = at
  link.textContent = [id, title].filter(Boolean).join(' ')
  const where = item.appendChild(document.createElement('small'))
  where.textContent = ` ${chapter}`
  return item
}

const form = document.querySelector('form.search')
const [field, found, results] = ['#query', '#found', '#results'].map((name) => form.querySelector(name))

function show() {
  const all = search(field.value)
  results.replaceChildren(...all.slice(0, MOST).map(resultOf))
  const more = all.length > MOST ? `, the first ${MOST} are shown` : ''
  found.textContent = field.value.trim() ? `${all.length} found${more}` : ''
  form.classList.toggle('open', field.value.trim() !== '')
}

function close() {
  field.value = ''
  show()
}

/** Follows a link by id on a page that has no such place. */
function follow() {
  const id = decodeURIComponent(location.hash.slice(1))
  if (!id || document.getElementById(id)) return
  const entry = ENTRIES.find((each) => each.id === id.toUpperCase())
  if (entry) location.replace(entry.at)
}

/** Opens the folded text that a link leads to. */
const unfold = () => document.getElementById(location.hash.slice(1))?.closest('details')?.setAttribute('open', '')

form.hidden = false
field.addEventListener('input', show)
form.addEventListener('submit', (event) => {
  event.preventDefault()
  results.querySelector('a')?.click()
})
form.addEventListener('keydown', (event) => {
  const links = [...results.querySelectorAll('a')]
  const at = links.indexOf(document.activeElement)
  if (event.key === 'Escape') {
    close()
    field.focus()
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = at + (event.key === 'ArrowDown' ? 1 : -1)
    if (links.length === 0) return
    event.preventDefault()
    if (next < 0) field.focus()
    else links[Math.min(next, links.length - 1)].focus()
  }
})
results.addEventListener('click', (event) => {
  if (event.target.closest('a')) setTimeout(close)
})
addEventListener('hashchange', () => {
  follow()
  unfold()
})
follow()
unfold()
