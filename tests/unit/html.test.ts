import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from '../../contract/html.ts'

describe('the template of HTML', () => {
  it('escapes what it is given, in text and in attributes', () => {
    const hostile = `"><img src=x onerror='alert(1)'>&amp;`
    assert.equal(
      html`<p title="${hostile}">${hostile}</p>`.markup,
      '<p title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;">&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;</p>',
    )
  })

  it('keeps nested templates, joins lists, and prints nothing for no value', () => {
    const items = ['a', '<b>'].map((name) => html`<li>${name}</li>`)
    assert.equal(
      html`<ul>${items}</ul>${undefined}${null}${false}${0}`.markup,
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    )
  })

  it('takes an object that looks like HTML for no HTML', () => {
    const forged = { markup: '<script>' } as unknown as string
    assert.doesNotMatch(html`${forged}`.markup, /<script>/)
  })

  it('replaces characters that turn the text around them, or that HTML has not', () => {
    assert.equal(html`${'a\u202eb\u2066c\u0000d\u001be'}`.markup, 'a\ufffdb\ufffdc\ufffdd\ufffde')
    assert.equal(html`${'שלום\n\t'}`.markup, 'שלום\n\t')
  })
})
