/**
 * What the page adds where scripts run: filters, links that open their promise, and the words of a matrix cell below its table.
 * It reads what is on the page, and writes text only.
 */
export const SCRIPT = `'use strict'
const one = (selector) => document.querySelector(selector)
const all = (selector) => [...document.querySelectorAll(selector)]

const form = one('.filters')
const promises = all('.promise').map((node) => ({ node, text: node.textContent.toLowerCase() }))
function filter() {
  const { chapter, level, status, words } = Object.fromEntries(new FormData(form))
  const wanted = words.toLowerCase().split(/[\\s,]+/).filter(Boolean)
  let shown = 0
  for (const { node, text } of promises) {
    const { dataset } = node
    const fits = (!chapter || dataset.chapter === chapter) && (!level || dataset.level === level) &&
      (!status || dataset.status === status) && wanted.every((word) => text.includes(word))
    node.hidden = !fits
    if (fits) shown += 1
  }
  for (const chapter of all('.chapter')) chapter.hidden = !chapter.querySelector('.promise:not([hidden])')
  one('#matches').value = shown + ' of ' + promises.length + ' promises'
}
form.hidden = false
form.addEventListener('input', filter)
form.addEventListener('submit', (event) => event.preventDefault())
filter()

const unfold = one('#unfold')
unfold.addEventListener('click', () => {
  const open = unfold.textContent === 'Open all'
  for (const { node } of promises) if (!node.hidden) node.open = open
  unfold.textContent = open ? 'Close all' : 'Open all'
})

function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target || !target.matches('.promise')) return
  if (target.hidden) {
    form.reset()
    filter()
  }
  target.open = true
  target.scrollIntoView()
}
addEventListener('hashchange', follow)
document.addEventListener('click', ({ target }) => {
  const link = target.closest('a[href^="#"]')
  if (link && link.hash === location.hash) follow()
})
follow()

const told = one('#told')
const tell = ({ target }) => {
  const cell = target.closest && target.closest('.matrix [title]')
  if (told && cell) told.textContent = cell.title
}
for (const kind of ['mouseover', 'click']) document.addEventListener(kind, tell)
`
