import { limits } from '@stoa/protocol';
import { Parser } from 'htmlparser2';

/** What a page says about itself. */
export interface PageFacts {
  readonly title?: string;
  readonly description?: string;
  readonly site?: string;
  /** Address of a picture, as the page gives it. */
  readonly image?: string;
}

/** Reads the head of a page: Open Graph first, then what pages have said since before it. Never fails. */
export function pageFacts(html: string): PageFacts {
  const said = new Map<string, string>();
  let title = '';
  let isInTitle = false;
  let depth = 0;
  const parser = new Parser({
    onopentag(name, { property, name: called, content }) {
      isInTitle = name === 'title' && title === '';
      depth += 1;
      if (name === 'body' || depth > mostDepth) parser.pause();
      const key = (property ?? called)?.toLowerCase();
      if (name !== 'meta' || key === undefined || content === undefined || content.trim() === '') return;
      if (known.has(key) && !said.has(key)) said.set(key, content);
    },
    ontext(text) {
      if (isInTitle && title.length < mostTitle) title += text;
    },
    onclosetag() {
      isInTitle = false;
      depth -= 1;
    },
  });
  parser.write(html);
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => said.get(key)).find((value) => value !== undefined);
  return withoutEmpty({
    title: line(first('og:title', 'twitter:title') ?? title, limits.previewTitle),
    description: line(
      first('og:description', 'twitter:description', 'description'),
      limits.previewDescription,
    ),
    site: line(first('og:site_name'), limits.nameLength),
    image: first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image')?.trim(),
  });
}

/** The text of a page, by what its header, or its first bytes, say about its letters. */
export function decodePage(body: Uint8Array, charset: string | undefined): string {
  const head = Buffer.from(body.subarray(0, 1024)).toString('latin1');
  const named = charset ?? /charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

const known = new Set([
  ...['og:title', 'og:description', 'og:site_name', 'og:image', 'og:image:url', 'og:image:secure_url'],
  ...['twitter:title', 'twitter:description', 'twitter:image', 'description'],
]);
const mostTitle = 10_000;
/** Of elements in each other. A head is flat, and each tag costs the parser more the deeper it stands. */
const mostDepth = 100;

/** One line of readable text. Control characters and those that turn the direction of writing are left out. */
function line(text: string | undefined, most: number): string | undefined {
  const clean = text
    ?.slice(0, 4 * most)
    .replaceAll(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  if (clean === undefined || clean === '') return undefined;
  const letters = [...clean];
  return letters.length <= most ? clean : `${letters.slice(0, most - 1).join('')}…`;
}

function withoutEmpty(facts: { [Name in keyof PageFacts]: PageFacts[Name] | undefined }): PageFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));
}
