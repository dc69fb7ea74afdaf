import { expect } from 'chai';
import { Html, html, jsonData } from '../../../../reports/html/template.ts';
import { NASTY } from '../results.ts';

describe('html', () => {
  it('escapes what is put into text and attributes', () => {
    const evil = `"><script>alert('1')</script>&`;
    const { text } = html`<p title="${evil}">${evil}</p>`;
    expect(text).to.equal(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    );
  });

  it('takes its own in as it is, lists piece by piece, and nothing for nothing', () => {
    expect(html`${html`<b>x</b>`}${['<', html`<i>`, 3]}${undefined}${null}${false}`.text).to.equal('<b>x</b>&lt;<i>3');
  });

  it('shows control characters and changes of direction as what they are: nothing', () => {
    const { text } = html`${NASTY}`;
    expect([...text].filter((c) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(c) && !/\s/.test(c))).to.deep.equal([]);
    expect(text).to.include('日本語 🚨');
    expect(text.isWellFormed()).to.equal(true);
  });
});

describe('jsonData', () => {
  const value = { a: '</script><!--<script>', b: 'x\u2028y & z', c: [1, null] };

  it('cannot be ended by what is in it', () => {
    const { text } = jsonData('id', value);
    expect(text.match(/<\/?script/g)).to.deep.equal(['<script', '</script']);
    expect(text).to.not.include('<!--');
  });

  it('reads as the same value', () => {
    const text = /^<script[^>]*>(.*)<\/script>$/s.exec(jsonData('id', value).text)?.[1] ?? '';
    expect(JSON.parse(text)).to.deep.equal(value);
  });

  it('is not text of the page', () => {
    expect(html`${jsonData('id', 1)}`.text).to.equal(
      new Html('<script type="application/json" id="id">1</script>').text,
    );
  });
});
