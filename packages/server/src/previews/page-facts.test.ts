import { limits } from '@stoa/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodePage, pageFacts } from './page-facts.ts';

it('a page says its title, description, name and picture', () => {
  const html = `<!doctype html><html><head><title>Old &amp; plain</title>
    <meta property="og:title" content=" The &lt;b&gt; title\n here "><meta name="description" content="plain">
    <META PROPERTY="OG:Description" CONTENT="What it is"><meta property="og:site_name" content="Site">
    <meta property="og:image" content="/a.png"></head><body><meta property="og:title" content="not this">`;
  expect(pageFacts(html)).toEqual({
    title: 'The <b> title here',
    description: 'What it is',
    site: 'Site',
    image: '/a.png',
  });
});

it.each([
  ['<title>Only &eacute;</title><title>not</title>', { title: 'Only é' }],
  [
    '<meta name="twitter:title" content="T"><meta name=description content=D>',
    { title: 'T', description: 'D' },
  ],
  ['<script>var a = "<title>no</title>"</script><title>yes</title>', { title: 'yes' }],
  ['<title>  </title>', {}],
  ['', {}],
  ['\0\u202e<title>a\u202eb</title>', { title: 'ab' }],
])('%j says %j', (html, facts) => {
  expect(pageFacts(html)).toEqual(facts);
});

it('whatever a page holds, what is said of it is short and readable', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<title>',
      '</title>',
      '<meta property="og:title" content="',
      '">',
      '<!--',
      '&#0;',
      '<body>',
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const { title = 'a', description = 'a' } = pageFacts(parts.join(''));
      expect([...title].length).toBeLessThanOrEqual(limits.previewTitle);
      expect(title).not.toMatch(/\p{Cc}|\p{Cs}/u);
      expect([...description].length).toBeLessThanOrEqual(limits.previewDescription);
    }),
  );
  expect(pageFacts(`<title>${'x'.repeat(100_000)}</title>`).title).toHaveLength(limits.previewTitle);
});

it('the letters of a page are what its header, or it itself, says', () => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><title>\xe9</title>', 'latin1');
  expect(pageFacts(decodePage(latin, undefined)).title).toBe('é');
  expect(decodePage(Buffer.from('\xe9', 'latin1'), 'iso-8859-1')).toBe('é');
  expect(decodePage(Buffer.from('é'), 'nonsense')).toBe('é');
});

it('a page is not read on where elements stand in each other without end, as each would cost more than the one before', () => {
  const deep = '<meta name="description" content="deep">';
  expect(pageFacts(`<title>a</title>${'<div>'.repeat(50)}${deep}`).description).toBe('deep');
  expect(pageFacts(`<title>a</title>${'<div>'.repeat(500)}${deep}`)).toEqual({ title: 'a' });
  // Half a minute otherwise, in which a node does nothing else.
  expect(pageFacts(`<title>a</title>${'<div>'.repeat(60_000)}${'</b>'.repeat(50_000)}`)).toEqual({
    title: 'a',
  });
});
