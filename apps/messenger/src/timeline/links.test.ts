import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phoneLink, splitLinks } from './links.ts';

const linksOf = (text: string): string[] =>
  splitLinks(text)
    .filter(({ link }) => link)
    .map((part) => part.text);

describe('links in a message', () => {
  it('end before the punctuation of the sentence around them', () => {
    expect(linksOf('See https://example.org/a?b=c, (http://x.de/y) or "https://z.de".')).toEqual([
      'https://example.org/a?b=c',
      'http://x.de/y',
      'https://z.de',
    ]);
  });

  it('are web addresses only', () => {
    expect(linksOf('javascript:alert(1) ftp://a.b data:text/html,x https://')).toEqual([]);
  });

  it('leave the text as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('https://a.b', ' ', '.', 'x', ')', '\n', 'é'), { maxLength: 20 }),
        (parts) => {
          const text = parts.join('');
          expect(
            splitLinks(text)
              .map((part) => part.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });
});

it('dials all of a number, and nothing else', () => {
  expect(['+41 44 000 00 00', '*21#', 'ring "me"'].map(phoneLink)).toEqual([
    'tel:+41440000000',
    'tel:*21%23',
    'tel:',
  ]);
});
